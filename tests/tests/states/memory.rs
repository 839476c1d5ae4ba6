//! What was seen or confirmed applies only to the device or thing that it was about.

use super::table::{State, check, state};
use crate::common::aws::cloudtrail::Event;
use crate::common::aws::{Aws, ago, days, in_future, minutes};

const STEP: &str = "mfa-sign-in";
const DEVICE: &str = "root-account-mfa-device";

/// Root has a passkey and no virtual device, and signed in with it. Only CloudTrail shows this.
fn passkey(aws: &mut Aws) {
    aws.production.root.devices.clear();
    let key = aws.production.passkey("A");
    aws.production.events = vec![Event::sign_in(&key, ago(days(10)))];
}

/// A passkey that was seen: the first run.
fn seen(name: &'static str) -> State {
    state(name).with(passkey).verified(STEP).unknown("root-mfa", "needs-confirmation")
}

/// A passkey that was confirmed to be its own entry.
fn confirmed(name: &'static str) -> State {
    state(name).with(passkey).confirm("root-mfa").confirmed("root-mfa").verified(STEP)
}

/// An hour passes.
fn later(aws: &mut Aws) {
    aws.clock += minutes(60);
}

/// An hour passes. The passkey was replaced by another, and CloudTrail shows it.
fn exchanged(aws: &mut Aws) {
    later(aws);
    let (gone, new) = (aws.production.passkey("A"), aws.production.passkey("B"));
    aws.production.events = vec![
        Event::mfa("DeactivateMFADevice", &gone, in_future(minutes(20))),
        Event::mfa("EnableMFADevice", &new, in_future(minutes(30))),
    ];
}

/// An hour passes. MFA was turned off, and CloudTrail forgets everything.
fn without_mfa(aws: &mut Aws) {
    later(aws);
    aws.production.root.mfa = false;
    aws.production.root.devices.clear();
    aws.production.events.clear();
}

/// An hour passes. Root got these virtual devices, by name and age, and CloudTrail forgets the sign-in.
fn devices(aws: &mut Aws, devices: &[(&str, i64)]) {
    later(aws);
    aws.production.root.mfa = true;
    aws.production.devices(devices);
    aws.production.events.retain(|event| event.name != "ConsoleLogin");
}

/// An hour passes. Root got one virtual device, and CloudTrail forgets the sign-in.
fn device(aws: &mut Aws, name: &str) {
    devices(aws, &[(name, in_future(aws.clock + minutes(30)))]);
}

#[test]
fn a_sign_in_with_a_virtual_device_counts_while_the_device_is_there() {
    check(vec![
        state("the event is forgotten").then(later).forgotten("ConsoleLogin").verified(STEP).tells(STEP, "seen before"),
        state("a spare device came, and the event is forgotten")
            .then(|aws| {
                let first = aws.production.root.devices[0].enabled;
                devices(aws, &[(DEVICE, first), ("spare", in_future(minutes(30)))]);
            })
            .verified(STEP),
        state("another device took its place, and the event is forgotten")
            .then(|aws| device(aws, "other"))
            .unknown(STEP, "not-visible-yet"),
        state("a device is left that was enabled before it, and the event is forgotten")
            .with(|aws| {
                let first = aws.production.root.devices[0].enabled;
                aws.production.devices(&[(DEVICE, first), ("older", ago(days(50)))]);
            })
            .then(|aws| devices(aws, &[("older", ago(days(50)))]))
            .unknown(STEP, "not-visible-yet"),
        state("it was made again under its own name, and the event is forgotten")
            .then(|aws| device(aws, DEVICE))
            .unknown(STEP, "not-visible-yet"),
        state("the devices cannot be listed for a while, and the event is forgotten")
            .then(|aws| aws.production.deny("iam:ListVirtualMFADevices", "iam:ListVirtualMFADevices"))
            .forgotten("ConsoleLogin")
            .unknown(STEP, "denied")
            .unknown("root-mfa", "denied")
            .then(|aws| aws.production.as_ever())
            .verified(STEP),
        state("MFA was off in between, and the same serial number is back")
            .then(without_mfa)
            .not_yet(STEP)
            .not_yet("root-mfa")
            .then(|aws| device(aws, DEVICE))
            .unknown(STEP, "not-visible-yet"),
        state("seen again with the device that took its place")
            .then(|aws| device(aws, "other"))
            .unknown(STEP, "not-visible-yet")
            .then(|aws| {
                later(aws);
                let serial = aws.production.serial("other");
                aws.production.events.push(Event::sign_in(&serial, in_future(aws.clock - minutes(5))));
            })
            .verified(STEP)
            .then(later)
            .forgotten("ConsoleLogin")
            .verified(STEP),
    ]);
}

