//! Decides what a statement of a policy allows or denies a caller, as far as possible without a concrete request.

use super::arn::{Arn, is_account_id};
use super::bucket_policy::{Statement, account};
use super::condition::{Caller, Organization, accounts_to_try, all, any, holds, may_hold, not};

/// Whether a statement allows an account, or somebody in it, an action on the bucket or on every object.
pub fn allows(statement: &Statement, action: &str, caller: Caller<'_>) -> Option<bool> {
    applies(statement, "Allow", action, caller)
}

/// Whether a statement denies an account, or somebody in it, an action, even if only on some objects.
pub fn denies(statement: &Statement, action: &str, caller: Caller<'_>) -> Option<bool> {
    applies(statement, "Deny", action, caller)
}

fn applies(statement: &Statement, effect: &str, action: &str, caller: Caller<'_>) -> Option<bool> {
    if statement.effect != effect {
        return Some(false);
    }
    let conditions = statement.conditions.iter().map(|condition| holds(condition, caller));
    all([about(statement, action), includes(statement, caller.account)].into_iter().chain(conditions))
}

/// Whether a statement allows anything in the bucket to anybody except these accounts, and accounts in these
/// organizations. Without an organization in the list, ours is unknown. An empty text means that there is none. Another
/// account or service that is named counts with any conditions. Everybody (`*`) does not count if the conditions allow
/// only ours.
pub fn allows_others(statement: &Statement, ours: &[&str]) -> Option<bool> {
    if statement.effect != "Allow" || statement.elsewhere {
        return Some(false);
    }
    let (accounts, organizations): (Vec<&str>, Vec<&str>) = ours.iter().partition(|id| is_account_id(id));
    let other_account = statement.accounts.iter().any(|id| !accounts.contains(&id.as_str()));
    let others = statement.others.iter().map(|principal| match Kind::of(principal) {
        Kind::Everybody | Kind::Deleted => Some(false),
        Kind::Provider(Some(id)) if accounts.contains(&id) => None,
        Kind::Service | Kind::Provider(_) => Some(true),
        Kind::Unclear => None,
    });
    let named = any(others.chain([Some(other_account)]));
    let everybody = statement.principals.iter().any(|principal| principal == "*")
        || !statement.not_principals.is_empty() && !statement.not_principals.iter().any(|principal| principal == "*");
    if !everybody {
        return named;
    }
    let organization = match organizations.as_slice() {
        [] => Organization::Unknown,
        ids => Organization::NotOneOf(ids),
    };
    let strangers = accounts_to_try(&statement.conditions).filter(|id| !accounts.contains(id)).map(Some).chain([None]);
    let let_in = any(strangers.map(|account| {
        let stranger = Caller { account, organization };
        all(statement.conditions.iter().map(|condition| may_hold(condition, stranger)))
    }));
    any([named, let_in])
}

/// Whether a statement covers an action: for Allow, completely, and for Deny, at least in part.
fn about(statement: &Statement, action: &str) -> Option<bool> {
    let kinds = if statement.effect == "Allow" { &statement.reads } else { &statement.touches };
    let is = |kinds: &[String]| kinds.iter().any(|kind| kind == action);
    if is(kinds) {
        Some(true)
    } else if is(&statement.unclear) {
        None
    } else {
        Some(false)
    }
}

/// Whether a statement applies to an account, or to somebody in it.
fn includes(statement: &Statement, caller: Option<&str>) -> Option<bool> {
    let is_caller = |id: &str| caller == Some(id);
    let other = |principal: &str| match Kind::of(principal) {
        Kind::Everybody => Some(true),
        Kind::Service | Kind::Deleted => Some(false),
        Kind::Provider(Some(id)) if !is_caller(id) => Some(false),
        Kind::Provider(_) | Kind::Unclear => None,
    };
    if statement.not_principals.is_empty() {
        let accounts = statement.accounts.iter().map(|id| Some(is_caller(id)));
        return any(accounts.chain(statement.others.iter().map(|principal| other(principal))));
    }
    // If a user or role is excluded, others of its account are not. If the account is excluded, AWS's documentation
    // leaves the effect on its users and roles to the service.
    not(any(statement.not_principals.iter().map(|principal| match account(principal) {
        Some(id) if is_root(principal) => {
            if is_caller(id) {
                None
            } else {
                Some(false)
            }
        }
        Some(_) if !is_provider(principal) => Some(false),
        _ => other(principal),
    })))
}

/// Why an account does not decide whether a statement's principals include it, as text.
pub(crate) fn unclear_principal(statement: &Statement) -> Option<&'static str> {
    let unnamed =
        statement.not_principals.iter().filter(|principal| account(principal).is_none() || is_provider(principal));
    let kinds: Vec<Kind<'_>> = statement.others.iter().chain(unnamed).map(|principal| Kind::of(principal)).collect();
    if kinds.iter().any(|kind| matches!(kind, Kind::Provider(_))) {
        Some("names an identity provider, but not who signs in through it")
    } else if kinds.iter().any(|kind| matches!(kind, Kind::Unclear)) {
        Some("names a principal, but not its account")
    } else if statement.not_principals.iter().any(|principal| is_root(principal)) {
        Some(
            "applies to everybody except an account (NotPrincipal), which S3 need not apply to everybody in the account",
        )
    } else {
        None
    }
}

/// The kind of a principal without an account.
enum Kind<'p> {
    Everybody,
    Service,
    /// A user or role that was deleted. It matches nobody, not even a new one with the same name.
    Deleted,
    /// An identity provider of an account, or of the web.
    Provider(Option<&'p str>),
    /// A canonical user id, which belongs to an account, or something that this version does not know.
    Unclear,
}

impl<'p> Kind<'p> {
    fn of(principal: &'p str) -> Kind<'p> {
        let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let ends = |ends: &[&str]| ends.iter().any(|end| principal.ends_with(end));
        match principal {
            "*" => Kind::Everybody,
            "cognito-identity.amazonaws.com" | "accounts.google.com" | "graph.facebook.com" | "www.amazon.com" => {
                Kind::Provider(None)
            }
            _ if is_provider(principal) => Kind::Provider(account(principal)),
            _ if ends(&[".amazonaws.com", ".amazonaws.com.cn", ".aws.internal"]) => Kind::Service,
            _ if ["AIDA", "AROA"].iter().any(|kind| principal.starts_with(kind)) && principal.bytes().all(upper) => {
                Kind::Deleted
            }
            _ => Kind::Unclear,
        }
    }
}

fn is_root(principal: &str) -> bool {
    Arn::parse(principal).is_some_and(|arn| arn.is_root())
}

fn is_provider(principal: &str) -> bool {
    let provider = |arn: Arn<'_>| ["saml-provider", "oidc-provider"].iter().any(|kind| arn.named(kind).is_some());
    Arn::parse(principal).is_some_and(provider)
}
