//! `verify report`: a class from any files.

use crate::common::Machine;
use std::fs;

/// A learner's results, as `verify --format json` prints them. They come from the practice accounts and are edited to
/// look like those of real accounts. The report warns that anybody can edit a file like this.
fn results(start: &str, steps: &[&str]) -> String {
    let machine = if start == "--practice" { Machine::done() } else { Machine::new() };
    let printed = machine.verify(&[&[start, "--format", "json"], steps].concat()).stdout;
    printed.replacen("\"practice\": true", "\"practice\": false", 1)
}

/// A machine with a folder of files that are results, and of some that are none.
fn machine() -> Machine {
    let machine = Machine::new();
    let done = results("--practice", &[]);
    machine.write("class/bob.json", &results("--practice=fresh", &[]));
    machine.write("class/Ada%20Lovelace.json", &done);
    machine.write("class/%3Dcmd()%7C%3Cscript%3E%1B%5B2J%0A.json", &results("--practice=fresh", &["cost-budget"]));
    machine.write("class/notes.txt", "no results");
    machine.write("other/bob.json", &done);
    machine.write("other/damaged.json", "{\n  \"version\": 1,\n  \"steps\": {\"org");
    machine.write("other/newer.json", &done.replacen("\"version\": 3", "\"version\": 7", 1));
    machine.write("other/practice.json", &done.replacen("\"practice\": false", "\"practice\": true", 1));
    machine.write("other/strange.json", "{\"a\": 1}");
    machine
}

#[test]
fn a_class_is_told_from_its_files() {
    let machine = machine();
    let ran = machine.verify(&["report", "class"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert!(!ran.stdout.chars().any(|c| c.is_control() && c != '\n'));
    for told in ["3 learners", "Learners are stuck most often at “", "A results file is not proof"] {
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
    let names: Vec<&str> = ran.stdout.lines().filter(|line| line.contains(" learner")).collect();
    assert!(names.iter().any(|line| line.starts_with("Ada Lovelace ")), "{names:?}");
    for (format, marks) in [
        ("csv", &["learner,Ada Lovelace,,learner,", "learner,'=cmd()|<script>\\u{1b}[2J "][..]),
        ("markdown", &["| Ada Lovelace |", "| &#61;cmd()&#124;&#60;script&#62;"]),
        ("html", &["<th scope=\"row\">Ada Lovelace</th>", "&#60;script&#62;", "Content-Security-Policy"]),
        ("json", &["\"name\": \"Ada Lovelace\"", "\"name\": \"=cmd()|<script>\\u001b[2J\\n\""]),
    ] {
        let ran = machine.verify(&["report", "class", "--format", format]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran:?}");
        for mark in marks {
            assert!(ran.stdout.contains(mark), "{format}, {mark}: {}", ran.stdout);
        }
        assert!(format == "json" || format == "csv" || !ran.stdout.contains("<script"), "{format}");
    }
    for format in ["junit", "github"] {
        assert_eq!(machine.verify(&["report", "class", "--format", format]).status, 2);
    }
}

#[test]
fn what_cannot_be_counted_is_named_and_left_out() {
    let machine = machine();
    // Sparse: nobody's disk is filled.
    fs::File::create(machine.course.join("other/large.json")).unwrap().set_len(17 << 20).unwrap();
    let ran = machine.verify(&["report", "class", "other", "missing.json"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stdout.contains("4 learners"), "{}", ran.stdout);
    insta::assert_snapshot!("left_out", ran.stderr);
    let json = machine.verify(&["report", "class", "other", "--format", "json"]);
    assert_eq!(json.json()["notices"].as_array().unwrap().len(), ran.stderr.lines().count() - 1, "{json:?}");
    let nothing = machine.verify(&["report", "other/practice.json"]);
    assert_eq!((nothing.status, nothing.stdout.as_str()), (2, ""), "{nothing:?}");
    assert!(nothing.stderr.contains("there are no results to count in these files"), "{}", nothing.stderr);
    // Practice is counted apart, and says so.
    let practice = machine.verify(&["report", "other/practice.json", "--practice"]);
    assert_eq!(practice.status, 0, "{practice:?}");
    assert!(practice.stdout.contains("1 learner (practice accounts: nothing here is real)"), "{}", practice.stdout);
}

#[cfg(unix)]
#[test]
fn a_file_that_never_ends_is_not_read() {
    let machine = machine();
    std::os::unix::fs::symlink("/dev/zero", machine.course.join("class/zero.json")).unwrap();
    let ran = machine.verify(&["report", "class"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("class/zero.json is left out: it cannot be read: it is a device"), "{}", ran.stderr);
}

#[test]
fn attempts_are_counted_up_to_the_first_time_that_a_step_is_done() {
    let machine = Machine::new();
    let judge = || {
        let results = machine.verify(&["--practice", "cost-budget", "--format", "json"]).json();
        results["steps"]["cost-budget"].clone()
    };
    machine.verify(&["practice", "do", "account-created"]);
    let first = judge();
    assert_eq!((&first["attempts"], &first["first_checked"]), (&1.into(), &first["checked"]));
    assert_eq!(judge()["attempts"], 2);
    // Whole-course runs are no attempts.
    machine.verify(&["--practice"]);
    machine.practise(true);
    let done = judge();
    assert_eq!((&done["attempts"], &done["verdict"]), (&3.into(), &"verified".into()));
    assert_eq!(done["first_checked"], first["checked"]);
    // Neither does looking again count, nor losing it and doing it again.
    for everything in [true, false, true] {
        machine.practise(everything);
        assert_eq!(judge()["attempts"], 3);
    }
    // Another question is asked from the beginning.
    machine.edit("book.toml", "alert_threshold = 50", "alert_threshold = 40");
    assert_eq!(judge()["attempts"], 1);
}
