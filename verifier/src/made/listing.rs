//! What came of looking for what a step makes.

use course::results::Reason;
use evidence::arn::Arn;
use serde_json::{Map, Value};

/// What came of looking for what a step makes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Listing {
    /// The list was read.
    Ids {
        /// The ids in the list.
        ids: Vec<String>,
        /// Ids that were seen before and that the list no longer has, though AWS still answers with them. A name or a tag
        /// that the list depends on may have been changed.
        hidden: Vec<String>,
    },
    /// This could not be read.
    Unread(Vec<Reason>),
}

/// What AWS calls the last states of things that it still lists for some time after they were deleted. Things that have
/// failed or expired, and access keys that are inactive, are still there.
const FINAL: [&str; 5] = ["deleted", "terminated", "released", "deregistered", "delete_complete"];

/// What ECS calls a deleted cluster or service.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html>
const FINAL_IN_ECS: &str = "inactive";

/// Whether an answer has an object with this id that is in no final state. A tag may have any text.
pub(crate) fn has(answer: &Value, id: &str) -> bool {
    match answer {
        Value::Array(items) => items.iter().any(|item| has(item, id)),
        Value::Object(fields) if is_tag(fields) => false,
        Value::Object(fields) => {
            let own = fields.values().any(|field| field.as_str() == Some(id));
            own && !is_final(answer, id) || fields.values().any(|field| !field.is_string() && has(field, id))
        }
        value => value.as_str() == Some(id),
    }
}

/// Whether an answer has this id at all, as AWS writes it. Only such an id can be looked for when the list has it no more.
pub(crate) fn writes(answer: &Value, id: &str) -> bool {
    match answer {
        Value::Array(items) => items.iter().any(|item| writes(item, id)),
        Value::Object(fields) => !is_tag(fields) && fields.values().any(|field| writes(field, id)),
        value => value.as_str() == Some(id),
    }
}

fn is_tag(fields: &Map<String, Value>) -> bool {
    let has = |name: &str| fields.keys().any(|key| key.eq_ignore_ascii_case(name));
    (has("Key") || has("TagKey")) && (has("Value") || has("TagValue"))
}

/// Whether an object says that it is gone: in all its states, or in their names or codes. Another state that is no final
/// one may be that of the object.
fn is_final(object: &Value, id: &str) -> bool {
    let is_state = |name: &str| ["state", "status"].iter().any(|word| name.to_ascii_lowercase().ends_with(word));
    let fields = object.as_object().into_iter().flatten().filter(|(name, _)| is_state(name));
    let texts = fields.flat_map(|(_, state)| {
        let within = ["Name", "Code", "State", "Status"].iter().filter_map(|name| state.get(*name)?.as_str());
        state.as_str().into_iter().chain(within)
    });
    let mut states = texts.peekable();
    let is_in_ecs = || {
        let texts = object.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str());
        // Its own ARN, and not that of another thing.
        texts.filter(|text| text.ends_with(id)).filter_map(Arn::parse).any(|arn| arn.service == "ecs")
    };
    states.peek().is_some()
        && states.all(|state| {
            let state = state.to_ascii_lowercase();
            FINAL.contains(&state.as_str()) || state == FINAL_IN_ECS && is_in_ecs()
        })
}

#[cfg(test)]
mod tests {
    use super::{has, writes};
    use serde_json::json;

    #[test]
    fn what_aws_still_lists_is_there_unless_it_says_that_it_is_gone() {
        let gateway = |state: &str| json!({ "NatGateways": [{ "NatGatewayId": "nat-1", "State": state }] });
        assert!(has(&gateway("available"), "nat-1") && !has(&gateway("deleted"), "nat-1"));
        assert!(!has(&gateway("available"), "nat-2"));
        let instance = |state: &str| json!({ "Instances": [{ "InstanceId": "i-1", "State": { "Name": state } }] });
        assert!(has(&instance("running"), "i-1") && !has(&instance("terminated"), "i-1"));
        let expired = json!({ "Id": "x", "Status": "available", "CertificateStatus": "expired" });
        assert!(has(&expired, "x"), "another state is not its own");
        assert!(has(&json!({ "Id": "x" }), "x"), "what has no state is there");
        let key = json!({ "AccessKeyMetadata": [{ "AccessKeyId": "x", "Status": "Inactive" }] });
        assert!(has(&key, "x"), "a key that is inactive can be activated");
        for state in ["failed", "expired", "cancelled", "stopped"] {
            assert!(has(&json!({ "DBInstanceIdentifier": "x", "DBInstanceStatus": state }), "x"), "{state}");
        }
        let cluster = |service: &str| json!({ "clusterName": "x", "clusterArn": format!("arn:aws:{service}:us-east-1:1:cluster/x"), "status": "INACTIVE" });
        assert!(!has(&cluster("ecs"), "x") && has(&cluster("eks"), "x"));
        let of_another =
            json!({ "Id": "y", "ecsClusterArn": "arn:aws:ecs:us-east-1:1:cluster/x", "status": "INACTIVE" });
        assert!(has(&of_another, "y"));
        let tagged = json!({ "VpcId": "vpc-1", "Tags": [{ "Key": "Name", "Value": "lab" }] });
        assert!(writes(&tagged, "vpc-1") && !writes(&tagged, "lab") && !has(&tagged, "lab"), "a tag can be changed");
        assert!(!writes(&json!({ "RuleNumber": 444, "a": true }), "444") && !writes(&json!({ "x": 1 }), "x"));
        assert!(writes(&gateway("deleted"), "nat-1") && !writes(&gateway("available"), "1"));
        assert!(has(&json!({ "Names": ["a", "b"] }), "b") && has(&json!([{ "answer": { "Id": "x" } }]), "x"));
    }
}
