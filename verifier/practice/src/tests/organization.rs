//! The accounts in an organization.

use super::*;

async fn invite(practice: &PracticeCloud, from: &str, to: &str) -> Value {
    let target = json!({ "Target": { "Id": practice.account_id(to).unwrap(), "Type": "ACCOUNT" } });
    let answer = write(practice, from, "organizations:InviteAccountToOrganization", target).await;
    answer["Handshake"]["Id"].clone()
}

#[tokio::test]
async fn invited_accounts_are_members_and_only_the_management_account_lists_them() {
    let practice = accounts(&["a", "b", "c", "d"]).await;
    let reads_b = reads(&practice, "b");
    let alone = reads_b.organizations.describe_organization().send().await;
    assert_eq!(code(alone), "AWSOrganizationsNotInUseException");
    let made = write(&practice, "b", "organizations:CreateOrganization", json!({})).await;
    assert_eq!(made["Organization"]["MasterAccountId"], "444455556666");
    assert_eq!(made["Organization"]["MasterAccountEmail"], "learner+b@example.com");
    let handshake = invite(&practice, "b", "d").await;
    // Only the account that was invited can accept.
    let other =
        try_write(&practice, "c", "organizations:AcceptHandshake", None, one("HandshakeId", handshake.clone())).await;
    assert!(other.unwrap_err().to_string().contains("HandshakeNotFoundException"));
    assert_eq!(reads_b.organizations.list_accounts().send().await.unwrap().accounts().len(), 1);
    practice.set_clock(THEN + 60);
    write(&practice, "d", "organizations:AcceptHandshake", one("HandshakeId", handshake)).await;
    write(&practice, "d", "account:PutAccountName", one("AccountName", "production")).await;

    let mut accounts = reads_b.organizations.list_accounts().send().await.unwrap().accounts.unwrap();
    accounts.sort_by_key(|account| account.id().unwrap().to_owned());
    let listed: Vec<(&str, &str, &str)> = accounts
        .iter()
        .map(|account| (account.id().unwrap(), account.name().unwrap(), account.email().unwrap()))
        .collect();
    let d = practice.account_id("d").unwrap();
    assert_eq!(
        listed,
        [("444455556666", "learner", "learner+b@example.com"), (d, "production", "learner+d@example.com")]
    );
    assert!(accounts.iter().all(|account| account.state().unwrap().as_str() == "ACTIVE"));
    assert_eq!(accounts[1].joined_method().unwrap().as_str(), "INVITED");
    assert_eq!(accounts[1].joined_timestamp(), Some(&DateTime::from_secs(THEN + 60)));
    for member in ["b", "d"] {
        let organization = reads(&practice, member).organizations.describe_organization().send().await.unwrap();
        let organization = organization.organization().unwrap();
        assert_eq!(organization.master_account_id(), Some("444455556666"));
        assert_eq!(organization.master_account_email(), Some("learner+b@example.com"));
        assert_eq!(organization.feature_set().unwrap().as_str(), "ALL");
    }
    assert_eq!(code(reads(&practice, "d").organizations.list_accounts().send().await), "AccessDeniedException");
    let outside = reads(&practice, "c").organizations.describe_organization().send().await;
    assert_eq!(code(outside), "AWSOrganizationsNotInUseException");
    let again = try_write(&practice, "d", "organizations:CreateOrganization", None, json!({})).await;
    assert!(again.unwrap_err().to_string().contains("AlreadyInOrganizationException"));
}

