//! How the stock `mdbook` and `verify` treat a book's configuration, and what `mdbook-verify install` adds for the
//! former.

use crate::common::{Keys, Machine, Ran, binary};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

const VARIABLE: &str = "MDBOOK_PREPROCESSOR__VERIFY__PARAMS__BUDGET_AMOUNT";

/// A small course that has not been installed.
fn course(book: &str) -> Machine {
    let machine = Machine::empty();
    machine.write("book.toml", &format!("{book}\n[preprocessor.verify.params]\nbudget_amount = 10\n\n[preprocessor.verify.accounts]\nmain = \"yours\"\n"));
    machine.write("src/SUMMARY.md", "- [One](one.md)\n");
    machine
        .write("src/one.md", "# One\n\nA budget of {{ budget_amount }}.\n\n- [ ] A budget <!-- verify: budget -->\n");
    machine.write(
        "checks/budget.toml",
        "title = \"A budget\"\naccount = \"main\"\n\n[[expect]]\nthat = \"budgets.exists(b, b.amount >= double(budget_amount))\"\nfix = \"Create a budget.\"\n",
    );
    machine
}

fn install(machine: &Machine, arguments: &[&str]) -> (i32, String) {
    let output = machine.command(&binary("mdbook-verify")).arg("install").args(arguments).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

/// The same, with answers from a terminal.
fn install_at_a_terminal(machine: &Machine, pressed: &str) -> (i32, String) {
    machine.in_a_terminal("mdbook-verify", &["install"], &Keys { question: "]", pressed, until: "" })
}

/// The names of a built book's style sheets from this project.
fn style_sheets(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".css") && name.contains("verify")).collect()
}

/// All ways to read and build a book.
fn routes(machine: &Machine) -> Vec<(&'static str, Ran)> {
    let mut ran = vec![("mdbook build", machine.mdbook(&["build"]))];
    for (route, arguments) in [
        ("verify build", &["build"][..]),
        ("verify build --trust-course", &["build", "--trust-course"]),
        ("verify lint", &["lint"]),
        ("verify lint --trust-course", &["lint", "--trust-course"]),
        ("verify status", &["status"]),
        ("verify", &["--practice=fresh"]),
        ("verify serve", &["serve", "--port", "0"]),
        ("verify serve --trust-course", &["serve", "--port", "0", "--trust-course"]),
    ] {
        ran.push((route, machine.verify(arguments)));
    }
    ran
}

#[test]
fn an_installed_style_sheet_is_in_the_book_with_a_hash_and_without() {
    let machine = course("");
    let warned = machine.mdbook(&["build"]);
    assert_eq!(warned.status, 0, "{warned:?}");
    assert_eq!(warned.stderr.matches("mdbook-verify: the book has no style sheet").count(), 1, "{warned:?}");
    let (code, told) = install(&machine, &[]);
    assert_eq!(code, 0, "{told}");
    for (hashed, setting) in [(true, "true"), (false, "false")] {
        let text = machine.read("book.toml");
        machine
            .write("book.toml", &text.replace("[output.html]\n", &format!("[output.html]\nhash-files = {setting}\n")));
        let ran = machine.mdbook(&["build"]);
        assert_eq!((ran.status, ran.stderr.contains("mdbook-verify")), (0, false), "{ran:?}");
        machine.write("book.toml", &text);
        let sheets = style_sheets(&machine.course.join("book"));
        let [sheet] = sheets.as_slice() else { panic!("{sheets:?}") };
        assert_eq!(sheet != "verify.css", hashed);
        assert!(machine.read("book/one.html").contains(&format!("<link rel=\"stylesheet\" href=\"{sheet}\">")));
        assert_eq!(machine.read(&format!("book/{sheet}")), machine.read("verify.css"));
    }
    // `verify` uses its own, unless the book is trusted and has one.
    for arguments in [&["build"][..], &["build", "--trust-course"]] {
        let ran = machine.verify(arguments);
        assert_eq!((ran.status, ran.stderr.contains("style sheet")), (0, false), "{ran:?}");
        let page = machine.read("book/one.html");
        assert_eq!(page.matches("<link rel=\"stylesheet\" href=\"verify-").count(), 1, "{arguments:?}");
        assert!(!page.contains(".verify/"), "{arguments:?}");
        assert_eq!(style_sheets(&machine.course.join("book")).len(), 1, "{arguments:?}");
    }
    fs::remove_file(machine.course.join("verify.css")).unwrap();
    machine.edit("book.toml", "additional-css = [\"verify.css\"]\n", "");
    let ran = machine.verify(&["build", "--trust-course"]);
    assert_eq!((ran.status, ran.stderr.contains("style sheet")), (0, false), "{ran:?}");
    assert!(machine.read("book/one.html").contains("href=\".verify/assets/verify.css\""));
}

