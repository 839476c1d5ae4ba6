//! What each action changes.

use super::*;

#[tokio::test]
async fn signing_up_makes_an_account_that_the_lesson_is_not_done_with() {
    for step in ["account-created", "unique-email"] {
        let practice = fresh(&[step]).await;
        let reads = reads(&practice, PRODUCTION);
        let identity = reads.sts.get_caller_identity().send().await.unwrap();
        assert_eq!(identity.account(), Some(PRODUCTION_ID));
        assert_eq!(identity.arn(), Some("arn:aws:iam::444455556666:user/course-reader"));
        let information = reads.account.get_account_information().send().await.unwrap();
        assert_eq!(information.account_id(), Some(PRODUCTION_ID));
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
        for kind in [AlternateContactType::Billing, AlternateContactType::Operations, AlternateContactType::Security] {
            assert_eq!(reads.alternate_contact(kind).await, None);
        }
    }
}

#[tokio::test]
async fn the_organization_lists_the_production_account_once_it_exists_and_to_the_general_account_only() {
    for (steps, emails) in [
        (&[][..], &["learner@example.com"][..]),
        (&["unique-email"][..], &["learner@example.com", "learner+production@example.com"][..]),
    ] {
        let practice = fresh(steps).await;
        let accounts = reads(&practice, GENERAL).organizations.list_accounts().send().await.unwrap().accounts.unwrap();
        assert_eq!(accounts.iter().map(|account| account.email().unwrap()).collect::<Vec<_>>(), emails);
        for account in &accounts {
            assert_eq!(account.state().unwrap().as_str(), "ACTIVE");
            assert_eq!(account.joined_method().unwrap().as_str(), "INVITED");
        }
    }
    let practice = fresh(&["account-created", "account-name"]).await;
    for account in [GENERAL, PRODUCTION] {
        let answer = reads(&practice, account).organizations.describe_organization().send().await.unwrap();
        let organization = answer.organization().unwrap();
        assert_eq!(organization.master_account_id(), Some(GENERAL_ID));
        assert_eq!(organization.master_account_email(), Some("learner@example.com"));
        assert_eq!(organization.feature_set().unwrap().as_str(), "ALL");
    }
    assert_eq!(code(reads(&practice, PRODUCTION).organizations.list_accounts().send().await), "AccessDeniedException");
    let request = reads(&practice, GENERAL).organizations.describe_account().account_id(PRODUCTION_ID);
    let account = request.send().await.unwrap().account.unwrap();
    assert_eq!(account.name(), Some("learner-production"));
    assert_eq!(account.joined_timestamp(), Some(&DateTime::from_secs(THEN)));
}

#[tokio::test]
async fn account_name_contact_and_plan_follow_their_actions() {
    let practice = fresh(&["account-created"]).await;
    let (general, production) = (reads(&practice, GENERAL), reads(&practice, PRODUCTION));
    assert_ne!(general.contact().await, production.contact().await);
    for step in ["account-name", "contact-matches", "support-plan"] {
        take(&practice, step, NOW).await.unwrap();
    }
    assert_eq!(production.name().await, "learner-production");
    assert_eq!(general.contact().await, production.contact().await);
    assert_eq!(general.plan().await, production.plan().await);
    for reads in [general, production] {
        let levels = reads.support.describe_severity_levels().send().await.unwrap().severity_levels.unwrap();
        assert_eq!(levels[0].code(), Some("low"));
        assert_eq!(reads.plan().await, "AWSSupportBusiness");
    }
}

#[tokio::test]
async fn root_mfa_and_the_sign_in_with_it_follow_their_actions() {
    let reads = production(&["root-mfa"]).await;
    assert_eq!(reads.root_mfa().await, 1);
    let devices = reads.devices(AssignmentStatusType::Assigned).await;
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].serial_number(), "arn:aws:iam::444455556666:mfa/root-account-mfa-device");
    assert_eq!(devices[0].user().unwrap().arn(), "arn:aws:iam::444455556666:root");
    assert_eq!(devices[0].enable_date(), Some(&DateTime::from_secs(THEN + 60)));
    assert!(reads.devices(AssignmentStatusType::Unassigned).await.is_empty());
    assert_eq!(reads.event("ConsoleLogin").await.unwrap()["additionalEventData"]["MFAUsed"], "No");

    for steps in [&["root-mfa", "mfa-sign-in"][..], &["mfa"]] {
        let reads = production(steps).await;
        let newest = reads.event("ConsoleLogin").await.unwrap();
        assert_eq!(newest["userIdentity"]["type"], "Root");
        assert_eq!(newest["responseElements"]["ConsoleLogin"], "Success");
        assert_eq!(newest["additionalEventData"]["MFAUsed"], "Yes");
        let device = &reads.devices(AssignmentStatusType::Assigned).await[0];
        assert_eq!(newest["additionalEventData"]["MFAIdentifier"], device.serial_number());
        let event = &reads.events(LookupAttributeKey::EventName, "ConsoleLogin").await[0];
        assert!(event.event_time().unwrap().secs() > device.enable_date().unwrap().secs());
    }
}

