//! The JSON Schemas of a course's files accept all courses here, and refuse mistakes, as an editor does.

use crate::common::{Machine, boto3_with, repository};
use serde_json::{Value, json};

/// Validates files, and texts as files, and prints what is wrong with each.
const VALIDATE: &str = r#"
import datetime, json, pathlib, sys, tomllib
from jsonschema import Draft7Validator

def plain(value):
    if isinstance(value, dict):
        return {key: plain(value) for key, value in value.items()}
    if isinstance(value, list):
        return [plain(value) for value in value]
    # As editors hand a date over.
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else value

asked = json.load(sys.stdin)
validators = {}
for name, schema in asked["schemas"].items():
    Draft7Validator.check_schema(schema)
    validators[name] = Draft7Validator(schema)
wrong = {}
def validate(shown, schema, text):
    wrong[shown] = [error.message for error in validators[schema].iter_errors(plain(tomllib.loads(text)))]
for course in asked["courses"]:
    course = pathlib.Path(course)
    for pattern, schema in [("book.toml", "course"), ("checks/*.toml", "check"), ("checks/shared/*.toml", "shared"), ("checks/cases/*.toml", "cases")]:
        for path in course.glob(pattern):
            validate(str(path), schema, path.read_text())
for number, (schema, text) in enumerate(asked["texts"]):
    validate(f"text {number}", schema, text)
print(json.dumps(wrong))
"#;

fn validated(courses: &[String], texts: &[(&str, String)]) -> Value {
    let machine = Machine::empty();
    let schema = |name: &str| machine.verify(&["schema", name]).json();
    let schemas: serde_json::Map<String, Value> =
        ["check", "shared", "cases", "course"].into_iter().map(|name| (name.to_owned(), schema(name))).collect();
    let asked = json!({ "schemas": schemas, "courses": courses, "texts": texts });
    boto3_with(&machine, VALIDATE, &[], &asked)
}

#[test]
fn every_file_of_every_course_is_valid() {
    let here = repository();
    let mut courses = vec!["book".to_owned(), "book/starter".to_owned(), "tests/tests/labs/course".to_owned()];
    courses.push("tests/tests/reads/checks/course".to_owned());
    let courses: Vec<String> = courses.iter().map(|course| here.join(course).display().to_string()).collect();
    let found = validated(&courses, &[]);
    let found = found.as_object().unwrap();
    assert!(found.len() > 150, "{} files", found.len());
    for (file, wrong) in found {
        assert_eq!(*wrong, json!([]), "{file}");
    }
}

const CHECK: &str = "title = 'x'\naccount = 'a'\n[[expect]]\nthat = 'true'\nfix = 'x'\n";

#[test]
fn mistakes_are_refused() {
    let case = "[[case]]\ntitle = 'x'\nrecording = 'x.json'\nverdict = 'verified'\n";
    let texts = [
        ("check", CHECK.replace("title", "titel")),
        ("check", CHECK.replace("account = 'a'", "account = 1")),
        ("check", CHECK.replace("that =", "thta =")),
        ("check", CHECK.replace("fix = 'x'", "")),
        ("check", CHECK.replace("fix = 'x'", "fix = [1]")),
        ("check", CHECK.replace("[[expect]]", "[expect]")),
        ("check", "title = 'x'\n".to_owned()),
        ("check", format!("{CHECK}absence = 'unkown'\n")),
        ("check", format!("{CHECK}[read.x]\ncal = 'iam:ListUsers'\n")),
        ("check", format!("{CHECK}[read.x]\ncall = 'iam:ListUsers'\nnone_on = 'x'\n")),
        ("check", format!("{CHECK}[practice]\ndo = [{{ switch = 'x', call = 'y' }}]\n")),
        ("check", format!("{CHECK}[practice]\ndo = [{{ when = 'x' }}]\n")),
        ("check", format!("{CHECK}[[source]]\nfact = 'x'\nreviewed = 2026-11-26\n")),
        ("shared", "title = 'x'\n".to_owned()),
        ("cases", case.replace("verified", "verifed")),
        ("cases", case.replace("recording = 'x.json'\n", "")),
        ("cases", format!("{case}outcomes = ['meet']\n")),
        ("course", "[preprocessor.verify]\nparms = {}\n".to_owned()),
        ("course", "[preprocessor.verify]\nresults = 'practise'\n".to_owned()),
        ("course", "[preprocessor.verify.accounts]\nLab = 'x'\n".to_owned()),
        ("course", "[preprocessor.verify.accounts]\nlab = 1\n".to_owned()),
        ("course", "[preprocessor.verify.params]\nx = [1]\n".to_owned()),
        ("course", "[preprocessor.verify.inputs.x]\nlable = 'x'\n".to_owned()),
    ];
    let found = validated(&[], &texts);
    for (at, (schema, text)) in texts.iter().enumerate() {
        assert_ne!(found[format!("text {at}")], json!([]), "{schema}: {text}");
    }
    let right = [
        ("check", CHECK.to_owned()),
        ("cases", case.to_owned()),
        ("course", "[output.html]\nx = 1\n[preprocessor.links]\n[preprocessor.verify]\nafter = ['links']\n".to_owned()),
    ];
    let found = validated(&[], &right);
    for (at, (schema, text)) in right.iter().enumerate() {
        assert_eq!(found[format!("text {at}")], json!([]), "{schema}: {text}");
    }
}

/// What a schema accepts and what the program reads are the same keys, since both come from the same types. A schema
/// describes each of them.
#[test]
fn every_key_is_described() {
    let machine = Machine::empty();
    for name in ["check", "shared", "cases", "course"] {
        let schema = machine.verify(&["schema", name]).json();
        let mut keys = 0;
        let mut waiting = vec![&schema];
        while let Some(value) = waiting.pop() {
            for (key, property) in value["properties"].as_object().into_iter().flatten() {
                let is_table = ["preprocessor", "verify"].contains(&key.as_str());
                assert!(is_table || property["description"].is_string(), "{name}: {key}");
                keys += 1;
            }
            match value {
                Value::Object(all) => waiting.extend(all.values()),
                Value::Array(all) => waiting.extend(all),
                _ => {}
            }
        }
        assert!(keys > 7, "{name}: {keys}");
    }
}
