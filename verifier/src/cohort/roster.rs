//! The roster: the learners of a class, and the roles for their accounts. It is validated completely before any call.

use anyhow::{Context, Result, bail};
use course::Course;
use course::diagnostic::misspelt;
use course::input::Given;
use course::terminal::Lines;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::files;
use crate::report::plain;
use evidence::bindings::{self, Role};

/// The longest file name, without its extension. Most file systems allow 255 bytes.
const LONGEST: usize = 200;

/// The largest roster, in bytes.
const LARGEST: u64 = 64 << 20;

/// The learners of a class, read from a CSV file.
///
/// ```text
/// learner,general,production,external_id
/// ada,arn:aws:iam::111122223333:role/course-reader,arn:aws:iam::444455556666:role/course-reader,course-7
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Roster {
    /// The accounts of the course that have a column.
    pub accounts: Vec<String>,
    /// The learners, in the order of the rows.
    pub learners: Vec<Learner>,
    /// Columns that are ignored.
    pub ignored: Vec<String>,
}

/// A learner of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learner {
    /// The unique name.
    pub name: String,
    /// The role of each account.
    pub roles: BTreeMap<String, Role>,
    /// The values of the course's inputs.
    pub inputs: Given,
}

/// The meaning of a column.
enum Column {
    Learner,
    ExternalId,
    Account(String),
    /// An input of the course: `input.NAME`.
    Input(String),
    /// A column that is ignored.
    Other(String),
}

impl Roster {
    /// Reads a roster. `base` is the name of the credentials that assume the roles.
    ///
    /// # Errors
    /// All mistakes in it, with their lines.
    pub fn read(path: &Path, course: &Course, base: &str) -> Result<Roster> {
        let mut text = Vec::new();
        // The file was named by the user, and may be a pipe.
        #[allow(clippy::disallowed_methods, reason = "reads at most the largest size")]
        let file = File::open(path).with_context(|| format!("reading the roster {}", path.display()))?;
        file.take(LARGEST + 1).read_to_end(&mut text).with_context(|| format!("reading {}", path.display()))?;
        if text.len() as u64 > LARGEST {
            bail!("{} is larger than {} MB, the limit for a roster", path.display(), LARGEST >> 20);
        }
        Roster::parse(&text, &path.display().to_string(), course, base)
    }

    /// Parses a roster. `shown` is the name of the file in messages.
    ///
    /// # Errors
    /// All mistakes in it, with their lines.
    pub fn parse(text: &[u8], shown: &str, course: &Course, base: &str) -> Result<Roster> {
        // In locales with a decimal comma, spreadsheets separate cells by semicolons.
        let header = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let separator = if header.contains(&b';') && !header.contains(&b',') { b';' } else { b',' };
        let mut table = csv::ReaderBuilder::new();
        table.flexible(true).has_headers(false).trim(csv::Trim::All).delimiter(separator);
        let mut table = table.from_reader(text);
        let mut rows = Vec::new();
        let mut wrong: Vec<String> = Vec::new();
        for row in table.records() {
            match row {
                // Spreadsheets write empty rows.
                Ok(row) if row.iter().all(str::is_empty) => {}
                Ok(row) => rows.push((row.position().map_or(0, csv::Position::line), row)),
                Err(error) => wrong.push(unreadable(&error)),
            }
        }
        let mut rows = rows.into_iter();
        let Some((line, header)) = rows.next() else { bail!("{shown} is empty: the first line must name the columns") };
        let columns = columns(&header, line, course, &mut wrong);
        let (mut learners, mut names) = (Vec::new(), BTreeMap::new());
        for (line, row) in rows {
            if row.len() != header.len() {
                let cells = format!("{} cells, but the header has {}", row.len(), header.len());
                wrong.push(format!("{line}: this row has {cells}"));
                continue;
            }
            let learner = learner(&row, line, (&columns, course), base, &mut wrong);
            // Some file systems are not case-sensitive.
            if let Some(before) = names.insert(learner.name.to_lowercase(), line).filter(|_| !learner.name.is_empty()) {
                wrong.push(format!("{line}: `{}` is already in line {before}", learner.name));
            }
            learners.push(learner);
        }
        if learners.is_empty() && wrong.is_empty() {
            wrong.push(format!("{line}: there are no learners below the header"));
        }
        if !wrong.is_empty() {
            let wrong: Vec<String> = wrong.iter().map(|wrong| plain(&format!("{shown}:{wrong}"))).collect();
            bail!(Lines(format!("the roster cannot be used, and no account was read:\n  {}", wrong.join("\n  "))));
        }
        let (mut accounts, mut ignored) = (Vec::new(), Vec::new());
        for column in columns {
            match column {
                Column::Account(name) => accounts.push(name),
                Column::Other(name) => ignored.push(name),
                Column::Learner | Column::ExternalId | Column::Input(_) => {}
            }
        }
        Ok(Roster { accounts, learners, ignored })
    }
}

