//! Chosen responses for single calls.
//!
//! A call is named like `budgets:DescribeBudgets`; for one region, like `cloudtrail:LookupEvents@eu-west-1`; and for
//! one bucket, like `s3:GetBucketPolicy/NAME`.

use super::{Account, Call, Reply, error};
use serde_json::Value;

/// What happens to matching calls.
pub(super) struct Rule {
    call: String,
    effect: Effect,
}

enum Effect {
    /// The number of calls that get the usual response first.
    Answer { after: usize, reply: Reply },
    /// Whether only pages after the first are affected.
    NextPage(Reply),
    /// Changes the members of the response.
    Change(Box<dyn Fn(&mut Value) + Send>),
    /// Replaces a text in the response.
    Rewrite(String, String),
}

impl Account {
    /// A call gets this response.
    pub fn answer(&mut self, call: &str, reply: Reply) {
        self.answer_after(call, 0, reply);
    }

    /// A call gets this response after this many usual ones.
    pub fn answer_after(&mut self, call: &str, after: usize, reply: Reply) {
        self.rules.push(Rule { call: call.to_owned(), effect: Effect::Answer { after, reply } });
    }

    /// A call gets this response if it asks for a page after the first.
    pub fn answer_next_page(&mut self, call: &str, reply: Reply) {
        self.rules.push(Rule { call: call.to_owned(), effect: Effect::NextPage(reply) });
    }

    /// A call is throttled after this many usual responses.
    pub fn throttle_after(&mut self, call: &str, after: usize) {
        self.answer_after(call, after, error(400, "ThrottlingException", "Rate exceeded"));
    }

    /// A call is denied by the caller's own policies.
    pub fn deny(&mut self, call: &str, action: &str) {
        let because = format!("because no identity-based policy allows the {action} action");
        self.deny_because(call, action, &because);
    }

    /// A call is denied, and AWS gives a reason.
    pub fn deny_because(&mut self, call: &str, action: &str, because: &str) {
        let who = format!("arn:aws:iam::{}:{}", self.id, self.caller);
        let message = format!("User: {who} is not authorized to perform: {action} {because}");
        let short = call.starts_with("iam:") || call.starts_with("s3:");
        let code = if short { "AccessDenied" } else { "AccessDeniedException" };
        self.answer(call, error(if short { 403 } else { 400 }, code, &message));
    }

    /// Changes the response of a JSON service.
    pub fn change(&mut self, call: &str, change: impl Fn(&mut Value) + Send + 'static) {
        self.rules.push(Rule { call: call.to_owned(), effect: Effect::Change(Box::new(change)) });
    }

    /// Replaces a text in the response of an XML service.
    pub fn rewrite(&mut self, call: &str, from: &str, to: &str) {
        self.rules.push(Rule { call: call.to_owned(), effect: Effect::Rewrite(from.to_owned(), to.to_owned()) });
    }

    /// All calls get the usual response from the account's data.
    pub fn as_ever(&mut self) {
        self.rules.clear();
    }
}

impl Rule {
    fn is_about(&self, call: &Call) -> bool {
        let name = call.name();
        let forms = [name.clone(), format!("{name}@{}", call.region), format!("{name}/{}", call.bucket)];
        forms.contains(&self.call)
    }

    /// The chosen response to a call, if a rule applies.
    pub(super) fn reply(&mut self, call: &Call) -> Option<Reply> {
        let about = self.is_about(call);
        match &mut self.effect {
            Effect::Answer { after, reply } if about && *after == 0 => Some(reply.clone()),
            Effect::Answer { after, .. } if about => {
                *after -= 1;
                None
            }
            Effect::NextPage(reply) if about && call.is_next_page() => Some(reply.clone()),
            _ => None,
        }
    }

    /// A response, changed by this rule.
    pub(super) fn changed(&self, call: &Call, reply: Reply) -> Reply {
        match (&self.effect, reply) {
            (Effect::Change(change), Reply::Json(mut value)) if self.is_about(call) => {
                change(&mut value);
                Reply::Json(value)
            }
            (Effect::Rewrite(from, to), Reply::Xml(text)) if self.is_about(call) => {
                assert!(text.contains(from.as_str()), "{} does not answer {from:?}: {text}", call.name());
                Reply::Xml(text.replace(from.as_str(), to))
            }
            (_, reply) => reply,
        }
    }
}
