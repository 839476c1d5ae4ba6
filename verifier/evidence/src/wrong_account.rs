//! Credentials that belong to another account than the one that was seen before.

use course::results::ReasonCode;
use serde_json::Value;
use std::collections::BTreeMap;

use crate::mask;
use crate::read;

/// What is wrong with an account's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongAccount<'w> {
    /// Another of the course's accounts has the same credentials.
    Twice,
    /// They belong to another of the course's accounts.
    Other {
        /// The course's name for it.
        name: &'w str,
        /// Whether its credentials belong to this account: the two are the other way round.
        exchanged: bool,
    },
    /// They belong to an account that was not seen before.
    New {
        /// The account id that was seen before.
        seen: &'w str,
    },
}

impl<'w> WrongAccount<'w> {
    /// Compares the account ids that were seen before with those of the credentials now; `None` if nothing is wrong.
    /// `seen` and `now` have the ids by the course's names, as far as they are known.
    pub fn find(
        account: &str,
        seen: &'w BTreeMap<String, String>,
        now: &BTreeMap<&str, String>,
    ) -> Option<WrongAccount<'w>> {
        let id = now.get(account)?;
        let expected = seen.get(account).filter(|expected| *expected != id);
        let other = seen.iter().find(|(name, seen)| *name != account && *seen == id);
        let is_there_too = now.iter().any(|(name, now)| *name != account && now == id);
        match (other, expected) {
            // It is not known which of the two is right.
            _ if is_there_too => Some(WrongAccount::Twice),
            (Some((name, _)), expected) => {
                let has_moved = now.get(name.as_str()).is_some_and(|now| now != id);
                let exchanged = expected.is_some() && now.get(name.as_str()) == expected;
                // Without a connection to the other one, it is still the one that was seen.
                (expected.is_some() || !has_moved).then_some(WrongAccount::Other { name, exchanged })
            }
            (None, Some(seen)) => Some(WrongAccount::New { seen }),
            (None, None) => None,
        }
    }

    /// The value for every section of the account.
    pub fn unreadable(self, account: &str, id: &str) -> Value {
        let id = mask::account_id(id);
        let message = match self {
            WrongAccount::Twice => format!(
                "Two of the course's accounts are the same AWS account {id}. \
                 Bind each to its own: `verify accounts {account}=PROFILE`."
            ),
            WrongAccount::Other { name, exchanged: true } => format!(
                "The {account} and the {name} account are the other way round: the {account} account's credentials belong \
                 to AWS account {id}, which was the {name} account before. Exchange their profiles: \
                 `verify accounts {account}=PROFILE {name}=PROFILE`."
            ),
            WrongAccount::Other { name, exchanged: false } => format!(
                "These credentials belong to AWS account {id}, which was the {name} account before. \
                 Bind the {account} account to its own profile: `verify accounts {account}=PROFILE`."
            ),
            WrongAccount::New { seen } => format!(
                "These credentials belong to AWS account {id}, but {} was seen before. \
                 If the new account is right, run `verify accounts {account}=PROFILE`.",
                mask::account_id(seen)
            ),
        };
        read::unreadable(ReasonCode::WrongAccount, account, &message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_depends_on_what_was_seen_and_what_is_there() {
        use WrongAccount::{New, Other, Twice};
        let other = |exchanged| Some(Other { name: "b", exchanged });
        for (seen, now, wanted) in [
            (vec![], vec![("a", "1")], None),
            (vec![], vec![("a", "1"), ("b", "1")], Some(Twice)),
            (vec![("a", "1"), ("b", "2")], vec![("a", "1"), ("b", "2")], None),
            (vec![("a", "1"), ("b", "2")], vec![("a", "2"), ("b", "1")], other(true)),
            (vec![("a", "1"), ("b", "2")], vec![("a", "2"), ("b", "2")], Some(Twice)),
            (vec![("a", "1"), ("b", "2")], vec![("a", "2"), ("b", "3")], other(false)),
            (vec![("a", "1"), ("b", "2")], vec![("a", "2")], other(false)),
            (vec![("b", "2")], vec![("a", "2")], other(false)),
            (vec![("b", "2")], vec![("a", "2"), ("b", "3")], None),
            (vec![("a", "1")], vec![("a", "3")], Some(New { seen: "1" })),
            (vec![("a", "1")], vec![], None),
        ] {
            let before: BTreeMap<String, String> =
                seen.iter().map(|(name, id): &(&str, &str)| ((*name).to_owned(), (*id).to_owned())).collect();
            let after: BTreeMap<&str, String> =
                now.iter().map(|(name, id): &(&str, &str)| (*name, (*id).to_owned())).collect();
            assert_eq!(WrongAccount::find("a", &before, &after), wanted, "{seen:?} {now:?}");
        }
    }
}