/// The meaning of each column.
fn columns(header: &csv::StringRecord, line: u64, course: &Course, wrong: &mut Vec<String>) -> Vec<Column> {
    let mut seen = BTreeSet::new();
    let mut column = |name: &str| {
        // Account names are lower case, but a spreadsheet or its author may have capitalized them.
        let known = name.to_lowercase();
        let column = match known.as_str() {
            "learner" => Column::Learner,
            "external_id" => Column::ExternalId,
            account if course.accounts.contains_key(account) => Column::Account(known.clone()),
            input if input.strip_prefix("input.").is_some_and(|name| course.inputs.contains_key(name)) => {
                Column::Input(input["input.".len()..].to_owned())
            }
            _ => {
                let inputs: Vec<String> = course.inputs.keys().map(|name| format!("input.{name}")).collect();
                let known = course.accounts.keys().chain(&inputs).map(String::as_str);
                if let Some(meant) = misspelt(name, known.chain(["learner", "external_id"])) {
                    wrong.push(format!("{line}: there is no column `{name}`: did you mean `{meant}`?"));
                }
                Column::Other(name.to_owned())
            }
        };
        if !matches!(column, Column::Other(_)) && !seen.insert(known.clone()) {
            wrong.push(format!("{line}: there are two columns `{known}`"));
        }
        column
    };
    let columns: Vec<Column> = header.iter().map(&mut column).collect();
    let has = |of: fn(&Column) -> bool| columns.iter().any(of);
    if !has(|column| matches!(column, Column::Learner)) {
        wrong.push(format!("{line}: there is no column `learner`"));
    }
    if !has(|column| matches!(column, Column::Account(_))) {
        let names: Vec<&str> = course.accounts.keys().map(String::as_str).collect();
        wrong.push(format!(
            "{line}: there is no column for an account; the accounts of the course are {}",
            names.join(", ")
        ));
    }
    columns
}

fn learner(
    row: &csv::StringRecord,
    line: u64,
    (columns, course): (&[Column], &Course),
    base: &str,
    wrong: &mut Vec<String>,
) -> Learner {
    let mut learner = Learner { name: String::new(), roles: BTreeMap::new(), inputs: Given::new() };
    let mut external_id = None;
    for (cell, column) in row.iter().zip(columns) {
        match column {
            Column::Learner => match cell {
                "" => wrong.push(format!("{line}: the learner has no name")),
                name if files::file_name(name).len() > LONGEST => {
                    wrong.push(format!("{line}: this name is too long for a file"));
                }
                name => learner.name = name.to_owned(),
            },
            Column::ExternalId => external_id = (!cell.is_empty()).then(|| cell.to_owned()),
            Column::Account(account) => match bindings::role_arn(cell) {
                Ok(arn) => {
                    let (arn, from) = (arn.to_owned(), base.to_owned());
                    let role = Role { arn, from, external_id: None, mfa_serial: None };
                    learner.roles.insert(account.clone(), role);
                }
                Err(error) => wrong.push(format!("{line}: {account}: {}", error)),
            },
            Column::Input(name) if !cell.is_empty() => match course.inputs[name].check(cell) {
                Ok(()) => drop(learner.inputs.insert(name.clone(), cell.to_owned())),
                Err(why) => wrong.push(format!("{line}: input.{name}: {why}")),
            },
            Column::Input(_) | Column::Other(_) => {}
        }
    }
    for role in learner.roles.values_mut() {
        role.external_id.clone_from(&external_id);
    }
    learner
}

/// The message for a row that is not valid CSV.
fn unreadable(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("{line}: this row is not in UTF-8: save the roster as “CSV UTF-8”")
        }
        _ => error.to_string(),
    }
}

/// The part of a class that one run judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    of: usize,
}

impl Shard {
    /// The whole class.
    pub(crate) const WHOLE: Shard = Shard { number: 1, of: 1 };

    /// Whether the learner in this row, counted from 0, belongs to it.
    pub fn has(self, row: usize) -> bool {
        row % self.of == self.number - 1
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if 1 <= number && number <= of => Ok(Shard { number, of }),
            _ => Err("use the form I/N, such as 1/4 for the first of four shards".to_owned()),
        }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::input::Input;

    fn course() -> Course {
        let accounts = ["general", "production"].map(|name| (name.to_owned(), String::new()));
        Course {
            root: Default::default(),
            title: String::new(),
            params: Default::default(),
            accounts: accounts.into(),
            inputs: Default::default(),
            given: Default::default(),
            tables: Default::default(),
            checks: BTreeMap::new(),
            steps: Vec::new(),
        }
    }