#[tokio::test]
async fn billing_preferences_follow_their_actions() {
    let events = ["SetFreetierBudgetsPreference", "EnableBillingAlerts", "SetIAMAccessPreference"];
    for (steps, seen) in [
        (&["pdf-invoice"][..], [false, false, false]),
        (&["free-tier-alerts"], [true, false, false]),
        (&["billing-alerts"], [false, true, false]),
        (&["billing-preferences"], [true, true, false]),
        (&["iam-billing-access"], [false, false, true]),
    ] {
        let reads = production(steps).await;
        for (name, seen) in events.into_iter().zip(seen) {
            let event = reads.event(name).await;
            assert_eq!(event.is_some(), seen, "{name} after {steps:?}");
            if let Some(event) = event {
                assert_eq!(event["eventSource"], "billingconsole.amazonaws.com");
                assert_eq!(event["userIdentity"]["type"], "Root");
            }
        }
        assert_eq!(reads.metrics().await, usize::from(seen[1]));
        assert_eq!(reads.billing_alerts().await == PreferenceValue::Enabled, seen[1]);
    }
}

#[tokio::test]
async fn a_budget_has_its_alert_and_the_alert_its_address() {
    let reads = production(&["cost-budget"]).await;
    let budgets = reads.budgets().await;
    assert_eq!(budgets.len(), 1);
    assert_eq!(budgets[0].budget_name(), "My Monthly Cost Budget");
    assert_eq!(budgets[0].budget_type().as_str(), "COST");
    assert_eq!(budgets[0].time_unit().as_str(), "MONTHLY");
    assert_eq!(budgets[0].budget_limit().unwrap().amount().parse::<f64>().unwrap(), 10.0);
    let request = reads.budgets.describe_budget_notifications_for_account().account_id(PRODUCTION_ID);
    let alerts = request.send().await.unwrap().budget_notifications_for_account.unwrap();
    assert_eq!(alerts[0].budget_name(), Some("My Monthly Cost Budget"));
    let alert = &alerts[0].notifications()[0];
    assert_eq!((alert.threshold(), alert.comparison_operator().as_str()), (50.0, "GREATER_THAN"));
    let ask = |alert: aws_sdk_budgets::types::Notification| {
        let request = reads.budgets.describe_subscribers_for_notification().account_id(PRODUCTION_ID);
        request.budget_name("My Monthly Cost Budget").notification(alert).send()
    };
    let subscribers = ask(alert.clone()).await.unwrap().subscribers.unwrap();
    assert_eq!(subscribers[0].subscription_type().as_str(), "EMAIL");
    assert_eq!(subscribers[0].address(), "learner+production@example.com");
    let mut other = alert.clone();
    other.threshold = 80.0;
    assert_eq!(code(ask(other).await), "NotFoundException");
    let elsewhere = reads.budgets.describe_budgets().account_id(GENERAL_ID).send().await;
    assert_eq!(code(elsewhere), "AccessDeniedException");
}

#[tokio::test]
async fn alternate_contacts_are_those_for_billing_and_security() {
    let reads = production(&["alternate-contacts"]).await;
    let email = Some("learner+production@example.com".to_owned());
    assert_eq!(reads.alternate_contact(AlternateContactType::Billing).await, email);
    assert_eq!(reads.alternate_contact(AlternateContactType::Security).await, email);
    assert_eq!(reads.alternate_contact(AlternateContactType::Operations).await, None);
}

