//! `verify import`, as an instructor runs it.

use crate::common::{Machine, Ran, binary};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

const LESSON: &str = "# Keeping Costs Down\n\nBudget amount: $10.\n\n- [ ] Budget created\n- [x] Billing alerts on\n- [ ] Something else entirely\n";

/// A machine with a lesson next to the course.
fn machine(lesson: &[u8]) -> Machine {
    let machine = Machine::new();
    fs::write(machine.home.path().join("costs.md"), lesson).unwrap();
    machine
}

fn import(machine: &Machine, arguments: &[&str]) -> Ran {
    machine.verify(&[&["import", "../costs.md"], arguments].concat())
}

#[test]
fn a_lesson_becomes_a_chapter_once_the_author_agrees() {
    let machine = machine(LESSON.as_bytes());
    let shown = import(&machine, &[]);
    assert_eq!(shown.status, 2);
    insta::assert_snapshot!(shown.shown());
    assert!(!machine.course.join("src/costs.md").exists(), "nobody agreed");
    let ran = import(&machine, &["--yes"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, shown.stdout.as_str()));
    assert!(machine.read("src/SUMMARY.md").contains("- [Keeping Costs Down](costs.md)\n"));
    assert_eq!(
        machine.read("src/costs.md"),
        "# Keeping Costs Down\n\nBudget amount: ${{ budget_amount }}.\n\n- [ ] Budget created <!-- verify: cost-budget -->\n\
         - [x] Billing alerts on <!-- verify: billing-alerts -->\n- [ ] Something else entirely <!-- verify: ? -->\n"
    );
    let lint = machine.verify(&["lint"]);
    assert_eq!(lint.status, 2);
    assert!(lint.stdout.contains("open-item") && lint.stdout.contains("src/costs.md:7:"), "{}", lint.stdout);
    // The book can still be read, and shows what is open.
    assert_eq!(machine.verify(&["build"]).status, 0);
    let page = machine.read("book/costs.html");
    assert!(page.contains("verify: ?") && page.contains("data-step=\"cost-budget\""));
    let before = (machine.read("src/costs.md"), machine.read("src/SUMMARY.md"));
    let again = import(&machine, &["--yes"]);
    assert_eq!(again.stdout, "This lesson is already in the book: nothing changes.\n");
    assert_eq!((machine.read("src/costs.md"), machine.read("src/SUMMARY.md")), before);
}