/// An organization of `general` with `production` in a unit, to which a policy with this statement is attached.
/// Returns the accounts, the unit, and the policy.
async fn under_a_policy(statement: Value) -> (PracticeCloud, Value, Value) {
    let practice = accounts(&["general", "production"]).await;
    write(&practice, "general", "organizations:CreateOrganization", json!({})).await;
    let handshake = invite(&practice, "general", "production").await;
    write(&practice, "production", "organizations:AcceptHandshake", one("HandshakeId", handshake)).await;
    let roots = read(&practice, "general", "organizations:ListRoots", json!({})).await;
    let root = roots["Roots"][0]["Id"].clone();
    let enabled = json!({ "RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY" });
    write(&practice, "general", "organizations:EnablePolicyType", enabled).await;
    let named = json!({ "ParentId": root, "Name": "Production" });
    let unit = write(&practice, "general", "organizations:CreateOrganizationalUnit", named).await;
    let unit = unit["OrganizationalUnit"]["Id"].clone();
    let id = practice.account_id("production").unwrap();
    let moved = json!({ "AccountId": id, "SourceParentId": root, "DestinationParentId": unit });
    write(&practice, "general", "organizations:MoveAccount", moved).await;
    let content = json!({ "Version": "2012-10-17", "Statement": statement });
    let policy = json!({ "Name": "own", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": content });
    let policy = write(&practice, "general", "organizations:CreatePolicy", policy).await;
    let policy = policy["Policy"]["PolicySummary"]["Id"].clone();
    let attached = json!({ "PolicyId": policy, "TargetId": unit });
    write(&practice, "general", "organizations:AttachPolicy", attached).await;
    (practice, unit, policy)
}

#[tokio::test]
async fn a_service_control_policy_is_attached_to_a_unit_with_a_member() {
    let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
    let (practice, unit, policy) = under_a_policy(json!([deny])).await;
    let children =
        read(&practice, "general", "organizations:ListAccountsForParent", one("ParentId", unit.clone())).await;
    assert_eq!(children["Accounts"][0]["Id"], practice.account_id("production").unwrap());
    assert_eq!(children["Accounts"][0]["Email"], "learner+production@example.com");
    let targets =
        read(&practice, "general", "organizations:ListTargetsForPolicy", one("PolicyId", policy.clone())).await;
    assert_eq!(targets["Targets"][0]["TargetId"], unit);
    let described = read(&practice, "general", "organizations:DescribePolicy", one("PolicyId", policy)).await;
    let content: Value = serde_json::from_str(described["Policy"]["Content"].as_str().unwrap()).unwrap();
    assert_eq!(content["Statement"][0]["Effect"], "Deny");
}

#[tokio::test]
async fn service_control_policies_deny_a_member_the_list_of_buckets() {
    const EXPLICIT: &str = "with an explicit deny in a service control policy";
    const NOT_ALLOWED: &str = "because no service control policy allows the s3:ListAllMyBuckets action";
    let allow = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let deny = |action: &str| json!({ "Effect": "Deny", "Action": action, "Resource": ["*"] });
    let mut limited = deny("s3:*");
    limited["Condition"] = json!({ "StringEquals": { "aws:RequestedRegion": "eu-west-1" } });
    for (statement, denied) in [
        (json!([allow, deny("s3:*")]), Some(EXPLICIT)),
        (json!([allow, deny("S3:List?llMy*")]), Some(EXPLICIT)),
        (json!([allow, { "Effect": "Deny", "NotAction": ["ec2:*", "iam:*"], "Resource": "*" }]), Some(EXPLICIT)),
        (json!({ "Effect": "Allow", "Action": ["ec2:*"], "Resource": "*" }), Some(NOT_ALLOWED)),
        (json!([allow, deny("s3:ListBucket")]), None),
        (json!([allow, { "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" }]), None),
        (json!([allow, limited]), None),
    ] {
        let (practice, unit, policy) = under_a_policy(statement.clone()).await;
        for account in ["general", "production"] {
            practice.switch(account, Switch::BucketList, "list").await.unwrap();
            let event = reads(&practice, account).event("ListBuckets").await.unwrap();
            assert_eq!(event["readOnly"], true);
            let message = denied.filter(|_| account == "production").map(|why| {
                let id = practice.account_id("production").unwrap();
                format!("User: arn:aws:iam::{id}:root is not authorized to perform: s3:ListAllMyBuckets {why}")
            });
            assert_eq!(event["errorCode"].as_str(), message.as_ref().map(|_| "AccessDenied"), "{statement}");
            assert_eq!(event["errorMessage"].as_str(), message.as_deref(), "{statement}");
        }
        // What is detached denies nothing.
        let detached = json!({ "PolicyId": policy, "TargetId": unit });
        write(&practice, "general", "organizations:DetachPolicy", detached).await;
        practice.set_clock(THEN + 60);
        practice.switch("production", Switch::BucketList, "again").await.unwrap();
        let event = reads(&practice, "production").event("ListBuckets").await.unwrap();
        assert_eq!(event["errorCode"], Value::Null);
    }
}