#[tokio::test]
async fn the_general_account_and_done_accounts_have_everything() {
    let (fresh, done) = (fresh(&[]).await, PracticeCloud::open(Start::Done, &[], &Params::new(), NOW).await.unwrap());
    for reads in [reads(&fresh, GENERAL), reads(&done, GENERAL), reads(&done, PRODUCTION)] {
        assert_eq!(reads.root_mfa().await, 1);
        assert_eq!(reads.event("ConsoleLogin").await.unwrap()["additionalEventData"]["MFAUsed"], "Yes");
        assert!(reads.name().await.starts_with("learner-"));
        assert_eq!(reads.contact().await, general(&done).contact().await);
        assert_eq!(reads.plan().await, "AWSSupportBusiness");
        assert_eq!(reads.metrics().await, 1);
        assert_eq!(reads.budgets().await.len(), 1);
        assert!(reads.alternate_contact(AlternateContactType::Security).await.is_some());
        for name in ["SetFreetierBudgetsPreference", "EnableBillingAlerts", "SetIAMAccessPreference"] {
            assert!(reads.event(name).await.is_some(), "{name}");
        }
    }
    for action in actions() {
        assert!(done.has_done(action.step) && !fresh.has_done(action.step));
        assert_eq!(steps_before(&done, action.step).unwrap(), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn the_actions_of_all_steps_make_the_accounts_done() {
    let practice = fresh(&[]).await;
    for action in actions() {
        for step in steps_before(&practice, action.step).unwrap() {
            take(&practice, step, THEN).await.unwrap();
        }
        take(&practice, action.step, THEN).await.unwrap();
    }
    let devices = reads(&practice, PRODUCTION).devices(AssignmentStatusType::Assigned).await;
    assert_eq!(devices.len(), 1);
    assert!(Operation::ALL.into_iter().all(|operation| practice.is_done(operation)));
}

#[tokio::test]
async fn actions_come_after_those_they_need_and_change_nothing_the_second_time() {
    let practice = fresh(&[]).await;
    assert_eq!(steps_before(&practice, "mfa-sign-in").unwrap(), ["account-created", "root-mfa"]);
    let needs = PracticeError::Needs { step: "cost-budget".to_owned(), first: "account-created".to_owned() };
    assert_eq!(take(&practice, "cost-budget", THEN).await, Err(needs));
    let unknown = PracticeError::UnknownStep { step: "nothing".to_owned() };
    assert_eq!(take(&practice, "nothing", THEN).await, Err(unknown));
    take(&practice, "unique-email", THEN).await.unwrap();
    take(&practice, "cost-budget", THEN).await.unwrap();
    let before = reads(&practice, PRODUCTION).everything().await;
    for step in ["account-created", "unique-email", "cost-budget"] {
        take(&practice, step, NOW).await.unwrap();
    }
    assert_eq!(reads(&practice, PRODUCTION).everything().await, before);
}

#[tokio::test]
async fn the_same_actions_come_to_the_same_accounts() {
    for start in [Start::Fresh, Start::Done] {
        let step = |step: &str| TakenAction { step: step.to_owned(), time: THEN };
        let taken = ["account-created", "mfa", "cost-budget", "billing-alerts"].map(step);
        let one = PracticeCloud::open(start, &taken, &Params::new(), NOW).await.unwrap();
        let other = PracticeCloud::open(start, &taken, &Params::new(), NOW).await.unwrap();
        for account in [GENERAL, PRODUCTION] {
            assert_eq!(reads(&one, account).everything().await, reads(&other, account).everything().await);
        }
    }
}

#[tokio::test]
async fn a_new_bucket_is_private_and_becomes_shared_by_its_policy() {
    const BUCKET: &str = "learner-production-shared";
    let s3 = |practice: &PracticeCloud| aws_sdk_s3::Client::new(&practice.sdk_config(PRODUCTION).unwrap());
    let practice = fresh(&["account-created"]).await;
    assert!(s3(&practice).list_buckets().send().await.unwrap().buckets.unwrap_or_default().is_empty());
    assert_eq!(code(s3(&practice).get_bucket_policy().bucket(BUCKET).send().await), "NoSuchBucket");

    let practice = fresh(&["account-created", "shared-bucket"]).await;
    let reads = s3(&practice);
    let buckets = reads.list_buckets().send().await.unwrap().buckets.unwrap();
    assert_eq!(buckets[0].name(), Some(BUCKET));
    assert_eq!(buckets[0].bucket_region(), Some("us-east-1"));
    let block = reads.get_public_access_block().bucket(BUCKET).send().await.unwrap();
    let block = block.public_access_block_configuration.unwrap();
    assert_eq!((block.block_public_acls, block.restrict_public_buckets), (Some(true), Some(true)));
    assert_eq!(reads.get_bucket_versioning().bucket(BUCKET).send().await.unwrap().status, None);
    assert_eq!(code(reads.get_bucket_policy().bucket(BUCKET).send().await), "NoSuchBucketPolicy");
    let denied = code(reads.put_bucket_policy().bucket(BUCKET).policy("{}").send().await);
    assert_eq!(denied, "AccessDenied", "the reading keys cannot write");

    let practice =
        fresh(&["account-created", "shared-bucket", "shared-bucket-versioning", "shared-bucket-policy"]).await;
    let reads = s3(&practice);
    let versioning = reads.get_bucket_versioning().bucket(BUCKET).send().await.unwrap().status.unwrap();
    assert_eq!(versioning.as_str(), "Enabled");
    let policy = reads.get_bucket_policy().bucket(BUCKET).send().await.unwrap().policy.unwrap();
    assert!(policy.contains("arn:aws:iam::111122223333:root"), "{policy}");
    // The general account has no bucket of its own.
    let general = aws_sdk_s3::Client::new(&practice.sdk_config(GENERAL).unwrap());
    assert!(general.list_buckets().send().await.unwrap().buckets.unwrap_or_default().is_empty());
}
