//! `shared-bucket-policy`: "The policy lets the general account read, and nobody else."
//!
//! Somebody in the general account may list the bucket and read every object in it over TLS, and no statement allows
//! anybody except the two accounts. The judge evaluates requests as S3 does: for some people, each action, each object,
//! and each way that the unknown parts of a request may turn out. If the answer depends on those, it is undecided.
//!
//! A bucket is the lesson's if its name ends as the lesson says. If there are several, it is undecided which one is
//! meant, so all must pass.

use crate::common::{GENERAL, PRODUCTION};
use evidence::bucket_policy::{self, Owned};
use evidence::{Section, UNREADABLE};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::answer::{Answer, Ruling, all_of, any_of};
use super::court::{Change, Court, Evidence, GENERAL_ID, PRODUCTION_ID, agree, change, each, section, unmoved};
use super::model::{Field, Known, Unread, field, unread, why};
use super::policy::{Organization, Statement, gives_to_general, lets_others_in, statement};

#[derive(Debug, Clone)]
struct Bucket {
    name: Field<&'static str>,
    policy: Field<Option<Vec<Statement>>>,
}

#[derive(Debug, Clone)]
struct State {
    buckets: Field<Vec<Bucket>>,
    organization: Field<Organization>,
}

const REGION: &str = "eu-west-1";

fn judge(state: &State) -> Answer {
    let organization = match &state.organization {
        Known(organization) => Some(*organization),
        Unread(_) => None,
    };
    state.buckets.is(|buckets| {
        let of_lesson = |bucket: &Bucket| is_of_lesson(bucket);
        let some = any_of(buckets.iter().map(of_lesson));
        let shared = |bucket: &Bucket| any_of([of_lesson(bucket).not(), shares(bucket, organization)]);
        some.and(all_of(buckets.iter().map(shared)))
    })
}

fn is_of_lesson(bucket: &Bucket) -> Answer {
    bucket.name.holds(|name| {
        let own = name.strip_suffix(format!("-{PRODUCTION_ID}-{REGION}-an").as_str()).unwrap_or(name);
        own.ends_with("-shared")
    })
}

fn shares(bucket: &Bucket, organization: Option<Organization>) -> Answer {
    bucket.policy.is(|policy| {
        let Some(policy) = policy else { return Answer::No };
        gives_to_general(policy, organization).and(lets_others_in(policy, organization).not())
    })
}

fn evidence(state: &State) -> Evidence {
    let organization = match &state.organization {
        Unread(why) => unread(*why),
        Known(organization) => {
            let text = |text: &str| if *organization == Organization::None { Value::Null } else { text.into() };
            json!({
                "in_use": *organization != Organization::None, "id": text("o-abc"), "management_account": text("777788889999"),
                "management_email": text("a@example.com"), "features": text("ALL"), "accounts": accounts(*organization),
            })
        }
    };
    let buckets = match &state.buckets {
        Unread(why) => unread(*why),
        Known(buckets) => json!({ "buckets": buckets.iter().map(rendered).collect::<Vec<_>>() }),
    };
    let sections = [(GENERAL, Section::Organization, organization.clone()), (PRODUCTION, Section::S3, buckets)];
    Evidence::new(sections.into_iter().chain([section(PRODUCTION, Section::Organization, organization)]))
}

fn accounts(organization: Organization) -> Vec<Value> {
    let ids: &[&str] = match organization {
        Organization::None => &[],
        Organization::Ours => &[GENERAL_ID, PRODUCTION_ID],
        Organization::Wider => &[GENERAL_ID, PRODUCTION_ID, "777788889999"],
    };
    let account = |id: &&str| {
        json!({
            "id": id, "email": "a@example.com", "name": "n", "state": "ACTIVE", "joined": "INVITED",
            "since": "2026-10-25T00:00:00Z",
        })
    };
    ids.iter().map(account).collect()
}

fn rendered(bucket: &Bucket) -> Value {
    let name = if let Known(name) = bucket.name { name } else { "" };
    let policy = match &bucket.policy {
        Unread(why) => unread(*why),
        Known(None) => Value::Null,
        Known(Some(statements)) => {
            let statements: Vec<Value> = statements.iter().map(|statement| statement.written(name)).collect();
            let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
            let owned = Owned { who: PRODUCTION, account: PRODUCTION_ID, bucket: name };
            let parsed = serde_json::to_value(bucket_policy::parse(owned, &text)).unwrap();
            assert!(parsed.get(UNREADABLE).is_none(), "{text}");
            parsed
        }
    };
    let set = json!({ "public_access_block": null, "versioning": null, "encryption": null, "region": REGION });
    let mut bucket = json!({ "name": bucket.name, "policy": policy });
    bucket.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
    bucket
}

fn bucket() -> impl Strategy<Value = Bucket> {
    let names = vec![
        "lee-shared",
        "lee-production-shared",
        "lee-shared-444455556666-eu-west-1-an",
        "lee-shared-111122223333-eu-west-1-an",
        "lee-shared-444455556666-us-east-1-an",
        "lee-shared-old",
        "shared",
        "leeshared",
    ];
    let name = prop_oneof![8 => Just("lee-shared"), 3 => prop::sample::select(names)];
    let statements = prop::collection::vec(statement(), 1..=3);
    let policy = prop_oneof![12 => statements.prop_map(Some), 1 => Just(None)];
    (field(name), field(policy)).prop_map(|(name, policy)| match name {
        // For a bucket without a name, nothing else can be determined.
        Unread(why) => Bucket { name: Unread(why), policy: Unread(why) },
        Known(_) => Bucket { name, policy },
    })
}

fn state() -> impl Strategy<Value = State> {
    let organization = prop_oneof![
        3 => Just(Known(Organization::None)), 3 => Just(Known(Organization::Ours)),
        2 => Just(Known(Organization::Wider)), 1 => why().prop_map(Unread)
    ];
    let buckets =
        prop_oneof![30 => prop::collection::vec(bucket(), 0..=2).prop_map(Known), 1 => why().prop_map(Unread)];
    (buckets, organization).prop_map(|(buckets, organization)| State { buckets, organization })
}

/// Whether this judge may decide more than the check. The check needs the organization if a statement does, and treats
/// the unknown parts of a request as unknown in each statement separately.
fn takes_more_than_each_statement(state: &State) -> bool {
    let Known(buckets) = &state.buckets else { return false };
    let policies = || {
        buckets.iter().filter_map(|bucket| if let Known(Some(policy)) = &bucket.policy { Some(policy) } else { None })
    };
    let asks = |policy: &Vec<Statement>| policy.iter().any(Statement::asks_for_the_organization);
    let open = |policy: &Vec<Statement>| policy.iter().filter(|statement| statement.is_open()).count() > 1;
    matches!(state.organization, Unread(_)) && policies().any(asks) || policies().any(open)
}

#[test]
fn shared_bucket_policy() {
    let said = |evidence: &Evidence| Court::of("shared-bucket-policy").judge(evidence);
    let property = |(state, change): (State, Option<Change>)| {
        let evidence = evidence(&state);
        let heard = said(&evidence);
        let excused = heard.ruling() == Ruling::CantTell && takes_more_than_each_statement(&state);
        if !excused {
            agree(Ruling::from(judge(&state)), &heard)?;
        }
        unmoved(&heard, &evidence, &change, said)
    };
    each("shared-bucket-policy", &(state(), change()), property);
}
