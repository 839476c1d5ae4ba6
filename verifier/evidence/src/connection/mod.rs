//! Connects to accounts: gets the credentials for a binding, or the reasons why there are none.
//! Only the exchange of credentials is here, outside the guard.

mod environment;
pub mod http;
mod login;
mod profile;
mod role;
mod sdk;

use course::results::Reason;
use std::collections::BTreeMap;

use crate::bindings::{Bindings, Source};

pub use profile::profile_names;
pub use role::{MfaCodes, NoMfaCodes, assume};
pub use sdk::{ATTEMPT, Connected, timeouts};

/// The connection to an account.
#[derive(Debug, Clone)]
pub enum Connection {
    /// An SDK configuration.
    Sdk(Box<Connected>),
    /// No connection, and the reasons.
    None(Vec<Reason>),
}

/// Connects to accounts by their bindings: first those with their own credentials, then the roles that are assumed from
/// these, and so on. All connections of a round are made at the same time.
/// `accounts` are the accounts to connect, and `connections` those that there are already. The accounts from which their
/// roles are assumed are connected, too.
pub async fn connect<'a>(
    bindings: &Bindings,
    accounts: impl IntoIterator<Item = &'a String>,
    mut connections: BTreeMap<String, Connection>,
    codes: &dyn MfaCodes,
) -> BTreeMap<String, Connection> {
    let wanted: Vec<&String> = accounts.into_iter().filter(|name| bindings.contains_key(*name)).collect();
    for round in rounds(bindings, &wanted) {
        let new = round.into_iter().filter(|name| !connections.contains_key(*name));
        let connecting = new.map(async |name| {
            let source = &bindings[name].source;
            let connected = match source {
                Source::Role(role) => match connections.get(&role.from) {
                    Some(Connection::Sdk(from)) => {
                        let base = format!("the {} account", role.from);
                        assume(name, &base, from, role, codes).await
                    }
                    Some(Connection::None(reasons)) => Err(role::without_base(name, role, reasons)),
                    None => Err(role::unbound_base(name, role)),
                },
                own => connect_one(name, own, codes).await,
            };
            let connection = match connected {
                Ok(connected) => Connection::Sdk(Box::new(connected)),
                Err(reasons) => Connection::None(reasons),
            };
            (name.clone(), connection)
        });
        connections.extend(futures_util::future::join_all(connecting).await);
    }
    connections.retain(|name, _| wanted.contains(&name));
    connections
}

/// Connects to an account with its own credentials.
///
/// # Errors
/// Why there are none, and what to do.
pub async fn connect_one(name: &str, source: &Source, codes: &dyn MfaCodes) -> Result<Connected, Vec<Reason>> {
    match source {
        Source::Profile(profile) => profile::connect(name, profile, codes).await,
        Source::Environment => environment::connect(name).await,
        Source::Role(role) => Err(role::unbound_base(name, role)),
    }
}

/// The accounts to connect, each after the one that its role is assumed from.
fn rounds<'b>(bindings: &'b Bindings, wanted: &[&String]) -> Vec<Vec<&'b String>> {
    // How many roles are assumed to reach an account. A circle counts as the number of all bindings.
    let depth = |name: &str| {
        let mut depth = 0;
        let mut at = name;
        while let Some(Source::Role(role)) = bindings.get(at).map(|binding| &binding.source)
            && depth < bindings.len()
        {
            depth += 1;
            at = &role.from;
        }
        depth
    };
    let needed = |name: &&String| {
        let stands_behind = |wanted: &&&String| chain(bindings, wanted).any(|behind| behind == name.as_str());
        wanted.iter().any(|wanted| stands_behind(&wanted))
    };
    let mut rounds: BTreeMap<usize, Vec<&String>> = BTreeMap::new();
    for name in bindings.keys().filter(needed) {
        rounds.entry(depth(name)).or_default().push(name);
    }
    rounds.into_values().collect()
}

/// An account, the account from which its role is assumed, and so on, as far as they are bound.
pub fn chain<'b>(bindings: &'b Bindings, name: &'b str) -> impl Iterator<Item = &'b str> {
    let next = |name: &&'b str| match bindings.get(*name).map(|binding| &binding.source) {
        Some(Source::Role(role)) => Some(role.from.as_str()),
        _ => None,
    };
    std::iter::successors(Some(name), next).take(bindings.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::{Binding, Role};
    use course::results::ReasonCode;

    fn bindings(of: &[(&str, Option<&str>)]) -> Bindings {
        let binding = |(name, from): &(&str, Option<&str>)| {
            let source = match from {
                None => Source::Profile("p".into()),
                Some(from) => Source::Role(Role {
                    arn: "arn:aws:iam::444455556666:role/r".into(),
                    from: (*from).to_owned(),
                    external_id: None,
                    mfa_serial: None,
                }),
            };
            ((*name).to_owned(), Binding::new(source))
        };
        of.iter().map(binding).collect()
    }

    #[test]
    fn roles_come_after_what_they_are_assumed_from() {
        let bindings = bindings(&[("a", Some("b")), ("b", Some("c")), ("c", None), ("d", None)]);
        let a = "a".to_owned();
        assert_eq!(rounds(&bindings, &[&a]), [["c"], ["b"], ["a"]]);
    }

    #[tokio::test]
    async fn what_is_connected_already_is_not_connected_again() {
        let bindings = bindings(&[("a", Some("b")), ("b", None)]);
        let reason = Reason { code: ReasonCode::NoCredentials, account: None, action: None, message: "known".into() };
        let known = BTreeMap::from([("b".to_owned(), Connection::None(vec![reason]))]);
        let connections = connect(&bindings, bindings.keys(), known, &NoMfaCodes).await;
        let Connection::None(of_base) = &connections["b"] else { panic!("it was connected again") };
        assert_eq!(of_base[0].message, "known");
        let Connection::None(of_role) = &connections["a"] else { panic!("there is nothing to assume it from") };
        assert!(of_role[0].message.contains("known"), "{}", of_role[0].message);
    }

    #[tokio::test]
    async fn a_circle_of_roles_ends_with_a_reason() {
        let bindings = bindings(&[("a", Some("b")), ("b", Some("a"))]);
        let connections = connect(&bindings, bindings.keys(), BTreeMap::new(), &NoMfaCodes).await;
        let Connection::None(reasons) = &connections["a"] else { panic!("a circle has no credentials") };
        assert_eq!(reasons[0].code, ReasonCode::NoCredentials);
    }
}