#[test]
fn a_sign_in_with_a_passkey_is_void_once_aws_shows_a_change() {
    check(vec![
        seen("a passkey, and the event is forgotten")
            .then(|aws| aws.production.events.clear())
            .verified(STEP)
            .unknown("root-mfa", "needs-confirmation"),
        seen("a passkey, exchanged for another, and CloudTrail shows it")
            .then(exchanged)
            .unknown(STEP, "not-visible-yet")
            .unknown("root-mfa", "needs-confirmation"),
        seen("a passkey, then a run that sees no MFA, then another passkey")
            .then(without_mfa)
            .not_yet(STEP)
            .not_yet("root-mfa")
            .then(|aws| aws.production.root.mfa = true)
            .unknown(STEP, "not-visible-yet")
            .unknown("root-mfa", "needs-confirmation"),
        seen("a passkey, then no MFA, then a virtual device")
            .then(without_mfa)
            .not_yet(STEP)
            .not_yet("root-mfa")
            .then(|aws| device(aws, DEVICE))
            .unknown(STEP, "not-visible-yet"),
        seen("a passkey, and CloudTrail cannot be read for a while")
            .then(|aws| aws.production.deny("cloudtrail:LookupEvents", "cloudtrail:LookupEvents"))
            .unknown(STEP, "denied")
            .unknown("root-mfa", "")
            .then(|aws| aws.production.as_ever())
            .verified(STEP)
            .unknown("root-mfa", "needs-confirmation"),
    ]);
}

#[test]
fn a_confirmation_is_about_one_device() {
    check(vec![
        confirmed("a passkey that was confirmed stays so").then(later).confirmed("root-mfa"),
        confirmed("confirmed, then another passkey took its place")
            .then(exchanged)
            .unknown("root-mfa", "needs-confirmation")
            .unknown(STEP, "not-visible-yet"),
        confirmed("confirmed, then no MFA, then another passkey, all forgotten by CloudTrail")
            .then(without_mfa)
            .not_yet("root-mfa")
            .not_yet(STEP)
            .then(|aws| aws.production.root.mfa = true)
            .unknown("root-mfa", "needs-confirmation")
            .unknown(STEP, "not-visible-yet"),
        confirmed("confirmed, then exchanged, then confirmed again")
            .then(exchanged)
            .confirm("root-mfa")
            .confirmed("root-mfa")
            .unknown(STEP, "not-visible-yet"),
        confirmed("confirmed, then a virtual device in its place, which proves itself")
            .then(|aws| device(aws, DEVICE))
            .verified("root-mfa")
            .unknown(STEP, "not-visible-yet"),
        state("a word is refused while nobody can tell what it is about")
            .with(passkey)
            .with(|aws| aws.production.deny("iam:ListVirtualMFADevices", "iam:ListVirtualMFADevices"))
            .confirm_in_vain("root-mfa")
            .unknown("root-mfa", "denied")
            .unknown(STEP, "denied")
            .then(|aws| aws.production.as_ever())
            .unknown("root-mfa", "needs-confirmation")
            .verified(STEP),
    ]);
}

#[test]
fn a_confirmation_is_about_one_account() {
    check(vec![
        state("a confirmation of a preference stays")
            .confirm("pdf-invoice")
            .confirmed("pdf-invoice")
            .then(|_| {})
            .confirmed("pdf-invoice"),
        state("the profile reaches another account since")
            .confirm("pdf-invoice")
            .confirmed("pdf-invoice")
            .then(|aws| aws.production.id = "777788889999".to_owned())
            .unknown("pdf-invoice", "wrong-account")
            .unknown(STEP, "wrong-account")
            .unknown("cost-budget", "wrong-account")
            .others_may_differ(),
        state("the profile reaches the general account since")
            .confirm("pdf-invoice")
            .confirmed("pdf-invoice")
            .then(|aws| aws.production.id = aws.general.id.clone())
            .unknown("pdf-invoice", "wrong-account")
            .unknown("unique-email", "wrong-account")
            .others_may_differ(),
        state("a confirmation for the production account says nothing of the general one")
            .confirm("free-tier-alerts")
            .confirmed("free-tier-alerts"),
    ]);
}
