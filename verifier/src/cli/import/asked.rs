//! Asks the author about each proposed step.

use anyhow::Result;
use course::Course;
use course::diagnostic::suggest;
use course::directive::Directive;
use course::terminal::{self, Text};

use crate::cli::terminal::notice;
use crate::import::{Decision, ProposedStep};
use crate::report;

/// What an author answers.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    This(Decision),
    /// All others are as proposed.
    Rest,
    Stop,
}

/// The decisions about steps, in their order; `None` if the author stops.
pub(super) fn decisions(course: &Course, steps: &[ProposedStep]) -> Result<Option<Vec<Decision>>> {
    let mut decided = Vec::with_capacity(steps.len());
    if !steps.is_empty() {
        notice("Enter accepts a proposal. Or: the name of another check · s skip · a accept all others · q stop");
    }
    for (number, step) in steps.iter().enumerate() {
        match ask(course, step, (number + 1, steps.len()))? {
            Answer::This(decision) => decided.push(decision),
            Answer::Rest => break,
            Answer::Stop => return Ok(None),
        }
    }
    Ok(Some(decided))
}

/// Asks until there is an answer.
fn ask(course: &Course, step: &ProposedStep, place: (usize, usize)) -> Result<Answer> {
    terminal::ask(&report::import::asked(step, place));
    loop {
        terminal::ask(&Text::line("> "));
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line)? == 0 {
            return Ok(Answer::Stop);
        }
        match answer(course, &line) {
            Ok(answer) => return Ok(answer),
            Err(why) => notice(&why),
        }
    }
}

fn answer(course: &Course, line: &str) -> Result<Answer, String> {
    match line.trim() {
        "" => return Ok(Answer::This(Decision::Accept)),
        "s" | "skip" => return Ok(Answer::This(Decision::Skip)),
        "a" | "all" => return Ok(Answer::Rest),
        "q" | "quit" => return Ok(Answer::Stop),
        "?" => return Ok(Answer::This(Decision::Check("?".to_owned()))),
        _ => {}
    }
    let comment = format!("<!-- verify: {} -->", line.trim());
    let directive = Directive::parse(&comment, 0).map_err(|malformed| malformed.message)?;
    let known = |what: &str, name: &str, names: &mut dyn Iterator<Item = &String>| {
        let names: Vec<&str> = names.map(String::as_str).collect();
        match names.contains(&name) {
            true => Ok(()),
            false => {
                Err(format!("There is no {what} `{name}`: {}", suggest(name, names.into_iter()).unwrap_or_default()))
            }
        }
    };
    known("check", &directive.check.text, &mut course.checks.keys())?;
    if let Some(account) = &directive.account {
        known("account", &account.text, &mut course.accounts.keys())?;
    }
    for (param, _) in &directive.params {
        known("parameter", &param.text, &mut course.params.keys())?;
    }
    Ok(Answer::This(Decision::Check(Directive::words(&comment))))
}
