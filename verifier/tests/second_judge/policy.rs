//! Bucket policies, and a small evaluator of requests that works like S3.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::answer::Answer;
use super::court::{GENERAL_ID, PRODUCTION_ID};

const STRANGER_ID: &str = "999999999999";

/// The organization of both accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Organization {
    None,
    /// `o-abc`, which has no other accounts.
    Ours,
    /// `o-abc`, which also has other accounts.
    Wider,
}

#[derive(Debug, Clone)]
pub struct Statement {
    allow: bool,
    principals: Vec<Principal>,
    actions: Vec<&'static str>,
    not_actions: bool,
    resources: Vec<Resource>,
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Principal {
    Everybody,
    Account(&'static str),
    /// The ARN of an account's root, which means the account.
    Root(&'static str),
    User(&'static str),
    Service,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource {
    Bucket,
    Objects,
    Folder,
    BucketAndObjects,
    All,
    AnotherBucket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// The caller's account is (or is not) one of these.
    Account(bool, &'static [&'static str]),
    /// The request came (or did not come) over TLS.
    Tls(bool),
    /// The caller is (or is not) in `o-abc`.
    Organization(bool),
    /// The bucket's account is this.
    Owner(&'static str),
    /// From some addresses, or from all others.
    Address(bool),
    /// Signed in with MFA.
    Mfa,
}

/// A caller.
#[derive(Debug, Clone, Copy)]
struct Caller {
    account: Option<&'static str>,
    arn: &'static str,
    in_organization: bool,
}

/// The parts of a request other than the caller and the action.
#[derive(Debug, Clone, Copy)]
struct Request {
    tls: bool,
    address: bool,
    mfa: bool,
}

impl Statement {
    /// As it is written in a bucket policy.
    pub fn written(&self, bucket: &str) -> Value {
        let principal = match self.principals.as_slice() {
            [Principal::Everybody] => json!("*"),
            [Principal::Service] => json!({ "Service": "cloudtrail.amazonaws.com" }),
            all => {
                let text = |one: &Principal| match one {
                    Principal::Everybody => "*".to_owned(),
                    Principal::Account(id) => (*id).to_owned(),
                    Principal::Root(id) => format!("arn:aws:iam::{id}:root"),
                    Principal::User(id) => format!("arn:aws:iam::{id}:user/ada"),
                    Principal::Service => unreachable!("services are named alone"),
                };
                json!({ "AWS": all.iter().map(text).collect::<Vec<_>>() })
            }
        };
        let mut conditions: serde_json::Map<String, Value> = serde_json::Map::new();
        for condition in &self.conditions {
            let (operator, key, values) = condition.written();
            let keys = conditions.entry(operator).or_insert_with(|| json!({}));
            keys[key] = values;
        }
        let resources: Vec<String> = self.resources.iter().flat_map(|resource| resource.arns(bucket)).collect();
        let actions = if self.not_actions { "NotAction" } else { "Action" };
        json!({
            "Effect": if self.allow { "Allow" } else { "Deny" }, "Principal": principal, actions: self.actions,
            "Resource": resources, "Condition": conditions,
        })
    }

    pub fn asks_for_the_organization(&self) -> bool {
        self.conditions.iter().any(|condition| matches!(condition, Condition::Organization(_)))
    }

    /// Whether it depends on other parts of the request.
    pub fn is_open(&self) -> bool {
        self.conditions.iter().any(|condition| matches!(condition, Condition::Address(_) | Condition::Mfa))
    }

    fn applies(&self, caller: Caller, action: &str, object: Option<&str>, request: Request) -> bool {
        self.names(caller)
            && self.actions.iter().any(|pattern| speaks_of(pattern, action)) != self.not_actions
            && self.resources.iter().any(|resource| resource.includes(object))
            && self.conditions.iter().all(|condition| condition.holds(caller, request))
    }

    fn names(&self, caller: Caller) -> bool {
        self.principals.iter().any(|principal| match principal {
            Principal::Everybody => true,
            Principal::Account(id) | Principal::Root(id) => caller.account == Some(id),
            Principal::User(id) => caller.arn == format!("arn:aws:iam::{id}:user/ada"),
            Principal::Service => false,
        })
    }

    /// Whether it names somebody outside both accounts.
    fn names_others(&self) -> bool {
        self.principals.iter().any(|principal| match principal {
            Principal::Account(id) | Principal::Root(id) | Principal::User(id) => *id == STRANGER_ID,
            Principal::Service => true,
            Principal::Everybody => false,
        })
    }
}

fn speaks_of(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_lowercase(), action.to_lowercase());
    match pattern.strip_suffix('*') {
        Some(start) => action.starts_with(start),
        None => pattern == action,
    }
}

impl Resource {
    fn arns(self, bucket: &str) -> Vec<String> {
        match self {
            Resource::Bucket => vec![format!("arn:aws:s3:::{bucket}")],
            Resource::Objects => vec![format!("arn:aws:s3:::{bucket}/*")],
            Resource::Folder => vec![format!("arn:aws:s3:::{bucket}/a/*")],
            Resource::BucketAndObjects => vec![format!("arn:aws:s3:::{bucket}*")],
            Resource::All => vec!["*".to_owned()],
            Resource::AnotherBucket => vec!["arn:aws:s3:::another/*".to_owned()],
        }
    }

    /// Whether it includes an object, or the bucket itself.
    fn includes(self, object: Option<&str>) -> bool {
        match self {
            Resource::Bucket => object.is_none(),
            Resource::Objects => object.is_some(),
            Resource::Folder => object.is_some_and(|key| key.starts_with("a/")),
            Resource::BucketAndObjects | Resource::All => true,
            Resource::AnotherBucket => false,
        }
    }
}

impl Condition {
    fn written(self) -> (String, &'static str, Value) {
        let not = |is: bool| if is { "" } else { "Not" };
        match self {
            Condition::Account(is, ids) => (format!("String{}Equals", not(is)), "aws:PrincipalAccount", json!(ids)),
            Condition::Tls(is) => ("Bool".to_owned(), "aws:SecureTransport", json!(is.to_string())),
            Condition::Organization(is) => (format!("String{}Equals", not(is)), "aws:PrincipalOrgID", json!("o-abc")),
            Condition::Owner(id) => ("StringEquals".to_owned(), "aws:ResourceAccount", json!(id)),
            Condition::Address(true) => ("IpAddress".to_owned(), "aws:SourceIp", json!("192.0.2.0/24")),
            Condition::Address(false) => ("NotIpAddress".to_owned(), "aws:SourceIp", json!("192.0.2.0/24")),
            Condition::Mfa => ("Bool".to_owned(), "aws:MultiFactorAuthPresent", json!("true")),
        }
    }

    fn holds(self, caller: Caller, request: Request) -> bool {
        match self {
            // If the request lacks the key, nothing equals it.
            Condition::Account(is, ids) => caller.account.is_some_and(|id| ids.contains(&id)) == is,
            Condition::Tls(is) => request.tls == is,
            Condition::Organization(is) => caller.in_organization == is,
            Condition::Owner(id) => id == PRODUCTION_ID,
            Condition::Address(is) => request.address == is,
            Condition::Mfa => request.mfa,
        }
    }
}

/// The possible requests over TLS.
fn requests() -> impl Iterator<Item = Request> {
    let both = [true, false];
    both.into_iter().flat_map(move |address| both.map(|mfa| Request { tls: true, address, mfa }))
}

/// The possible organizations.
fn organizations(known: Option<Organization>) -> Vec<Organization> {
    known.map_or_else(|| vec![Organization::None, Organization::Ours, Organization::Wider], |known| vec![known])
}

/// Whether something is true for each possibility.
fn whatever(ways: impl IntoIterator<Item = bool>) -> Answer {
    let ways: Vec<bool> = ways.into_iter().collect();
    match (ways.contains(&true), ways.contains(&false)) {
        (true, false) => Answer::Yes,
        (false, true) => Answer::No,
        _ => Answer::CantTell,
    }
}

/// Whether a policy allows somebody in the general account to list the bucket and read every object in it, and denies
/// this to nobody in it, who may be the learner.
pub fn gives_to_general(policy: &[Statement], organization: Option<Organization>) -> Answer {
    let ways = organizations(organization).into_iter().flat_map(|organization| {
        let in_organization = organization != Organization::None;
        let people = ["arn:aws:iam::111122223333:user/ada", "arn:aws:iam::111122223333:role/reader"];
        let people = people.map(|arn| Caller { account: Some(GENERAL_ID), arn, in_organization });
        requests().map(move |request| {
            let to = |allow: bool, caller: Caller, (action, object): Asked| {
                let statements = policy.iter().filter(|statement| statement.allow == allow);
                statements.into_iter().any(|statement| statement.applies(caller, action, object, request))
            };
            let allowed = people.iter().any(|caller| READING.iter().all(|asked| to(true, *caller, *asked)));
            allowed && !people.iter().any(|caller| READING.iter().any(|asked| to(false, *caller, *asked)))
        })
    });
    whatever(ways)
}

/// An action, and the object that it is about, unless it is about the bucket.
type Asked = (&'static str, Option<&'static str>);

const READING: &[Asked] = &[
    ("s3:ListBucket", None),
    ("s3:GetObject", Some("hello.txt")),
    ("s3:GetObject", Some("a/b.txt")),
    ("s3:GetObject", Some("z")),
];

/// Whether a statement allows anybody outside both accounts to do anything with the bucket or its objects. A denial
/// elsewhere does not count: S3 calls such a policy public, and blocks other accounts.
pub fn lets_others_in(policy: &[Statement], organization: Option<Organization>) -> Answer {
    let is_ours = |statement: &Statement| statement.resources.iter().any(|one| *one != Resource::AnotherBucket);
    let allowing: Vec<&Statement> = policy.iter().filter(|statement| statement.allow && is_ours(statement)).collect();
    if allowing.iter().any(|statement| statement.names_others()) {
        return Answer::Yes;
    }
    // Somebody in another account, in another organization or in none; an anonymous caller; and, if it is not ours,
    // somebody in `o-abc`.
    let ways = organizations(organization).into_iter().map(|organization| {
        let stranger = Caller { account: Some(STRANGER_ID), arn: "", in_organization: false };
        let nobody = Caller { account: None, ..stranger };
        let member = Caller { in_organization: true, ..stranger };
        let others = [stranger, nobody].into_iter().chain((organization != Organization::Ours).then_some(member));
        let lets_in = |caller: Caller| {
            allowing.iter().any(|statement| {
                statement.names(caller)
                    && requests().any(|request| statement.conditions.iter().all(|one| one.holds(caller, request)))
            })
        };
        others.into_iter().any(lets_in)
    });
    whatever(ways)
}

fn principal() -> impl Strategy<Value = Vec<Principal>> {
    use Principal::{Account, Everybody, Root, Service, User};
    prop_oneof![
        8 => Just(vec![Root(GENERAL_ID)]),
        2 => Just(vec![Account(GENERAL_ID)]),
        2 => Just(vec![User(GENERAL_ID)]),
        2 => Just(vec![Everybody]),
        1 => Just(vec![Root(GENERAL_ID), Root(PRODUCTION_ID)]),
        1 => Just(vec![Root(STRANGER_ID)]),
        1 => Just(vec![Root(GENERAL_ID), User(STRANGER_ID)]),
        1 => Just(vec![Account(PRODUCTION_ID)]),
        1 => Just(vec![Service]),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let accounts: Vec<&'static [&'static str]> =
        vec![&[GENERAL_ID], &[PRODUCTION_ID], &[GENERAL_ID, PRODUCTION_ID], &[STRANGER_ID], &[GENERAL_ID, STRANGER_ID]];
    prop_oneof![
        3 => (any::<bool>(), prop::sample::select(accounts)).prop_map(|(is, ids)| Condition::Account(is, ids)),
        2 => any::<bool>().prop_map(Condition::Tls),
        2 => any::<bool>().prop_map(Condition::Organization),
        1 => prop::sample::select(vec![PRODUCTION_ID, GENERAL_ID]).prop_map(Condition::Owner),
        1 => any::<bool>().prop_map(Condition::Address),
        1 => Just(Condition::Mfa),
    ]
}

/// A statement. Many are one of the lesson's two, or variants that a learner might write.
pub fn statement() -> impl Strategy<Value = Statement> {
    let actions = vec![
        vec!["s3:ListBucket"],
        vec!["s3:GetObject"],
        vec!["s3:ListBucket", "s3:GetObject"],
        vec!["S3:getobject", "s3:LISTBUCKET"],
        vec!["s3:*"],
        vec!["s3:Get*"],
        vec!["s3:List*", "s3:Get*"],
        vec!["*"],
        vec!["s3:PutObject"],
    ];
    let resources = vec![
        vec![Resource::Bucket, Resource::Objects],
        vec![Resource::Bucket, Resource::Objects],
        vec![Resource::Bucket],
        vec![Resource::Objects],
        vec![Resource::Bucket, Resource::Folder],
        vec![Resource::BucketAndObjects],
        vec![Resource::All],
        vec![Resource::AnotherBucket],
    ];
    let about = (prop::sample::select(actions), prop::bool::weighted(0.1), prop::sample::select(resources));
    let conditions = prop_oneof![3 => Just(Vec::new()), 2 => prop::collection::vec(condition(), 1..=2)];
    (prop::bool::weighted(0.75), principal(), about, conditions).prop_map(
        |(allow, principals, (actions, not_actions, resources), mut conditions)| {
            // Each key is used once.
            conditions.sort_by_key(|one| one.written().1);
            conditions.dedup_by_key(|one| one.written().1);
            Statement { allow, principals, actions, not_actions, resources, conditions }
        },
    )
}
