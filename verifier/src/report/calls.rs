//! The timeline of the calls of a run.

use course::local_time;
use course::terminal::Text;
use std::fmt::Write;
use std::time::Duration;

use super::plain;
use evidence::Timed;

/// The width of the timeline, in characters.
const WIDTH: u32 = 24;

/// The calls, sorted by their start, so that a reader sees which call waited for which.
pub fn timeline(calls: &[Timed]) -> Text {
    let mut calls: Vec<&Timed> = calls.iter().collect();
    calls.sort_by_key(|timed| timed.begun);
    let whole = calls.iter().map(|timed| end(timed)).max().unwrap_or_default();
    let mut out = Text::new();
    if whole.is_zero() {
        let _ = writeln!(out, "\nCalls to AWS: {}, recorded", calls.len());
    } else {
        let _ = writeln!(out, "\nCalls to AWS: {} in {} ms", calls.len(), whole.as_millis());
    }
    for timed in calls {
        let call = &timed.call;
        let took = timed.took.map_or("unfinished".to_owned(), |took| format!("{} ms", took.as_millis()));
        let timing = if whole.is_zero() {
            plain(&local_time::shown(&call.time))
        } else {
            format!("{} {took:>10}", bar(timed, whole))
        };
        let _ = writeln!(
            out,
            "  {timing}  {:<12} {:<52} {}",
            plain(&call.account),
            plain(&call.operation),
            plain(&call.region)
        );
    }
    out
}

fn end(timed: &Timed) -> Duration {
    timed.begun + timed.took.unwrap_or_default()
}

fn bar(timed: &Timed, whole: Duration) -> String {
    let at = |time: Duration| (time.as_secs_f64() / whole.as_secs_f64() * f64::from(WIDTH)).round() as usize;
    let width = WIDTH as usize;
    let begin = at(timed.begun).min(width - 1);
    let end = at(end(timed)).clamp(begin + 1, width);
    format!("{}{}{}", "·".repeat(begin), "━".repeat(end - begin), "·".repeat(width - end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::results::Call;

    #[test]
    fn calls_are_sorted_by_their_start() {
        let call = |operation: &str, begun, took| Timed {
            begun: Duration::from_millis(begun),
            took: Some(Duration::from_millis(took)),
            ..Timed::recorded(Call {
                account: "general".into(),
                section: "root".into(),
                operation: operation.into(),
                region: "us-east-1".into(),
                time: "2026-11-24T00:00:00Z".into(),
            })
        };
        let calls = [call("iam:Later", 80, 80), call("sts:First", 0, 80), call("iam:Last", 160, 80)];
        insta::assert_snapshot!(timeline(&calls).as_str(), @r"

        Calls to AWS: 3 in 240 ms
          ━━━━━━━━················      80 ms  general      sts:First                                            us-east-1
          ········━━━━━━━━········      80 ms  general      iam:Later                                            us-east-1
          ················━━━━━━━━      80 ms  general      iam:Last                                             us-east-1
        ");
    }
}
