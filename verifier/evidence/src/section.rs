//! The sections of evidence. `reading` reads them.

use serde_json::Value;
use std::collections::BTreeMap;

/// The evidence of a run: sections as JSON, by account.
pub type Evidence = BTreeMap<String, BTreeMap<Section, Value>>;

/// The list of sections, for a macro: the name in checks, the module and the type of each.
macro_rules! sections {
    ($macro:ident) => {
        $macro! {
            Identity = "identity", identity::Identity;
            Account = "account", account::Account;
            Contact = "contact", contact::Contact;
            AlternateContacts = "alternate_contacts", alternate_contacts::AlternateContacts;
            Organization = "organization", organization::Organization;
            Root = "root", root::Root;
            ConsoleSignIns = "console_sign_ins", console_sign_ins::ConsoleSignIns;
            MfaEvents = "mfa_events", mfa_events::MfaEvents;
            BillingEvents = "billing_events", billing_events::BillingEvents;
            BillingMetrics = "billing_metrics", billing_metrics::BillingMetrics;
            BillingPreferences = "billing_preferences", billing_preferences::BillingPreferences;
            Budgets = "budgets", budgets::Budgets;
            Support = "support", support::Support;
            S3 = "s3", s3::S3;
            Privileges = "privileges", privileges::Privileges;
        }
    };
}

pub(crate) use sections;

macro_rules! section_enum {
    ($($variant:ident = $name:literal, $module:ident :: $type:ident;)*) => {
        /// A section of evidence, with its name in checks.
        ///
        /// ```
        /// use evidence::Section;
        ///
        /// assert_eq!(Section::named("budgets"), Some(Section::Budgets));
        /// assert_eq!(Section::Budgets.name(), "budgets");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Section {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Section {
            /// All sections.
            pub const ALL: &[Section] = &[$(Section::$variant),*];

            /// The name in checks.
            pub fn name(self) -> &'static str {
                match self { $(Section::$variant => $name,)* }
            }
        }
    };
}

sections!(section_enum);

impl Section {
    /// The section of this name.
    pub fn named(name: &str) -> Option<Section> {
        Section::ALL.iter().copied().find(|section| section.name() == name)
    }
}