#[test]
fn what_install_says_of_other_outputs_is_what_mdbook_does() {
    let machine = course("[output.markdown]\n");
    assert_eq!(machine.mdbook(&["build"]).status, 0);
    assert!(machine.course.join("book/one.md").exists() && !machine.course.join("book/one.html").exists());
    let before = machine.read("book.toml");
    for answer in ["\n", "n\n", "no\n", "\u{4}"] {
        let (code, told) = install_at_a_terminal(&machine, answer);
        assert!(code == 1 && told.contains("[y/N]") && told.contains("Nothing was changed."), "{told}");
        assert!(told.contains("moves the output `markdown` from book/ to book/markdown/"), "{told}");
        assert_eq!(machine.read("book.toml"), before);
        assert!(!machine.course.join("verify.css").exists());
    }
    let (code, told) = install_at_a_terminal(&machine, "y\n");
    assert!(code == 0 && told.contains("Changed:"), "{told}");
    let ran = machine.mdbook(&["build"]);
    assert_eq!((ran.status, ran.stderr.contains("mdbook-verify")), (0, false), "{ran:?}");
    assert!(machine.course.join("book/markdown/one.md").exists() && machine.course.join("book/html/one.html").exists());
}

#[test]
fn at_a_terminal_without_a_book_it_says_what_it_is() {
    let machine = course("");
    let (status, told) = machine.in_a_terminal("mdbook-verify", &[], &Keys { question: "]", pressed: "", until: "" });
    assert!(status == 2 && told.contains("mdBook runs this program"), "{told}");
}

#[test]
fn a_parameter_from_the_environment_is_one_by_both_routes() {
    let mut machine = course("");
    machine.set(VARIABLE, "5");
    for name in ["budget_amount", "budget-amount"] {
        let text = machine.read("book.toml");
        machine.write("book.toml", &text.replace("budget_amount", name));
        let builds: [fn(&Machine) -> Ran; 3] = [
            |machine| machine.mdbook(&["build"]),
            |machine| machine.verify(&["build"]),
            |machine| machine.verify(&["build", "--trust-course"]),
        ];
        for build in builds {
            let ran = build(&machine);
            assert_eq!(ran.status, 0, "{ran:?}");
            assert!(machine.read("book/one.html").contains("A budget of 5."));
            fs::remove_dir_all(machine.course.join("book")).unwrap();
        }
    }
    let ran = machine.verify(&["lint"]);
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn what_the_environment_says_wrongly_names_the_variable_by_every_route() {
    for (variable, value) in [
        (VARIABLE, "five"),
        ("MDBOOK_PREPROCESSOR__VERIFY__PARAMS__BUDGET_AMONT", "5"),
        ("MDBOOK_PREPROCESSOR__VERIFY__RESULTS", "practise"),
        ("MDBOOK_PREPROCESSOR__VERIFY__ACCOUNTS__MIAN", "x"),
    ] {
        let mut machine = course("");
        machine.set(variable, value);
        for (route, ran) in routes(&machine) {
            let told = format!("{}{}", ran.stdout, ran.stderr);
            assert_ne!(ran.status, 0, "{route}: {told}");
            assert!(told.contains(variable) && !told.contains("book.toml:"), "{route}: {told}");
        }
    }
}

#[test]
fn no_route_publishes_the_results() {
    for src in [".", "..", "here"] {
        let machine = course(&format!("[book]\nsrc = \"{src}\"\n"));
        symlink(".", machine.course.join("here")).unwrap();
        machine.write(".verify/results/results.json", "{}");
        machine.write("SUMMARY.md", "- [One](one.md)\n");
        machine.write("one.md", "# One\n");
        fs::copy(machine.course.join("SUMMARY.md"), machine.home.path().join("SUMMARY.md")).unwrap();
        fs::copy(machine.course.join("one.md"), machine.home.path().join("one.md")).unwrap();
        for (route, ran) in routes(&machine) {
            let told = format!("{}{}", ran.stdout, ran.stderr);
            assert_ne!(ran.status, 0, "{src}, {route}: {told}");
            assert!(told.contains("book.toml:2:8") && told.contains("contains .verify/"), "{src}, {route}: {told}");
            assert!(told.contains("move the lessons to their own folder"), "{src}, {route}: {told}");
        }
        assert!(!machine.course.join("book/.verify").exists(), "{src}");
    }
}

#[test]
fn no_route_deletes_the_results() {
    let machine = course("[build]\nbuild-dir = \".verify\"\n");
    machine.write(".verify/results/results.json", "{}");
    for (route, ran) in routes(&machine) {
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(ran.status != 0 && told.contains("a build would delete the results in .verify/"), "{route}: {told}");
    }
    assert_eq!(machine.read(".verify/results/results.json"), "{}");
}

#[test]
fn checks_in_the_wrong_place_are_found_and_named() {
    for (to, said) in [
        ("src/checks", ["this folder of checks is in a wrong place", " --> src/checks\n"]),
        ("../checks", ["this folder of checks is in a wrong place", " --> ../checks\n"]),
        ("gone", ["there is no check `budget`", "there are no checks in checks/ next to book.toml"]),
    ] {
        let machine = course("");
        fs::rename(machine.course.join("checks"), machine.course.join(to)).unwrap();
        for ran in [machine.mdbook(&["build"]), machine.verify(&["build"])] {
            assert_ne!(ran.status, 0, "{ran:?}");
            assert!(said.iter().all(|said| ran.stderr.contains(said)), "{ran:?}");
        }
    }
}
