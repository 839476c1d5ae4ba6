//! The account, its organization, and the rest of the lesson in its ordinary states.

use crate::table::{check, state};

#[test]
fn everything_is_done() {
    check(vec![state("done")]);
}
