//! What switches change.

use super::*;

#[tokio::test]
async fn signing_up_makes_an_account_with_nothing_in_it() {
    let practice = accounts(&["sandbox"]).await;
    let reads = reads(&practice, "sandbox");
    let identity = reads.sts.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some("111122223333"));
    assert_eq!(identity.arn(), Some("arn:aws:iam::111122223333:user/course-reader"));
    let information = reads.account.get_account_information().send().await.unwrap();
    assert_eq!(information.account_id(), Some("111122223333"));
    assert_eq!(information.account_name(), Some("learner"));
    assert_eq!(information.account_created_date(), Some(&DateTime::from_secs(THEN)));
    assert_eq!(information.account_state().unwrap().as_str(), "ACTIVE");
    assert_eq!(reads.root_mfa().await, 0);
    assert!(reads.devices(AssignmentStatusType::Any).await.is_empty());
    assert_eq!(reads.event("ConsoleLogin").await.unwrap()["additionalEventData"]["MFAUsed"], "No");
    assert_eq!(reads.cloudtrail.lookup_events().send().await.unwrap().events().len(), 1);
    assert_eq!(reads.plan().await, "AWSSupportEssential");
    assert_eq!(code(reads.support.describe_severity_levels().send().await), "SubscriptionRequiredException");
    assert_eq!(reads.metrics().await, 0);
    assert_eq!(reads.billing_alerts().await, PreferenceValue::Disabled);
    assert!(reads.budgets().await.is_empty());
    let contact = reads.account.get_alternate_contact().alternate_contact_type(AlternateContactType::Billing);
    assert_eq!(code(contact.send().await), "ResourceNotFoundException");

    practice.switch("sandbox", Switch::SignUp, "again").await.unwrap();
    assert_eq!(reads.cloudtrail.lookup_events().send().await.unwrap().events().len(), 1, "it is there already");
    assert!(practice.switch("another", Switch::SignUp, "").await.is_err());
}

#[tokio::test]
async fn root_mfa_is_turned_on_and_off_and_sign_ins_use_it() {
    let practice = accounts(&["sandbox"]).await;
    let reads = reads(&practice, "sandbox");
    practice.set_clock(THEN + 60);
    for _ in 0..2 {
        practice.switch("sandbox", Switch::RootMfa(true), "mfa").await.unwrap();
    }
    assert_eq!(reads.root_mfa().await, 1);
    let devices = reads.devices(AssignmentStatusType::Assigned).await;
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].serial_number(), "arn:aws:iam::111122223333:mfa/root-account-mfa-device");
    assert_eq!(devices[0].user().unwrap().arn(), "arn:aws:iam::111122223333:root");
    assert_eq!(devices[0].enable_date(), Some(&DateTime::from_secs(THEN + 60)));
    assert!(reads.devices(AssignmentStatusType::Unassigned).await.is_empty());
    assert_eq!(reads.event("ConsoleLogin").await.unwrap()["additionalEventData"]["MFAUsed"], "No");

    practice.switch("sandbox", Switch::RootSignIn, "sign-in").await.unwrap();
    let newest = reads.event("ConsoleLogin").await.unwrap();
    assert_eq!(newest["userIdentity"]["type"], "Root");
    assert_eq!(newest["responseElements"]["ConsoleLogin"], "Success");
    assert_eq!(newest["additionalEventData"]["MFAIdentifier"], devices[0].serial_number());
    let event = &reads.events(LookupAttributeKey::EventName, "ConsoleLogin").await[0];
    assert!(event.event_time().unwrap().secs() > devices[0].enable_date().unwrap().secs());

    practice.switch("sandbox", Switch::RootMfa(false), "mfa").await.unwrap();
    assert_eq!(reads.root_mfa().await, 0);
    assert!(reads.devices(AssignmentStatusType::Any).await.is_empty());
    assert!(reads.event("DeactivateMFADevice").await.is_some());
}

