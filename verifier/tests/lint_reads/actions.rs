//! Mistakes in practice actions.

use super::{drawn, findings};

#[test]
fn every_mistake_in_a_practice_action_is_found_at_its_place() {
    insta::assert_snapshot!(drawn(&findings(&[("queue", include_str!("actions.toml"))])));
}
