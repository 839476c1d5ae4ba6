//! The root user, its MFA devices and its sign-ins.

use super::*;

const VIRTUAL: &str = "/production/root/virtual_devices";

fn sign_in(time: &str, mfa: bool, device: Value) -> Value {
    json!([{ "time": time, "root": true, "success": true, "mfa": mfa, "device": device }])
}

pub const STATES: &[State] = &[
    State("no MFA", SignedUp, &[], &["root-mfa", "mfa-sign-in", "mfa"]),
    State("a passkey for root", Done, &[(VIRTUAL, || json!([]))], &["root-mfa", "mfa-sign-in", "mfa"]),
    State(
        "a passkey, and a sign-in with it",
        Done,
        &[
            (VIRTUAL, || json!([])),
            ("/production/console_sign_ins", || {
                sign_in("2026-11-20T00:00:00Z", true, json!("arn:aws:iam::444455556666:u2f/root-account/key"))
            }),
        ],
        &["root-mfa", "mfa-sign-in", "mfa"],
    ),
    State(
        "a passkey, and a sign-in whose device did not arrive",
        Done,
        &[
            (VIRTUAL, || json!([])),
            ("/production/console_sign_ins", || sign_in("2026-11-20T00:00:00Z", true, unread())),
        ],
        &["mfa-sign-in"],
    ),
    State(
        "a hardware token",
        Done,
        &[
            (VIRTUAL, || json!([])),
            ("/production/console_sign_ins", || sign_in("2026-11-20T00:00:00Z", true, json!("GAHT12345678"))),
        ],
        &["root-mfa", "mfa-sign-in"],
    ),
    State(
        "two virtual devices",
        Done,
        &[(VIRTUAL, || {
            json!([
                { "serial": "arn:aws:iam::444455556666:mfa/first", "enabled": "2026-10-01T00:00:00Z" },
                { "serial": "arn:aws:iam::444455556666:mfa/second", "enabled": "2026-11-01T00:00:00Z" },
            ])
        })],
        &["root-mfa", "mfa-sign-in"],
    ),
    State(
        "root has no password (centralized root access)",
        Done,
        &[
            ("/production/root/password", || json!(false)),
            ("/production/root/mfa", || json!(false)),
            (VIRTUAL, || json!([])),
        ],
        &["root-mfa", "mfa-sign-in", "mfa"],
    ),
    State(
        "whether root has a password did not arrive",
        Done,
        &[("/production/root/password", unread)],
        &["root-mfa", "mfa-sign-in"],
    ),
    State("MFA, and no sign-in yet", Done, &[("/production/console_sign_ins", || json!([]))], &["mfa-sign-in", "mfa"]),
    State(
        "a sign-in before the device existed",
        Done,
        &[("/production/console_sign_ins", || {
            sign_in("2026-10-01T00:00:00Z", true, json!("arn:aws:iam::444455556666:mfa/old"))
        })],
        &["mfa-sign-in"],
    ),
    State(
        "a sign-in without MFA after the device was enabled",
        Done,
        &[("/production/console_sign_ins", || sign_in("2026-11-20T00:00:00Z", false, Value::Null))],
        &["mfa-sign-in"],
    ),
    State(
        "a failed sign-in with MFA",
        Done,
        &[("/production/console_sign_ins/0/success", || json!(false))],
        &["mfa-sign-in"],
    ),
    State(
        "a sign-in of a user with MFA",
        Done,
        &[("/production/console_sign_ins/0/root", || json!(false))],
        &["mfa-sign-in"],
    ),
    State(
        "a sign-in whose MFA did not arrive",
        Done,
        &[("/production/console_sign_ins/0/mfa", unread)],
        &["mfa-sign-in"],
    ),
    State(
        "a passkey, and a confirmation that it is an entry of its own",
        Confirmed,
        &[(VIRTUAL, || json!([]))],
        &["root-mfa"],
    ),
    State(
        "a virtual device and a passkey, and a sign-in with the passkey",
        Done,
        &[("/production/console_sign_ins", || {
            sign_in("2026-11-20T00:00:00Z", true, json!("arn:aws:iam::444455556666:u2f/root-account/key"))
        })],
        &["root-mfa", "mfa-sign-in"],
    ),
    State(
        "two virtual devices, and a sign-in between their being enabled",
        Done,
        &[
            (VIRTUAL, || {
                json!([
                    { "serial": "arn:aws:iam::444455556666:mfa/first", "enabled": "2026-10-01T00:00:00Z" },
                    { "serial": "arn:aws:iam::444455556666:mfa/second", "enabled": "2026-11-01T00:00:00Z" },
                ])
            }),
            ("/production/console_sign_ins", || {
                sign_in("2026-10-20T00:00:00Z", true, json!("arn:aws:iam::444455556666:mfa/first"))
            }),
        ],
        &["root-mfa", "mfa-sign-in"],
    ),
    State(
        "a device that was made for another account",
        Done,
        &[("/production/root/virtual_devices/0/serial", || json!("arn:aws:iam::111122223333:mfa/phone"))],
        &["root-mfa"],
    ),
    State(
        "a device whose serial did not arrive",
        Done,
        &[("/production/root/virtual_devices/0/serial", unread)],
        &["root-mfa", "mfa-sign-in"],
    ),
    State(
        "MFA is on, and the list of devices could not be read",
        Done,
        &[(VIRTUAL, unread)],
        &["root-mfa", "mfa-sign-in"],
    ),
    State("no MFA, and the list of devices could not be read", SignedUp, &[(VIRTUAL, unread)], &["root-mfa"]),
    State(
        "a sign-in in the second in which the device was enabled",
        Done,
        &[
            ("/production/root/virtual_devices/0/enabled", || json!("2026-11-20T00:00:00Z")),
            ("/production/console_sign_ins", || {
                sign_in("2026-11-20T00:00:00Z", true, json!("arn:aws:iam::444455556666:mfa/root-account-mfa-device"))
            }),
        ],
        &["mfa-sign-in"],
    ),
    State("access keys for root, beside MFA", Done, &[("/production/root/access_keys", || json!(true))], &["root-mfa"]),
    State(
        "MFA that was taken away again after the sign-in",
        Done,
        &[("/production/root/mfa", || json!(false)), (VIRTUAL, || json!([]))],
        &["root-mfa", "mfa-sign-in", "mfa"],
    ),
    State("the sign-ins could not be read", Done, &[("/production/console_sign_ins", unread)], &["mfa-sign-in", "mfa"]),
];
