//! CloudTrail's limits: one limiter for all look-ups of an account and region, and no more pages than needed.

use super::table::{check, state};
use crate::common::aws::cloudtrail::Event;
use crate::common::aws::{Account, Aws, ago, days, error, hours};

const LOOK_UP: &str = "cloudtrail:LookupEvents";

/// Sign-ins of a user, one every minute, the newest so long ago.
fn others(count: i64, newest: i64) -> impl Iterator<Item = Event> {
    (0..count).map(move |at| {
        let mut event = Event::sign_in_without_mfa(ago(newest + at * 60));
        event.by = "IAMUser".to_owned();
        event
    })
}

fn billing(count: i64) -> impl Iterator<Item = Event> {
    (0..count).map(|at| Event::billing("ViewBilling", ago(hours(1) + at * 60)))
}

fn good(own: &Account, time: i64) -> Event {
    Event::sign_in(&own.serial("root-account-mfa-device"), time)
}

/// The good sign-in is on the third page of its look-up.
fn on_the_third_page(aws: &mut Aws) {
    aws.production.events.retain(|event| event.name != "ConsoleLogin");
    aws.production.events.extend(others(120, hours(1)));
    aws.production.events.push(good(&aws.production, ago(days(5))));
}

#[test]
fn look_ups_keep_within_what_cloudtrail_allows() {
    check(vec![
        state("pages in two sections, the last of which decides").with(|aws| {
            on_the_third_page(aws);
            aws.production.events.extend(billing(190));
        }),
        state("pages in both accounts").with(|aws| {
            on_the_third_page(aws);
            aws.general.events.extend(others(120, hours(1)));
        }),
        state("pages in two regions").region("eu-west-1").with(|aws| {
            on_the_third_page(aws);
            let elsewhere = others(120, hours(1)).map(|event| event.recorded_in("eu-west-1"));
            aws.production.events.extend(elsewhere);
        }),
    ]);
}

#[test]
fn no_page_more_than_what_decides_is_read() {
    check(vec![
        state("95 pages, and the first decides")
            .with(|aws| {
                aws.production.events.extend(others(4740, days(11)));
            })
            .at_most(8, LOOK_UP),
        state("the first page decides, and the next would be refused").with(|aws| {
            aws.production.events.retain(|event| event.source == "signin.amazonaws.com");
            aws.production.events.extend(others(60, days(11)));
            // The order of the look-ups is not fixed, but only this one has a second page.
            aws.production.answer_next_page(LOOK_UP, error(400, "AccessDeniedException", "No more."));
        }),
    ]);
}

#[test]
fn a_look_up_that_is_throttled_is_told_so() {
    check(vec![
        state("throttled from the beginning")
            .with(|aws| aws.production.throttle_after(LOOK_UP, 0))
            .unknown("mfa-sign-in", "throttled"),
        state("throttled before the page that decides")
            .with(|aws| {
                on_the_third_page(aws);
                let reply = error(400, "ThrottlingException", "Rate exceeded");
                aws.production.answer_next_page(LOOK_UP, reply);
            })
            .unknown("mfa-sign-in", "throttled"),
        state("another service is throttled")
            .with(|aws| aws.production.throttle_after("budgets:DescribeBudgets", 0))
            .unknown("cost-budget", "throttled"),
        state("throttled after a first call")
            .with(|aws| {
                let alert = aws.production.budgets[0].alerts[0].clone();
                aws.production.budgets[0].alerts[0].emails.clear();
                aws.production.budgets[0].alerts[0].topics.push("arn:aws:sns:us-east-1:444455556666:costs".to_owned());
                aws.production.budgets[0].alerts.push(crate::common::aws::budgets::Alert { threshold: 80.0, ..alert });
                aws.production.throttle_after("budgets:DescribeSubscribersForNotification", 0);
            })
            .unknown("cost-budget", "throttled"),
    ]);
}
