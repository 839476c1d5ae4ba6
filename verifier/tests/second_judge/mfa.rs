//! The root user's MFA devices, its sign-ins and their events, for two checks.

use crate::common::PRODUCTION;
use evidence::Section;
use proptest::prelude::*;
use serde::Serialize;

use super::answer::{Answer, all_of, any_of};
use super::court::{Evidence, section};
use super::model::{Field, Known, Moment, Unread, field, partly, why};

/// An entry in an authenticator app. Its serial number is a name, and another entry may have it later.
pub const APP: &str = "arn:aws:iam::444455556666:mfa/root-account-mfa-device";
pub const SPARE: &str = "arn:aws:iam::444455556666:mfa/spare";
/// Passkeys and hardware tokens, which AWS does not list.
pub const KEY: &str = "arn:aws:iam::444455556666:u2f/root-account/key-AAAA";
pub const OTHER_KEY: &str = "arn:aws:iam::444455556666:u2f/root-account/key-BBBB";
pub const TOKEN: &str = "GAHT12345678";

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Root {
    pub mfa: Field<bool>,
    pub password: Field<bool>,
    pub access_keys: Field<bool>,
    pub virtual_devices: Field<Vec<Device>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Device {
    pub serial: Field<&'static str>,
    pub enabled: Field<Moment>,
}

#[derive(Debug, Clone, Serialize)]
pub struct SignIn {
    pub time: Field<Moment>,
    pub root: Field<bool>,
    pub success: Field<bool>,
    pub mfa: Field<bool>,
    pub device: Field<Option<&'static str>>,
}

#[derive(Debug, Clone, Serialize)]
pub struct MfaEvent {
    pub time: Field<Moment>,
    pub name: Field<&'static str>,
    pub user: Field<Option<&'static str>>,
    pub device: Field<Option<&'static str>>,
}

#[derive(Debug, Clone)]
pub struct State {
    pub root: Field<Root>,
    pub sign_ins: Field<Vec<Field<SignIn>>>,
    pub events: Field<Vec<Field<MfaEvent>>>,
    pub now: Moment,
}

impl State {
    pub fn evidence(&self) -> Evidence {
        let sections = [
            section(PRODUCTION, Section::Root, &self.root),
            section(PRODUCTION, Section::ConsoleSignIns, &self.sign_ins),
            section(PRODUCTION, Section::MfaEvents, &self.events),
        ];
        Evidence { now: Some(self.now), ..Evidence::new(sections) }
    }

    /// Whether root has a password. Without one, there is no sign-in to protect.
    pub fn has_password(&self) -> Answer {
        self.root.is(|root| root.password.holds(|is| *is))
    }

    pub fn mfa_is_on(&self) -> Answer {
        self.root.is(|root| root.mfa.holds(|is| *is))
    }

    /// Whether an event since a time is about root's device with this name.
    pub fn changed_since(&self, since: &Field<Moment>, which: impl Fn(&str) -> Answer) -> Answer {
        self.events.is(|events| {
            any_of(events.iter().map(|event| {
                event.is(|event| {
                    let it = event.device.is(|device| device.map_or(Answer::No, &which));
                    all_of([event.of_root(), not_before(&event.time, since), it])
                })
            }))
        })
    }

    /// Whether the events are complete up to the listed devices: they show everything that was enabled since a time. If
    /// this is undecided for one listed device, it is undecided.
    pub fn events_are_up_to_date(&self, since: &Field<Moment>) -> Answer {
        self.root.is(|root| {
            root.virtual_devices.is(|devices| {
                let shown: Vec<Answer> = devices.iter().map(|device| self.shows(device)).collect();
                if shown.contains(&Answer::CantTell) {
                    return Answer::CantTell;
                }
                let behind = devices.iter().zip(shown).filter(|(_, shown)| *shown == Answer::No);
                any_of(behind.map(|(device, _)| not_before(&device.enabled, since))).not()
            })
        })
    }

    /// Whether the events show how a listed device was enabled. Its two times may differ a little.
    fn shows(&self, device: &Device) -> Answer {
        let about = match device.enabled {
            Known(enabled) => Known(Moment(enabled.0 - 60)),
            Unread(why) => Unread(why),
        };
        self.events.is(|events| {
            any_of(events.iter().map(|event| {
                event.is(|event| {
                    let enabled = event.name.holds(|name| *name == "EnableMFADevice");
                    let it = event.device.is(|named| device.serial.holds(|serial| Some(*serial) == *named));
                    all_of([event.of_root(), not_before(&event.time, &about), enabled, it])
                })
            }))
        })
    }
}

impl MfaEvent {
    fn of_root(&self) -> Answer {
        self.user.holds(Option::is_none)
    }
}

fn not_before(time: &Field<Moment>, since: &Field<Moment>) -> Answer {
    time.is(|time| since.holds(|since| time >= since))
}

/// Whether a device is an entry in an app, which AWS lists.
pub fn is_listed(device: &str) -> bool {
    device.contains(":mfa/")
}

pub fn moment() -> impl Strategy<Value = Moment> {
    prop::sample::select(vec![-80 * 86_400, -86_401, -86_400, -86_399, -3600, -1]).prop_map(Moment)
}

fn device() -> impl Strategy<Value = Device> {
    let serial = prop_oneof![3 => Just(APP), 1 => Just(SPARE)];
    (field(serial), field(moment())).prop_map(|(serial, enabled)| Device { serial, enabled })
}

pub fn root() -> impl Strategy<Value = Root> {
    let mfa = prop_oneof![8 => Just(Known(true)), 2 => Just(Known(false)), 1 => why().prop_map(Unread)];
    let password = prop_oneof![10 => Just(Known(true)), 1 => Just(Known(false)), 1 => why().prop_map(Unread)];
    let devices = field(prop::collection::vec(device(), 0..=2));
    (mfa, password, field(any::<bool>()), devices).prop_map(|(mfa, password, access_keys, mut virtual_devices)| {
        // A listed device is on. Of two that were read, each has its own name.
        if let Known(devices) = &mut virtual_devices {
            if mfa == Known(false) {
                devices.clear();
            }
            if devices.len() == 2 && devices[0].serial == devices[1].serial {
                devices.pop();
            }
        }
        Root { mfa, password, access_keys, virtual_devices }
    })
}

fn any_device() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just(APP), 1 => Just(SPARE), 3 => Just(KEY), 1 => Just(OTHER_KEY), 1 => Just(TOKEN)]
}

