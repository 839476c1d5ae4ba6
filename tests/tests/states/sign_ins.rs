//! A sign-in counts if it was with a device that the account has now: a virtual device by its serial number, after it
//! was enabled; a passkey, which AWS does not list, unless a later event contradicts it.

use super::table::{check, state};
use crate::common::aws::cloudtrail::Event;
use crate::common::aws::{Account, Aws, ago, days, hours};

const STEP: &str = "mfa-sign-in";

/// The production account's root signed in like this, and nothing else is known of its sign-ins and devices.
fn events(aws: &mut Aws, events: impl Fn(&Account) -> Vec<Event>) {
    aws.production.events = events(&aws.production);
}

/// Root has a passkey, and signed in with it ten days ago.
fn passkey(aws: &mut Aws) {
    aws.production.root.devices.clear();
    events(aws, |own| {
        let key = own.passkey("A");
        vec![Event::mfa("EnableMFADevice", &key, ago(days(20))), Event::sign_in(&key, ago(days(10)))]
    });
}

/// Root's virtual devices, and one sign-in ten days ago.
fn virtual_devices(aws: &mut Aws, devices: &[(&str, i64)], used: &str) {
    aws.production.devices(devices);
    let used = aws.production.serial(used);
    events(aws, |_| vec![Event::sign_in(&used, ago(days(10)))]);
}

#[test]
fn a_sign_in_counts_for_the_virtual_device_that_it_names() {
    check(vec![
        state("02: a device that is gone signed in, another was enabled earlier and never used")
            .with(|aws| virtual_devices(aws, &[("never-used", ago(days(55)))], "gone"))
            .unknown(STEP, "not-visible-yet"),
        state("02, in the general account")
            .with(|aws| {
                aws.general.devices(&[("never-used", ago(days(55)))]);
                let used = aws.general.serial("gone");
                aws.general.events = vec![Event::sign_in(&used, ago(days(10)))];
            })
            .unknown("mfa-sign-in@general", "not-visible-yet"),
        state("the second of two devices signed in")
            .with(|aws| virtual_devices(aws, &[("first", ago(days(30))), ("second", ago(days(20)))], "second"))
            .verified(STEP),
        state("the device that signed in is gone, and two others are there")
            .with(|aws| virtual_devices(aws, &[("first", ago(days(30))), ("second", ago(days(20)))], "third"))
            .unknown(STEP, "not-visible-yet"),
        state("the device was made again under its own name after the sign-in")
            .with(|aws| {
                let name = "root-account-mfa-device";
                virtual_devices(aws, &[(name, ago(days(2)))], name);
            })
            .unknown(STEP, "not-visible-yet"),
        state("made again under its own name, and signed in again")
            .with(|aws| {
                let name = "root-account-mfa-device";
                virtual_devices(aws, &[(name, ago(days(2)))], name);
                let serial = aws.production.serial(name);
                aws.production.events.push(Event::sign_in(&serial, ago(days(1))));
            })
            .verified(STEP),
        state("a serial number that another one begins with")
            .with(|aws| virtual_devices(aws, &[("phone", ago(days(20)))], "phone2"))
            .unknown(STEP, "not-visible-yet"),
        state("the general account's device signed in to the production account")
            .with(|aws| {
                let serial = aws.general.serial("root-account-mfa-device");
                events(aws, |_| vec![Event::sign_in(&serial, ago(days(10)))]);
            })
            .unknown(STEP, "not-visible-yet"),
        state("a device of a user's signed in, and root's own never")
            .with(|aws| {
                let mut sign_in = Event::sign_in(&aws.production.serial("lee"), ago(days(10)));
                sign_in.by = "IAMUser".to_owned();
                events(aws, |_| vec![sign_in.clone()]);
            })
            .unknown(STEP, "not-visible-yet"),
    ]);
}

