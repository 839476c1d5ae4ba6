//! Two independent emulators, winterbaume in the practice accounts and moto's server over HTTP: if both support the
//! reads, the same evidence gives the same verdicts.

use crate::common::{Machine, boto3, moto};
use serde_json::Value;
use std::collections::BTreeMap;

/// Checks of evidence that both emulators have, true and false ones.
const CHECKS: &[(&str, &str)] = &[
    ("two-accounts", "identity.account != accounts.general.identity.account"),
    ("not-root", "!identity.root"),
    ("organization", "accounts.general.organization.in_use"),
    ("managed", "accounts.general.organization.management_account == accounts.general.identity.account"),
    ("all-features", "accounts.general.organization.features == 'ALL'"),
    ("member", "accounts.general.organization.accounts.exists(a, a.id == identity.account && a.state == 'ACTIVE')"),
    ("member-email", "accounts.general.organization.accounts.exists(a, a.email == 'learner+production@example.com')"),
    ("cost-budget-only", "budgets.exists(b, b.type == 'COST' && b.amount == 10.0 && b.unit == 'USD')"),
    ("monthly", "budgets.all(b, b.period == 'MONTHLY' && b.healthy)"),
    ("no-budget", "budgets.size() == 0"),
    ("security", "has(alternate_contacts.security)"),
    ("billing", "alternate_contacts.billing.name == 'Lee Learner'"),
    ("operations", "has(alternate_contacts.operations)"),
    ("no-keys", "!root.access_keys"),
];

/// The same accounts as the practice accounts. `done`: whether their steps are done.
const SET_UP: &str = r#"
import boto3, json, sys
endpoint, done = sys.argv[1], sys.argv[2] == "done"
def client(name, **keys):
    keys = keys or dict(aws_access_key_id="AKIAGENERAL", aws_secret_access_key="general")
    return boto3.client(name, endpoint_url=endpoint, region_name="us-east-1", **keys)
organizations = client("organizations")
organizations.create_organization(FeatureSet="ALL")
account = organizations.create_account(Email="learner+production@example.com", AccountName="learner-production")["CreateAccountStatus"]["AccountId"]
role = client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/reader", RoleSessionName="session")["Credentials"]
keys = dict(aws_access_key_id=role["AccessKeyId"], aws_secret_access_key=role["SecretAccessKey"], aws_session_token=role["SessionToken"])
if done:
    client("budgets", **keys).create_budget(AccountId=account,
        Budget=dict(BudgetName="Mine", BudgetType="COST", TimeUnit="MONTHLY", BudgetLimit=dict(Amount="10", Unit="USD")))
    for kind in ["BILLING", "SECURITY"]:
        client("account", **keys).put_alternate_contact(AlternateContactType=kind, Name="Lee Learner", Title="Owner", EmailAddress="learner+production@example.com", PhoneNumber="+12065550100")
print(json.dumps(dict(key=role["AccessKeyId"], secret=role["SecretAccessKey"], token=role["SessionToken"])))
"#;

fn verdicts(results: &Value) -> BTreeMap<String, String> {
    let verdict = |step: &str| results["steps"][step]["verdict"].as_str().unwrap().to_owned();
    CHECKS.iter().map(|(step, _)| ((*step).to_owned(), verdict(step))).collect()
}

#[test]
fn the_same_evidence_from_two_emulators_gives_the_same_verdicts() {
    let mut seen = BTreeMap::new();
    for (state, steps) in
        [("signed-up", &["account-created"][..]), ("done", &["cost-budget", "alternate-contacts", "account-name"])]
    {
        let mut machine = Machine::new();
        let mut lesson = String::from("# What both emulators know\n\n");
        for (name, that) in CHECKS {
            let check = format!(
                "title = \"{name}\"\naccount = \"production\"\n[[expect]]\nthat = \"{that}\"\nfix = \"Mend it.\"\n"
            );
            machine.write(&format!("checks/{name}.toml"), &check);
            lesson.push_str(&format!("- {name} <!-- verify: {name} -->\n"));
        }
        machine.write("src/README.md", &lesson);
        let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
        steps.iter().for_each(|step| assert_eq!(machine.verify(&["practice", "do", step]).status, 0));
        let winterbaume = machine.verify(&[&["--practice", "--format", "json"][..], &names].concat()).json();

        let moto = moto(&machine);
        let keys = boto3(&machine, SET_UP, &[&moto.endpoint, state]);
        let text = |name: &str| keys[name].as_str().unwrap();
        machine.bind(&[
            ("general", "AKIAGENERAL", "general", ""),
            ("production", text("key"), text("secret"), text("token")),
        ]);
        machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
        let moto = machine.verify(&[&["--format", "json"][..], &names].concat()).json();
        let (winterbaume, moto) = (verdicts(&winterbaume), verdicts(&moto));
        assert_eq!(winterbaume, moto, "{state}");
        seen.insert(state, moto);
    }
    insta::assert_json_snapshot!(seen);
}