pub fn sign_in() -> impl Strategy<Value = SignIn> {
    let mostly = |is: bool| field(prop::bool::weighted(if is { 0.85 } else { 0.15 }));
    (field(moment()), mostly(true), mostly(true), mostly(true), field(any_device())).prop_map(
        |(time, root, success, mfa, device)| SignIn {
            time,
            root,
            success,
            device: match (&mfa, device) {
                (Known(false), _) => Known(None),
                (_, Known(device)) => Known(Some(device)),
                (_, Unread(why)) => Unread(why),
            },
            mfa,
        },
    )
}

pub fn event() -> impl Strategy<Value = MfaEvent> {
    let name = prop::sample::select(vec!["EnableMFADevice", "DeactivateMFADevice"]);
    let user = prop_oneof![4 => Just(None), 1 => Just(Some("lee"))];
    let parts = (field(moment()), field(name), field(user), field(any_device().prop_map(Some)));
    parts.prop_map(|(time, name, user, device)| MfaEvent { time, name, user, device })
}

/// States with this many sign-ins.
pub fn state(sign_ins: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = State> {
    let root = prop_oneof![20 => root().prop_map(Known), 1 => why().prop_map(Unread)];
    let sign_ins = prop_oneof![20 => partly(sign_in(), sign_ins).prop_map(Known), 1 => why().prop_map(Unread)];
    let events = prop_oneof![12 => partly(event(), 0..=2).prop_map(Known), 1 => why().prop_map(Unread)];
    (root, sign_ins, events).prop_map(|(root, sign_ins, events)| State { root, sign_ins, events, now: Moment(0) })
}