#[test]
fn a_passkey_counts_while_no_later_event_speaks_against_it() {
    check(vec![
        state("01: a passkey signed in and was removed, a new entry was never used")
            .with(|aws| {
                passkey(aws);
                aws.production.devices(&[("root-account-mfa-device", ago(days(2)))]);
                let (gone, new) = (aws.production.passkey("A"), aws.production.serial("root-account-mfa-device"));
                aws.production.events.extend([
                    Event::mfa("DeactivateMFADevice", &gone, ago(days(2) + hours(1))),
                    Event::mfa("EnableMFADevice", &new, ago(days(2))),
                ]);
            })
            .unknown(STEP, "not-visible-yet"),
        state("01, without events of the change")
            .with(|aws| {
                passkey(aws);
                aws.production.devices(&[("root-account-mfa-device", ago(days(2)))]);
            })
            .unknown(STEP, "not-visible-yet"),
        state("a passkey signed in, and nothing changed since")
            .with(passkey)
            .verified(STEP)
            .unknown("root-mfa", "needs-confirmation"),
        state("a passkey signed in, beside a virtual device from before")
            .with(|aws| {
                passkey(aws);
                aws.production.devices(&[("root-account-mfa-device", ago(days(30)))]);
            })
            .verified(STEP),
        state("a passkey signed in, and was exchanged for another")
            .with(|aws| {
                passkey(aws);
                let (gone, new) = (aws.production.passkey("A"), aws.production.passkey("B"));
                aws.production.events.extend([
                    Event::mfa("DeactivateMFADevice", &gone, ago(days(2) + hours(1))),
                    Event::mfa("EnableMFADevice", &new, ago(days(2))),
                ]);
            })
            .unknown(STEP, "not-visible-yet")
            .unknown("root-mfa", "needs-confirmation"),
        state("exchanged, and the new one signed in")
            .with(|aws| {
                passkey(aws);
                let (gone, new) = (aws.production.passkey("A"), aws.production.passkey("B"));
                aws.production.events.extend([
                    Event::mfa("DeactivateMFADevice", &gone, ago(days(2) + hours(1))),
                    Event::mfa("EnableMFADevice", &new, ago(days(2))),
                    Event::sign_in(&new, ago(days(1))),
                ]);
            })
            .verified(STEP)
            .unknown("root-mfa", "needs-confirmation"),
        state("a hardware token, whose serial number is no ARN")
            .with(|aws| {
                passkey(aws);
                events(aws, |_| vec![Event::sign_in("GAHT12345678", ago(days(10)))]);
            })
            .verified(STEP)
            .unknown("root-mfa", "needs-confirmation"),
        state("a user's MFA events say nothing of root's passkey")
            .with(|aws| {
                passkey(aws);
                let mut event = Event::mfa("DeactivateMFADevice", &aws.production.serial("lee"), ago(days(2)));
                event.by = "IAMUser".to_owned();
                event.record["requestParameters"]["userName"] = "lee".into();
                aws.production.events.push(event);
            })
            .verified(STEP)
            .unknown("root-mfa", "needs-confirmation"),
        state("whether a later event was about root cannot be read")
            .with(|aws| {
                passkey(aws);
                let gone = aws.production.passkey("A");
                aws.production.events.push(Event::mfa("DeactivateMFADevice", &gone, ago(days(2))).broken());
            })
            .unknown(STEP, "")
            .unknown("root-mfa", "needs-confirmation"),
    ]);
}

