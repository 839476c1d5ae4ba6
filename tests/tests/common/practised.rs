//! Practice accounts of this repository's course in which everything was done.

use super::Machine;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

impl Machine {
    /// A machine with a copy of this repository's course, in whose practice accounts everything was done.
    pub fn done() -> Machine {
        let machine = Machine::new();
        machine.practise(true);
        machine
    }

    /// Takes back the action of a step, whose check a test replaces with one that has none.
    pub fn forget(&self, step: &str) {
        let mut taken: Value = serde_json::from_str(&self.read(".verify/practice-actions.json")).unwrap();
        taken.as_array_mut().unwrap().retain(|action| action["step"] != step);
        self.write(".verify/practice-actions.json", &taken.to_string());
    }

    /// Does everything in the practice accounts of this repository's course, or nothing, without verifying it.
    pub fn practise(&self, everything: bool) {
        const GENERAL: [&str; 9] = [
            "account-created@general",
            "root-mfa@general",
            "mfa-sign-in@general",
            "pdf-invoice@general",
            "free-tier-alerts@general",
            "billing-alerts@general",
            "cost-budget@general",
            "iam-billing-access@general",
            "alternate-contacts@general",
        ];
        const PRODUCTION: [&str; 16] = [
            "account-created",
            "contact-matches",
            "account-name",
            "support-plan",
            "root-mfa",
            "mfa-sign-in",
            "pdf-invoice",
            "free-tier-alerts",
            "billing-alerts",
            "cost-budget",
            "iam-billing-access",
            "alternate-contacts",
            "shared-bucket",
            "shared-bucket-versioning",
            "shared-bucket-policy",
            "shared-bucket-tried",
        ];
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let steps = GENERAL.into_iter().chain(PRODUCTION).filter(|_| everything);
        let taken = steps.zip(now - 3600..).map(|(step, time)| json!({ "step": step, "time": time }));
        self.write(".verify/practice-actions.json", &taken.collect::<Value>().to_string());
    }
}