#[tokio::test]
async fn the_billing_console_and_the_support_plan_follow_their_switches() {
    let events = ["SetFreetierBudgetsPreference", "EnableBillingAlerts", "SetIAMAccessPreference"];
    for (switch, seen) in [
        (Switch::PdfInvoice(true), [false, false, false]),
        (Switch::FreeTierAlerts(true), [true, false, false]),
        (Switch::BillingAlerts(true), [false, true, false]),
        (Switch::IamBillingAccess(true), [false, false, true]),
    ] {
        let practice = accounts(&["sandbox"]).await;
        let reads = reads(&practice, "sandbox");
        practice.switch("sandbox", switch.clone(), "billing").await.unwrap();
        for (name, seen) in events.into_iter().zip(seen) {
            let event = reads.event(name).await;
            assert_eq!(event.is_some(), seen, "{name} after {switch:?}");
            if let Some(event) = event {
                assert_eq!(event["eventSource"], "billingconsole.amazonaws.com");
                assert_eq!(event["userIdentity"]["type"], "Root");
            }
        }
        assert_eq!(reads.metrics().await, usize::from(seen[1]));
        assert_eq!(reads.billing_alerts().await == PreferenceValue::Enabled, seen[1]);
    }
    let practice = accounts(&["sandbox"]).await;
    let reads = reads(&practice, "sandbox");
    practice.switch("sandbox", Switch::SupportPlan(SupportPlan::Business), "plan").await.unwrap();
    let levels = reads.support.describe_severity_levels().send().await.unwrap().severity_levels.unwrap();
    assert_eq!(levels[0].code(), Some("low"));
    assert_eq!(reads.plan().await, "AWSSupportBusiness");
}

#[test]
fn a_switch_is_read_with_its_position() {
    assert_eq!(Switch::read("root-mfa", &json!(false)), Ok(Switch::RootMfa(false)));
    assert_eq!(Switch::read("support-plan", &json!("basic")), Ok(Switch::SupportPlan(SupportPlan::Basic)));
    for name in SWITCHES.into_iter().filter(|name| *name != "support-plan") {
        let to = if ["user-sign-in", "access-key-use"].contains(&name) { json!("ada") } else { json!(true) };
        assert!(Switch::read(name, &to).is_ok(), "{name}");
    }
    for (name, to, is_position, says) in [
        ("support-plan", json!(true), true, "\"basic\" or \"business\""),
        ("sign-up", json!(false), true, "cannot be undone"),
        ("root-mfa", json!("on"), true, "true or false"),
        ("root_mfa", json!(true), false, "did you mean `root-mfa`"),
        ("nothing", json!(true), false, "the switches are sign-up"),
    ] {
        let (position, message) = Switch::read(name, &to).unwrap_err();
        assert!(position == is_position && message.contains(says), "{message}");
    }
}

#[tokio::test]
async fn a_users_sign_in_and_the_use_of_a_key_are_seen() {
    let practice = accounts(&["sandbox"]).await;
    let missing = practice.switch("sandbox", Switch::UserSignIn("ada".into()), "in").await.unwrap_err();
    assert!(missing.to_string().contains("has no IAM user “ada”"), "{missing}");
    let user = write(&practice, "sandbox", "iam:CreateUser", json!({ "UserName": "ada" })).await;
    let key = write(&practice, "sandbox", "iam:CreateAccessKey", json!({ "UserName": "ada" })).await;
    let key = key["AccessKey"]["AccessKeyId"].as_str().unwrap();
    let reads = reads(&practice, "sandbox");
    let used = async || {
        let answer = reads.iam.get_access_key_last_used().access_key_id(key).send().await.unwrap();
        answer.access_key_last_used().and_then(|used| used.last_used_date).map(|date| date.secs())
    };
    assert_eq!(used().await, None);
    practice.set_clock(THEN + 60);
    practice.switch("sandbox", Switch::AccessKeyUse("ada".into()), "use").await.unwrap();
    assert_eq!(used().await, Some(THEN + 60));

    practice.switch("sandbox", Switch::UserSignIn("ada".into()), "in").await.unwrap();
    let newest = reads.event("ConsoleLogin").await.unwrap();
    assert_eq!(newest["userIdentity"]["type"], "IAMUser");
    assert_eq!(newest["userIdentity"]["principalId"], user["User"]["UserId"]);
    assert_eq!(newest["additionalEventData"]["MFAUsed"], "No");
    assert_eq!(reads.events(LookupAttributeKey::Username, "ada").await.len(), 1);
}
