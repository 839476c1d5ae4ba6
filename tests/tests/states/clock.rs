//! What has ended and what has begun is decided by AWS's clock, from its responses, and not by this computer's.

use super::table::{State, check, state};
use crate::common::aws::{Aws, ago, days, in_future};

const STEP: &str = "cost-budget";

/// This computer's clock is two days slow.
fn slow(name: &'static str) -> State {
    state(name).with(|aws| aws.clock = days(2))
}

/// This computer's clock is two days fast.
fn fast(name: &'static str) -> State {
    state(name).with(|aws| aws.clock = -days(2))
}

fn ends(aws: &mut Aws, time: i64) {
    aws.production.budgets[0].ends = time;
}

#[test]
fn times_are_compared_with_awss_clock() {
    check(vec![
        slow("slow, and all is done"),
        fast("fast, and all is done"),
        slow("slow: a budget that is over").with(|aws| ends(aws, in_future(days(1)))).not_yet(STEP),
        fast("fast: a budget that runs").with(|aws| ends(aws, ago(days(1)))).verified(STEP),
        fast("fast: a budget that has not begun")
            .with(|aws| aws.production.budgets[0].starts = ago(days(1)))
            .not_yet(STEP),
        slow("slow: a budget that has begun")
            .with(|aws| aws.production.budgets[0].starts = in_future(days(1)))
            .verified(STEP),
        slow("slow: a planned limit that has begun")
            .with(|aws| {
                let budget = &mut aws.production.budgets[0];
                budget.limit = None;
                budget.planned = vec![(ago(days(20)), "10".to_owned()), (in_future(days(1)), "0".to_owned())];
            })
            .not_yet(STEP),
        slow("slow: a Support plan that is over")
            .with(|aws| aws.production.support.contracts[0].ends = in_future(days(1)))
            .unknown("support-plan", "needs-confirmation"),
        fast("fast: a Support plan that runs").with(|aws| aws.production.support.contracts[0].ends = ago(days(1))),
    ]);
}
