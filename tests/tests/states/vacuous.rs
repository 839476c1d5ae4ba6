//! Lint reports an expression about things that may not exist, before a learner's empty account passes it.

use crate::common::Machine;

const CHECK: &str = "checks/shared-bucket.toml";
const OWN: &str = "that = \"s3.buckets.exists(b, is_shared(b))\"";

/// The course with another expression in one of its checks.
fn course(that: &str) -> Machine {
    let machine = Machine::new();
    machine.edit(CHECK, OWN, &format!("that = \"{that}\""));
    machine
}

#[test]
fn lint_finds_what_may_not_be_there() {
    assert!(!Machine::new().verify(&["lint"]).stdout.contains(CHECK), "the course's own is right");
    let found = |that: &&str| course(that).verify(&["lint"]).stdout.contains(CHECK);
    let expressions = [
        "s3.buckets.all(b, b.versioning == 'Enabled')",
        "shared.all(b, has(b.policy))",
        "s3.buckets[0].name.endsWith(shared_bucket_suffix)",
        "s3.buckets.exists(b, b.versioning == 'Enabled')",
        "shared.exists(b, b.public_access_block.block_public_acls)",
    ];
    let missed: Vec<&str> = expressions.into_iter().filter(|that| !found(that)).collect();
    assert!(missed.is_empty(), "lint says nothing of {missed:#?}");
    let sound = [
        "shared.size() > 0 && shared.all(b, has(b.versioning) && b.versioning == 'Enabled')",
        "shared.exists(b, has(b.versioning) && b.versioning == 'Enabled')",
        "shared.size() > 0 && shared[0].name != ''",
    ];
    let blamed: Vec<&str> = sound.into_iter().filter(found).collect();
    assert!(blamed.is_empty(), "lint finds fault with {blamed:#?}");
}

#[test]
fn the_self_test_tries_an_empty_account() {
    let proved = |that: &str| course(that).verify(&["selftest", "shared-bucket"]).status == 0;
    assert!(proved("shared.size() > 0"));
    for that in ["s3.buckets.all(b, has(b.encryption))", "!s3.buckets.exists(b, has(b.policy) && false)"] {
        assert!(!proved(that), "the self-test says that this is proved: {that}");
    }
}