#[test]
fn braces_of_other_languages_are_text_in_the_book() {
    let lesson = "# Charts {{ version }}\n\nSet {{ name }} to <b title=\"{{ title }}\">`{{ budget_amoun }}`</b> or \\{{ other }}.\n\n\
                  <p>\n{{ message }}\n</p>\n\n- [ ] Budget created: {{ budget_amount }} <!-- verify: cost-budget -->\n- [ ] MFA\n";
    let machine = machine(lesson.as_bytes());
    assert_eq!(import(&machine, &["--yes"]).status, 0);
    let again = import(&machine, &["--yes"]);
    assert_eq!(again.stdout, "This lesson is already in the book: nothing changes.\n", "{again:?}");
    assert_eq!(machine.verify(&["build"]).status, 0);
    let page = machine.read("book/costs.html");
    for shown in [
        "Set {{ name }} to <b title=\"{{ title }}\"><code>{{ budget_amoun }}</code></b> or {{ other",
        "<p>\n{{ message }}\n</p>",
        "Budget created: 10",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[test]
fn a_lesson_that_lies_among_the_chapters_is_annotated_where_it_is() {
    let machine = Machine::new();
    machine.write(
        "src/more/In src.md",
        "# In src\n\n- [ ] Cost budget created\n- [ ] MFA configured separately and tested\n",
    );
    let in_src = |arguments: &[&str]| machine.verify(&[&["import", "src/more/In src.md", "--yes"], arguments].concat());
    let ran = in_src(&[]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("+- [ ] Cost budget created <!-- verify: cost-budget -->"), "the diff: {}", ran.stdout);
    let annotated = "# In src\n\n- [ ] Cost budget created <!-- verify: cost-budget -->\n- [ ] MFA configured separately and \
                     tested <!-- verify: mfa -->\n";
    assert_eq!(machine.read("src/more/In src.md"), annotated);
    assert!(machine.read("src/SUMMARY.md").contains("- [In src](<more/In src.md>)\n"));
    assert_eq!(machine.verify(&["build"]).status, 0);
    // Again, after the author has removed one directive and changed the other.
    for (of, by) in [("# In", "# In"), (" <!-- verify: mfa -->", ""), ("cost-budget -->", "cost-budget optional-->")] {
        machine.edit("src/more/In src.md", of, by);
        let before = machine.read("src/more/In src.md");
        assert_eq!(in_src(&[]).stdout, "This lesson is already in the book: nothing changes.\n");
        assert_eq!(machine.read("src/more/In src.md"), before);
    }
    assert_eq!(machine.verify(&["import", "src/SUMMARY.md", "--yes"]).status, 2);
}

#[test]
fn a_copy_of_the_lesson_among_the_chapters_is_annotated_once() {
    let machine = machine(LESSON.as_bytes());
    machine.write("src/costs.md", LESSON);
    let ran = import(&machine, &["--yes"]);
    assert!(ran.status == 0 && ran.stdout.contains("2 of 3 steps have a check."), "{ran:?}");
    assert!(machine.read("src/costs.md").contains("<!-- verify: cost-budget -->"));
    // Only the list of chapters is missing. The output does not say that an item was given a check.
    machine.edit("src/SUMMARY.md", "- [Keeping Costs Down](costs.md)\n", "");
    let ran = import(&machine, &["--yes"]);
    assert!(ran.status == 0 && !ran.stdout.contains("a box to tick"), "{ran:?}");
    assert!(machine.read("src/SUMMARY.md").contains("(costs.md)"));
}

#[test]
fn a_book_without_a_summary_gets_one() {
    let machine = machine(LESSON.as_bytes());
    fs::remove_dir_all(machine.course.join("src")).unwrap();
    assert_eq!(import(&machine, &["--yes"]).status, 0);
    assert_eq!(machine.read("src/SUMMARY.md"), "# Summary\n\n- [Keeping Costs Down](costs.md)\n");
    assert_eq!(machine.verify(&["build"]).status, 0);
}

#[test]
fn titles_of_any_kind_become_chapters() {
    let long = "word ".repeat(80);
    let lesson = format!("\u{feff}# Seen\n\n##\n\n- [ ] MFA configured\n\n## {long}\n\ntext\n\n## {long}\n\ntext\n");
    let machine = machine(lesson.as_bytes());
    let ran = import(&machine, &["--yes", "--split", "h2"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let summary = machine.read("src/SUMMARY.md");
    assert!(summary.contains("- [Seen](costs.md)\n  - [costs-part-2](costs-part-2.md)\n"), "{summary}");
    assert!(machine.read("src/costs.md").starts_with("\u{feff}# Seen\n"));
    assert_eq!(machine.verify(&["build"]).status, 0);
    let again = import(&machine, &["--yes", "--split", "h2"]);
    assert!(again.stdout.contains("nothing changes"), "{again:?}");
}

#[test]
fn what_would_stop_the_book_is_named_with_its_line_and_nothing_is_written() {
    let lesson = "# A\n\npara <!-- verify: x -->\n\n## B\n\n- [ ] MFA <!-- verify: mfaa -->\n- [ ] Z <!-- verify: mfa maybe -->\n";
    for arguments in [&["--yes"][..], &["--yes", "--split", "h2"]] {
        let machine = machine(lesson.as_bytes());
        let ran = import(&machine, arguments);
        assert_eq!(ran.status, 2);
        insta::assert_snapshot!("unreadable", ran.stderr);
        assert!(!machine.course.join("src/costs.md").exists());
        assert_eq!(machine.verify(&["lint"]).status, Machine::new().verify(&["lint"]).status);
    }
}

/// Answers the question in a terminal.
fn answered(machine: &Machine, answer: &str) -> String {
    let mut command = machine.command(Path::new("/usr/bin/script"));
    let import = format!("{} import ../costs.md", binary("verify").display());
    command.args(["-qec", &import, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn in_a_terminal_the_author_is_asked_about_each_step() {
    let machine = machine(LESSON.as_bytes());
    for answers in ["q\n", "", "\n\n\nn\n", "a\n\n"] {
        let shown = answered(&machine, answers);
        assert!(shown.contains("Step 1 of 3") && shown.contains("Nothing was written."), "{answers:?}: {shown}");
        assert!(!machine.course.join("src/costs.md").exists());
    }
    // Skip the first, name a check for the second by a misspelt name first, and accept all others.
    let shown = answered(&machine, "s\nmf\nroot-mfa account=general\na\ny\n");
    assert!(shown.contains("There is no check `mf`: did you mean `mfa`?"), "{shown}");
    assert!(shown.contains("Write this (1 chapter, 2 steps)? [y/N]") && shown.contains("Next: verify lint"), "{shown}");
    assert!(machine.read("src/costs.md").ends_with(
        "- [ ] Budget created\n- [x] Billing alerts on <!-- verify: root-mfa account=general -->\n\
         - [ ] Something else entirely <!-- verify: ? -->\n"
    ));
}

#[test]
fn a_title_of_front_matter_is_the_heading_of_a_page_without_one() {
    let lesson = "---\ntitle: \"Costs & {{ budget_amount }} <b>\"\n---\n\n## Budgets\n\n- [ ] Budget created\n";
    let machine = machine(lesson.as_bytes());
    assert_eq!(import(&machine, &["--yes"]).status, 0);
    let chapter = machine.read("src/costs.md");
    assert!(chapter.ends_with("\n\n## Budgets\n\n- [ ] Budget created <!-- verify: cost-budget -->\n"), "{chapter}");
    assert!(!chapter.contains("title:"), "{chapter}");
    assert_eq!(import(&machine, &["--yes"]).stdout, "This lesson is already in the book: nothing changes.\n");
    let shown = import(&machine, &["--name", "again", "--format", "json"]);
    let found: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(found["steps"][0]["line"], 7, "the lesson's own line");
    assert_eq!(machine.verify(&["build"]).status, 0);
    let page = machine.read("book/costs.html");
    assert!(page.contains("Costs &amp; {{ budget_amount }} &lt;b&gt;</a></h1>"), "{page}");
}

/// A lesson without boxes: sections, clicks and clean-up.
const LAB: &str = "---\ntitle: A lab\n---\n\n# Ignored\n\nIntro.\n\n## Step 1: Create the VPC\n\n1. Open the console.\n2. Name: `x`\n\n\
                   ## Clean up\n\n- Delete the VPC\n";

#[test]
fn a_lesson_without_boxes_gets_steps_for_what_it_makes_and_removes() {
    let machine = machine(LAB.as_bytes());
    let shown = import(&machine, &["--format", "json"]);
    assert_eq!(shown.status, 0);
    assert!(!machine.course.join("src/costs.md").exists(), "nobody agreed");
    let found: Value = serde_json::from_str(&shown.stdout).unwrap();
    let steps: Vec<(u64, &str, &str)> = found["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            (step["line"].as_u64().unwrap(), step["text"].as_str().unwrap(), step["reads"][0].as_str().unwrap())
        })
        .collect();
    assert_eq!(steps, [(9, "Create the VPC", "ec2:DescribeVpcs"), (16, "Delete the VPC", "ec2:DescribeVpcs")]);
    assert_eq!(found["steps"][0]["sure"], false);
    assert_eq!(import(&machine, &["--format", "json", "--yes"]).status, 0);
    let chapter = machine.read("src/costs.md");
    assert!(chapter.starts_with("# Ignored\n"), "{chapter}");
    assert!(
        chapter.contains("2. Name: `x`\n\n<!-- verify: ?") && chapter.contains("\"Create the VPC\" -->\n"),
        "{chapter}"
    );
    assert!(chapter.contains("- Delete the VPC <!-- verify: ?"), "{chapter}");
    assert!(machine.read("src/SUMMARY.md").contains("- [A lab](costs.md)\n"));
    assert!(import(&machine, &["--yes"]).stdout.contains("nothing changes"));
    assert_eq!(machine.verify(&["build"]).status, 0);
}

#[test]
fn a_lesson_that_only_explains_gets_no_step_and_its_lines_are_named() {
    let machine = machine(
        b"# Start\n\nIntro.\n\n## Why create a VPC\n\n- **Create a VPC** to be alone.\n- **Create a subnet**.\n",
    );
    let ran = import(&machine, &["--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let said = "No steps found. 2 lines look like outcomes:\n  ../costs.md:7  Create a VPC to be alone\n";
    assert!(ran.stdout.contains(said), "{}", ran.stdout);
    assert!(!machine.read("src/costs.md").contains("verify:"));
}

#[test]
fn a_folder_becomes_chapters_and_no_page_is_lost() {
    let machine = Machine::new();
    let folder = machine.home.path().join("lessons");
    let write = |file: &str, text: &str| {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("README.md", "# Begin\n\n[next](\u{dc}nits/b%20\u{fc}.md#x) ![i](img/x.png) [out](../../etc/passwd)\n");
    write("index.md", "# Index\n\n[up](README.md)\n");
    write("10-ten.md", "# Ten\n");
    write("2-two.md", "# Two\n");
    write("two/_index.md", "+++\ntitle = \"Hugo\"\n+++\n\nText\n");
    write("two/Case.md", "# Case\n\n1. **Create the VPC** `x`\n2. **Delete the VPC** `x`\n");
    write("\u{dc}nits/b \u{fc}.md", "# \u{dc}\n\n[back](../README.md)\n");
    write("img/x.png", "PNG");
    write("SUMMARY.md", "- [Other](other.md)\n");
    let import = |arguments: &[&str]| machine.verify(&[&["import", "../lessons"], arguments].concat());
    assert_eq!(import(&[]).status, 2);
    let ran = import(&["--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(machine.read("src/SUMMARY.md").ends_with(
        "- [Begin](lessons/README.md)\n- [Index](lessons/index-2.md)\n- [Two](lessons/2-two.md)\n- [Ten](lessons/10-ten.md)\n\
         - [Hugo](lessons/two/README.md)\n  - [Case](lessons/two/Case.md)\n- [\u{dc}nits]()\n  - [\u{dc}](lessons/uenits/b-ue.md)\n"
    ));
    assert_eq!(
        machine.read("src/lessons/README.md"),
        "# Begin\n\n[next](uenits/b-ue.md#x) ![i](img/x.png) [out](../../etc/passwd)\n"
    );
    assert_eq!(machine.read("src/lessons/img/x.png"), "PNG");
    for note in ["index.md becomes lessons/index-2.md", "nothing is at ../../etc/passwd (outside of the folder)"] {
        assert!(ran.stdout.contains(note), "{note}: {}", ran.stdout);
    }
    assert_eq!(import(&["--yes"]).stdout, "These lessons are already in the book: nothing changes.\n");
    assert_eq!(machine.verify(&["build"]).status, 0);
    for page in ["index", "index-2", "2-two", "10-ten", "two/index", "two/Case", "uenits/b-ue"] {
        assert!(machine.course.join(format!("book/lessons/{page}.html")).exists(), "{page}");
    }
    fs::write(folder.join("bad.md"), b"# A\n\xff\n").unwrap();
    let bad = import(&["--yes"]);
    assert!(bad.status == 2 && bad.stderr.contains("bad.md is not UTF-8 text: line 2"), "{bad:?}");
}

#[test]
fn what_cannot_be_imported_is_named_and_nothing_is_written() {
    let cases: [(&[u8], &[&str], &str); 6] = [
        (b"# A\n\nfine\n\xff\xfe\n", &[], "costs.md is not UTF-8 text: line 4 has an invalid byte"),
        (LESSON.as_bytes(), &["--name", "reference"], "reference.md exists and differs from this lesson"),
        (LESSON.as_bytes(), &["--name", "SUMMARY"], "cannot be the name of a chapter"),
        (LESSON.as_bytes(), &["--name", "../.."], "cannot be the name of a chapter"),
        (b"## A\n\n[x]\n\n## B\n\n[x]: y.md\n", &["--split", "h2"], "import the lesson without --split"),
        (b"## A\n\n[b](#b)\n\n## B\n", &["--split", "h2"], "line 3 of this lesson links to a place in the lesson"),
    ];
    for (lesson, arguments, why) in cases {
        let machine = machine(lesson);
        let before = machine.read("src/SUMMARY.md");
        let ran = import(&machine, &[arguments, &["--yes"]].concat());
        assert!(ran.status == 2 && ran.stderr.contains(why), "{arguments:?}: {ran:?}");
        assert_eq!(machine.read("src/SUMMARY.md"), before);
        assert!(!machine.course.join("src/costs.md").exists());
    }
    let machine = Machine::new();
    assert!(machine.verify(&["import", "nowhere.md"]).stderr.contains("reading nowhere.md"));
}

#[test]
fn a_hostile_lesson_writes_neither_to_the_terminal_nor_outside_of_the_book() {
    let lesson = "# \u{1b}]0;title\u{7} ](../../x) <!--\n\n- [ ] \u{1b}[31mBudget\u{1b}[0m created -->\r\n";
    let machine = machine(lesson.as_bytes());
    let ran = import(&machine, &["--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stdout.contains('\u{7}'), "{:?}", ran.stdout);
    let summary = machine.read("src/SUMMARY.md");
    assert!(summary.contains("\\](../../x) \\<!--](costs.md)"), "{summary}");
    assert_eq!(machine.verify(&["build"]).status, 0);
}