    #[test]
    fn a_column_can_have_the_values_of_an_input() {
        let bucket = Input { label: "Your bucket".into(), pattern: Some("[a-z]+".into()), ..Input::default() };
        let course = Course { inputs: [("bucket".to_owned(), bucket)].into(), ..course() };
        let read = |cell: &str| {
            let role = "arn:aws:iam::111122223333:role/r";
            let text = format!("learner,production,input.bucket\nada,{role},{cell}\nbob,{role},\n");
            Roster::parse(text.as_bytes(), "class.csv", &course, "profile `teacher`")
        };
        let roster = read("cats").unwrap();
        assert_eq!(roster.learners[0].inputs["bucket"], "cats");
        assert!(roster.learners[1].inputs.is_empty());
        let wrong = read("CATS").unwrap_err().to_string();
        assert!(wrong.contains("class.csv:2: input.bucket: This is not a valid value for “Your bucket”"), "{wrong}");
    }

    fn parse(text: &str) -> Result<Roster> {
        Roster::parse(text.as_bytes(), "class.csv", &course(), "profile `teacher`")
    }

    #[test]
    fn a_roster_names_learners_and_their_roles() {
        // The format of spreadsheets: a byte order mark, quotes, and Windows line ends.
        let roster = parse(
            "\u{feff}learner,production,external_id\r\n\
             \"Lovelace, Ada\",arn:aws:iam::111122223333:role/verify,course-7\r\n\
             bob , arn:aws-cn:iam::444455556666:role/a/b,\r\n",
        )
        .unwrap();
        assert_eq!(roster.accounts, ["production"]);
        let [ada, bob] = roster.learners.as_slice() else { panic!("{roster:?}") };
        assert_eq!((ada.name.as_str(), bob.name.as_str()), ("Lovelace, Ada", "bob"));
        assert_eq!(ada.roles["production"].external_id.as_deref(), Some("course-7"));
        assert_eq!(bob.roles["production"].external_id, None);
        assert_eq!(bob.roles["production"].arn, "arn:aws-cn:iam::444455556666:role/a/b");
    }

    #[test]
    fn a_roster_can_have_other_columns_and_separators() {
        let arn = "arn:aws:iam::111122223333:role/verify";
        for (text, ignored) in [
            (format!("LEARNER;Production;External_ID\r\nada;{arn};course-7\r\n;;\r\n"), &[][..]),
            (
                format!("No,Learner,Production,E-mail,external_id\n1,ada,{arn},=x,course-7\n,,,,\n , ,,,\n"),
                &["No", "E-mail"],
            ),
        ] {
            let roster = parse(&text).unwrap();
            assert_eq!(
                (roster.accounts.as_slice(), roster.learners.len()),
                (&["production".to_owned()][..], 1),
                "{text}"
            );
            assert_eq!(roster.learners[0].name, "ada");
            assert_eq!(roster.learners[0].roles["production"].external_id.as_deref(), Some("course-7"));
            assert_eq!(roster.ignored, ignored);
        }
    }

    #[test]
    fn all_mistakes_are_reported_at_once_with_their_lines() {
        let rosters = [
            "",
            "learner,production\n",
            "name,prodution\nada,x\n",
            "learner,learner,production\nada,ada,arn:aws:iam::111122223333:role/r\n",
            "learner,production,general\n\
             ada,arn:aws:iam::111122223333:role/r,arn:aws:iam::1:role/r\n\
             ,arn:aws:iam::111122223333:user/u,\n\
             Ada,arn:aws:iam::111122223333:role/r,arn:aws:iam::444455556666:role/r\n\
             bob,arn:aws:iam::111122223333:role/r\n\
             \"e\u{1b}[2Jve\",=cmd(),arn:aws:iam::444455556666:role/\u{1b}\n",
        ];
        let shown = rosters.map(|roster| format!("{:#}", parse(roster).unwrap_err()));
        let long = format!("learner,production\n{},arn:aws:iam::111122223333:role/r\n", "ä".repeat(60));
        let bytes = b"learner,production\nad\xff,arn:aws:iam::111122223333:role/r\n";
        let coded = Roster::parse(bytes, "class.csv", &course(), "b").unwrap_err();
        insta::assert_snapshot!(format!("{}\n{:#}\n{coded:#}", shown.join("\n"), parse(&long).unwrap_err()));
    }

    #[test]
    fn every_learner_is_in_one_shard() {
        for of in 1..=5 {
            let shards: Vec<Shard> = (1..=of).map(|number| format!("{number}/{of}").parse().unwrap()).collect();
            for row in 0..23 {
                assert_eq!(shards.iter().filter(|shard| shard.has(row)).count(), 1);
            }
        }
        assert!((0..9).all(|row| Shard::WHOLE.has(row)));
        for wrong in ["0/4", "5/4", "1", "1/0", "a/b", "-1/4", "1/4/2", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
