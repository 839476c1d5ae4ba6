//! The Support plan: if AWS refuses a call to everybody, the learner can confirm it instead; if AWS refuses it only to
//! these credentials, not.

use super::table::{State, check, state};
use crate::common::aws::billing::Contract;
use crate::common::aws::{Aws, Reply, ago, days, error, in_future};

const STEP: &str = "support-plan";
const HISTORY: &str = "billing:ListBusinessSupportSubscriptionHistory";

/// Both accounts answer the history of plans like this.
fn history(name: &'static str, reply: Reply) -> State {
    state(name).with(move |aws| {
        aws.general.answer(HISTORY, reply.clone());
        aws.production.answer(HISTORY, reply);
    })
}

fn denied(name: &'static str) -> State {
    state(name).with(|aws| {
        aws.general.deny(HISTORY, HISTORY);
        aws.production.deny(HISTORY, HISTORY);
    })
}

fn no_subscription() -> Reply {
    error(400, "SubscriptionRequiredException", "A Support subscription is required to use this operation.")
}

fn not_found() -> Reply {
    error(400, "ResourceNotFoundException", "No subscription was found for this account.")
}

#[test]
fn what_aws_refuses_to_everybody_is_confirmed_instead() {
    check(vec![
        history("06: refused to everybody in both accounts", no_subscription())
            .unknown(STEP, "")
            .then(|_| {})
            .confirm(STEP)
            .confirmed(STEP),
        state("refused to everybody in the production account alone")
            .with(|aws| aws.production.answer(HISTORY, no_subscription()))
            .confirm(STEP)
            .confirmed(STEP),
        history("not found means none", not_found())
            .unknown(STEP, "needs-confirmation")
            .then(|_| {})
            .confirm(STEP)
            .confirmed(STEP),
        state("none on record in either")
            .with(|aws| {
                [&mut aws.general, &mut aws.production].into_iter().for_each(|own| own.support.contracts.clear())
            })
            .unknown(STEP, "needs-confirmation")
            .never_tells(STEP, "no way to read")
            .then(|_| {})
            .confirm(STEP)
            .confirmed(STEP),
        state("on record in one alone")
            .with(|aws| aws.general.support.contracts.clear())
            .unknown(STEP, "needs-confirmation"),
    ]);
}

#[test]
fn what_aws_refuses_only_to_these_credentials_cannot_be_confirmed() {
    let mixed = |aws: &mut Aws| {
        aws.general.answer(HISTORY, no_subscription());
        aws.production.deny(HISTORY, HISTORY);
    };
    check(vec![
        denied("denied in both").unknown(STEP, "denied").tells(STEP, HISTORY),
        denied("denied in both, and confirmed").confirm_in_vain(STEP).unknown(STEP, "denied"),
        history("throttled in both, and confirmed", error(400, "ThrottlingException", "Rate exceeded"))
            .confirm_in_vain(STEP)
            .unknown(STEP, "throttled"),
        history("failing in both, and confirmed", error(500, "InternalServerException", "Something went wrong"))
            .confirm_in_vain(STEP)
            .unknown(STEP, "service-error"),
        history("cut off in both, and confirmed", Reply::CutOff)
            .confirm_in_vain(STEP)
            .unknown(STEP, "incomplete-answer"),
        history("without its list in both, and confirmed", Reply::Json(serde_json::json!({})))
            .confirm_in_vain(STEP)
            .unknown(STEP, "incomplete-answer"),
        state("refused to everybody in one and denied in the other, and confirmed")
            .with(mixed)
            .confirm_in_vain(STEP)
            .unknown(STEP, "")
            .tells(STEP, HISTORY),
    ]);
}

#[test]
fn plans_are_compared() {
    let plan = |aws: &mut Aws, plan: &str| aws.production.support.contracts = vec![Contract::of(plan)];
    check(vec![
        state("another plan on record").with(move |aws| plan(aws, "AWSSupportDeveloper")).not_yet(STEP),
        state("the same plan of a name from tomorrow").with(move |aws| {
            plan(aws, "AWSSupportUnifiedOperations");
            aws.general.support.contracts = aws.production.support.contracts.clone();
        }),
        state("one has the Support API").with(|aws| aws.general.support.api = true).not_yet(STEP),
        state("one has another plan, which is over").with(|aws| {
            let over = Contract { ends: ago(days(1)), ..Contract::of("AWSSupportBusiness") };
            aws.production.support.contracts.insert(0, over);
        }),
        state("one has another plan, which has not begun").with(|aws| {
            let coming = Contract { starts: in_future(days(10)), ..Contract::of("AWSSupportBusiness") };
            aws.production.support.contracts.push(coming);
        }),
        state("the plan on record is over")
            .with(|aws| aws.production.support.contracts[0].ends = ago(days(1)))
            .unknown(STEP, "needs-confirmation"),
        state("whether there is the Support API is throttled")
            .with(|aws| {
                aws.production
                    .answer("support:DescribeSeverityLevels", error(400, "ThrottlingException", "Rate exceeded"))
            })
            .unknown(STEP, "throttled"),
    ]);
}
