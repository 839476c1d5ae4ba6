//! The output of `verify lint` and `verify` for many, long and included mistakes.

use crate::common::Machine;

/// A machine whose course has this chapter.
fn with_chapter(text: &str) -> Machine {
    let machine = Machine::new();
    machine.edit("src/SUMMARY.md", "# Summary\n", "# Summary\n\n[Wrong](wrong.md)\n");
    machine.write("src/wrong.md", text);
    machine
}

#[test]
fn many_mistakes_are_summed_up_for_a_person_and_listed_for_programs() {
    let wrong: String = (0..3000).map(|at| format!("- [ ] x <!-- verify: nope-{at} -->\n")).collect();
    let machine = with_chapter(&wrong);
    let shown = machine.verify(&["lint"]).stdout;
    assert!(shown.lines().count() < 200, "{shown}");
    assert!(shown.contains("\n… and 2,980 more of this kind\n"), "{shown}");
    assert!(shown.contains("\n3,000 errors"), "{shown}");
    let listed = machine.verify(&["lint", "--format", "json"]).json();
    assert_eq!(listed.as_array().unwrap().iter().filter(|found| found["level"] == "error").count(), 3000);
    let annotated = machine.verify(&["lint", "--format", "github"]).stdout;
    assert_eq!(annotated.matches("::error ").count(), 3000);
    for command in [&["status"][..], &["build"]] {
        let stopped = machine.verify(command).stderr;
        assert!(stopped.lines().count() < 200 && stopped.contains("3,000 errors in the course"), "{stopped}");
    }
}

#[test]
fn a_long_line_is_cut_in_every_format() {
    let long = "wort ".repeat(400_000);
    let machine = with_chapter(&format!("- [ ] {long}<!-- verify: nope -->\n\n- [ ] x <!-- verify: {long}-->\n"));
    for arguments in [&["lint"][..], &["lint", "--format", "json"], &["lint", "--format", "github"], &["build"]] {
        let ran = machine.verify(arguments);
        let longest = [&ran.stdout, &ran.stderr].into_iter().flat_map(|text| text.lines()).map(str::len).max();
        assert!(longest.unwrap() < 4000, "{arguments:?}: {longest:?}");
    }
    let listed = machine.verify(&["lint", "--format", "json"]).json();
    let found =
        &listed.as_array().unwrap().iter().find(|found| found["message"] == "there is no check `nope`").unwrap();
    assert_eq!(found["column"], 7 + long.len() + "<!-- verify: ".len());
    let text = found["text"].as_str().unwrap();
    assert!(text.starts_with('…') && text.ends_with("<!-- verify: nope -->") && text.chars().count() == 101, "{text}");
}

#[test]
fn an_included_file_of_a_trusted_course_has_its_own_name() {
    let machine = with_chapter("{{#include ../../shared/part.md:2:}}\n");
    let part = "- [ ] x <!-- verify: nope -->\n- [ ] x <!-- verify: nope -->\n";
    let folder = machine.course.parent().unwrap().join("shared");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("part.md"), part).unwrap();
    let shown = machine.verify(&["lint", "--trust-course"]).stdout;
    assert!(shown.contains(" --> ../shared/part.md:2:22\n"), "{shown}");
    let listed = machine.verify(&["lint", "--trust-course", "--format", "json"]).json();
    let found =
        listed.as_array().unwrap().iter().find(|found| found["line"] == 2 && found["level"] == "error").unwrap();
    assert!(found["file"].as_str().unwrap().ends_with("~/shared/part.md"), "{found}");
    // Without trust, it is not read.
    let refused = machine.verify(&["lint"]);
    assert!(refused.status == 2 && refused.stderr.contains("outside the course"), "{refused:?}");
}
