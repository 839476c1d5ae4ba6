//! Mutations that cannot change a verdict.

/// Why a mutation cannot change a verdict.
pub const EQUIVALENT: &[(&str, &str)] = &[
    ("account-created: 1 that: identity.account != 'x'", "an account id that was read is neither empty nor an x"),
    (
        "billing-alerts: 1 that: billing_metrics.size() >= 0",
        "it is judged only when there are metrics, and is true then",
    ),
    ("billing-alerts: 2 backed_by: turned_on.size() >= 0", NOTHING_TO_TELL),
    ("free-tier-alerts: 1 backed_by: changed.size() >= 0", NOTHING_TO_TELL),
    ("iam-billing-access: 1 backed_by: changed.size() >= 0", NOTHING_TO_TELL),
    ("cost-budget: let over: budgets.filter(b, b.type == 'COST' && true && b.end <= now)", GUARD),
    ("cost-budget: let over: budgets.filter(b, b.type == 'COST' && true&& b.end <= now)", GUARD),
    ("cost-budget: let waiting: budgets.filter(b, b.type == 'COST' && true && now < b.start)", GUARD),
    ("cost-budget: let waiting: budgets.filter(b, b.type == 'COST' && true&& now < b.start)", GUARD),
    (
        "cost-budget: let stopped: budgets.filter(b, b.type == 'COST' && true)",
        "AWS gives a reason only for a budget that it does not keep up to date",
    ),
    ("mfa-sign-in: let device: root.virtual_devices.filter(d, true && d.serial == used[0].device)", GUARD),
    (
        "mfa-sign-in: let with_listed: true && s.device.contains(':mfa/') && root.virtual_devices.exists(d, d.serial == s.device && d.enabled < s.time)",
        GUARD,
    ),
    (
        "mfa-sign-in: let with_listed: has(s.device) && true && root.virtual_devices.exists(d, d.serial == s.device && d.enabled < s.time)",
        LISTED,
    ),
    (
        "mfa-sign-in: let with_listed: has(s.device) && true&& root.virtual_devices.exists(d, d.serial == s.device && d.enabled < s.time)",
        LISTED,
    ),
    (
        "mfa-sign-in: let with_unlisted: true && !s.device.contains(':mfa/') && root.mfa && is_there(s.device, s.time)",
        GUARD,
    ),
    (
        "root-mfa: 3 same: root.mfa && unchanged(now) ? 'not listed' : 'nothingx'",
        "what is confirmed is asked for only where there is MFA",
    ),
    (
        "root-mfa: 3 same: true && unchanged(now) ? 'not listed' : 'nothing'",
        "what is confirmed is asked for only where there is MFA",
    ),
    ("shared-bucket-encryption: let other: shared.filter(b, true && b.encryption.algorithm != 'AES256')", GUARD),
    (
        "shared-bucket-policy: let gives: b.policy.statements.exists(s, true && allows(s, action, asking(s)))",
        "a statement that denies allows nothing",
    ),
    (
        "shared-bucket-policy: let opens: true && allows_others(s, s.by_organization ? [general, own, our_organization] : [general, own])",
        "a statement that denies allows nothing",
    ),
    (
        "shared-bucket-policy: let takes: b.policy.statements.exists(s, true && denies(s, action, asking(s)))",
        "a statement that allows denies nothing",
    ),
    (
        "shared-bucket-policy: let our_organization: whole_organization_is_ours ? general_organization : 'x'",
        "no organization has the id x",
    ),
    (
        "shared/root-mfa: let one: d.serial + ' x' + string(d.enabled)",
        "what stands between the two tells no devices apart",
    ),
    (
        "shared/root-mfa: let is_there: up_to_date(t) && !mfa_events.exists(e, of_root(e, t) && true && e.device == device)",
        GUARD,
    ),
    (
        "shared/root-mfa: let is_there: up_to_date(t) && !mfa_events.exists(e, of_root(e, t) && true&& e.device == device)",
        GUARD,
    ),
    (
        "shared/root-mfa: let shown: mfa_events.exists(e, of_root(e, d.enabled - duration('1m')) && e.name == 'EnableMFADevice' && true && e.device == d.serial)",
        GUARD,
    ),
    (
        "shared/root-mfa: let shown: mfa_events.exists(e, of_root(e, d.enabled - duration('1m')) && e.name == 'EnableMFADevice' && true&& e.device == d.serial)",
        GUARD,
    ),
    (
        "shared/root-mfa: let shown: mfa_events.exists(e, of_root(e, d.enabled - duration('1mx')) && e.name == 'EnableMFADevice' && has(e.device) && e.device == d.serial)",
        "cel leaves out what follows a duration",
    ),
    (
        "shared/root-mfa: let unchanged: up_to_date(t) && !mfa_events.exists(e, of_root(e, t) && !( true && e.device.contains(':mfa/')))",
        GUARD,
    ),
    (
        "shared/shared-bucket: let is_shared: b.name.endsWith(shared_bucket_suffix) || b.name.contains('-an') && b.name.endsWith(shared_bucket_suffix + '-' + identity.account + '-' + b.region + '-an')",
        REGIONAL,
    ),
    (
        "shared/shared-bucket: let is_shared: b.name.endsWith(shared_bucket_suffix) || b.name.endsWith('-an') && b.name.contains(shared_bucket_suffix + '-' + identity.account + '-' + b.region + '-an')",
        REGIONAL,
    ),
    (
        "shared/shared-bucket: let is_shared: b.name.endsWith(shared_bucket_suffix) || true && b.name.endsWith(shared_bucket_suffix + '-' + identity.account + '-' + b.region + '-an')",
        REGIONAL,
    ),
];
const GUARD: &str = "what is not there is not asked about; to ask would be an error, which decides nothing either";
const REGIONAL: &str = "a look at the end only keeps a region that was not read from mattering to other names";
const LISTED: &str = "each device that AWS lists has it in its serial";
const NOTHING_TO_TELL: &str = "the sentence tells of the event, and cannot be filled without one";