#[test]
fn one_event_that_cannot_be_read_hides_no_other() {
    let good = |own: &Account| Event::sign_in(&own.serial("root-account-mfa-device"), ago(days(10)));
    check(vec![
        state("03: an event beside the good one lacks whether MFA was used")
            .with(move |aws| {
                events(aws, |own| vec![good(own), good(own).without("/additionalEventData", "MFAUsed")]);
            })
            .verified(STEP),
        state("a record that breaks off, newer than the good one")
            .with(move |aws| {
                events(aws, |own| vec![good(own), Event::sign_in("", ago(days(1))).broken()]);
            })
            .verified(STEP),
        state("a record that breaks off, older than the good one")
            .with(move |aws| {
                events(aws, |own| vec![good(own), Event::sign_in("", ago(days(11))).broken()]);
            })
            .verified(STEP),
        state("an event beside the good one lacks how it came out")
            .with(move |aws| {
                events(aws, |own| vec![good(own), good(own).without("/responseElements", "ConsoleLogin")]);
            })
            .verified(STEP),
        state("nothing but a record that breaks off")
            .with(|aws| events(aws, |_| vec![Event::sign_in("", ago(days(10))).broken()]))
            .unknown(STEP, "incomplete-answer"),
        state("the only sign-in lacks its device")
            .with(move |aws| events(aws, |own| vec![good(own).without("/additionalEventData", "MFAIdentifier")]))
            .unknown(STEP, "incomplete-answer"),
        state("a second device lacks its date of enabling")
            .with(|aws| {
                let enabled = ago(days(33));
                aws.production.devices(&[("root-account-mfa-device", ago(days(20))), ("second", enabled)]);
                let date = format!("<EnableDate>{}</EnableDate>", crate::common::aws::times::iso(enabled));
                aws.production.rewrite("iam:ListVirtualMFADevices", &date, "");
            })
            .verified(STEP),
        state("the device that signed in lacks its date of enabling")
            .with(|aws| {
                let enabled = aws.production.root.devices[0].enabled;
                let date = format!("<EnableDate>{}</EnableDate>", crate::common::aws::times::iso(enabled));
                aws.production.rewrite("iam:ListVirtualMFADevices", &date, "");
            })
            .unknown(STEP, "incomplete-answer"),
    ]);
}

#[test]
fn what_is_no_sign_in_with_mfa_does_not_count() {
    check(vec![
        state("root signed in with its password alone")
            .with(|aws| events(aws, |_| vec![Event::sign_in_without_mfa(ago(days(10)))]))
            .unknown(STEP, "not-visible-yet"),
        state("a sign-in that failed")
            .with(|aws| {
                aws.production.events.retain(|event| event.name != "ConsoleLogin");
                let mut failed = Event::sign_in(&aws.production.serial("root-account-mfa-device"), ago(days(10)));
                failed.record["responseElements"]["ConsoleLogin"] = "Failure".into();
                aws.production.events.push(failed);
            })
            .unknown(STEP, "not-visible-yet"),
        state("a sign-in that CloudTrail has forgotten")
            .with(|aws| {
                let serial = aws.production.serial("root-account-mfa-device");
                aws.production.devices(&[("root-account-mfa-device", ago(days(100)))]);
                events(aws, |_| vec![Event::sign_in(&serial, ago(days(91)))]);
            })
            .unknown(STEP, "not-visible-yet"),
        state("root has no MFA")
            .with(|aws| {
                aws.production.root.mfa = false;
                aws.production.root.devices.clear();
            })
            .not_yet(STEP)
            .not_yet("root-mfa"),
        state("root has no password")
            .with(|aws| {
                aws.production.root.password = false;
                aws.production.root.mfa = false;
                aws.production.root.devices.clear();
                aws.production.events.clear();
            })
            .not_applicable(STEP)
            .not_applicable("root-mfa"),
        state("recorded in the profile's own region")
            .region("eu-west-1")
            .with(|aws| {
                let serial = aws.production.serial("root-account-mfa-device");
                events(aws, |_| vec![Event::sign_in(&serial, ago(days(10))).recorded_in("eu-west-1")]);
            })
            .verified(STEP),
        state("recorded in a region that nobody asks")
            .region("eu-west-1")
            .with(|aws| {
                let serial = aws.production.serial("root-account-mfa-device");
                events(aws, |_| vec![Event::sign_in(&serial, ago(days(10))).recorded_in("ap-south-1")]);
            })
            .unknown(STEP, "not-visible-yet"),
    ]);
}
