//! Shell completions, tested in the shells themselves, and manual pages.

use crate::common::Machine;
use std::path::Path;

/// The output of a shell of this machine for a script; `None` if the shell is not installed.
fn output(machine: &Machine, program: &str, arguments: &[&str]) -> Option<String> {
    let path = Path::new("/usr/bin").join(program);
    if !path.exists() {
        return None;
    }
    let ran = machine.command(&path).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ran.status.success(), "{program}: {}{}", text(&ran.stdout), text(&ran.stderr));
    assert_eq!(text(&ran.stderr), "", "{program}");
    Some(text(&ran.stdout))
}

/// The commands in `verify --help`.
fn commands(machine: &Machine) -> Vec<String> {
    let help = machine.verify(&["--help"]).stdout;
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A long line is continued with more indentation.
    let names = list.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn bash_completes_commands_and_options() {
    let machine = Machine::empty();
    let complete = |words: &[&str]| {
        let last = words.len() - 1;
        let script = format!(
            "set -eu; source <(verify completions bash); complete -p verify >bound; COMP_WORDS=({}) COMP_CWORD={last}; \
             _verify verify {} {}; echo \"${{COMPREPLY[*]}}\"",
            words.join(" "),
            words[last],
            words[last - 1],
        );
        output(&machine, "bash", &["-c", &script]).expect("bash is in /usr/bin")
    };
    assert_eq!(complete(&["verify", "sel"]), "selftest\n");
    assert_eq!(complete(&["verify", "practice", "re"]), "reset\n");
    assert_eq!(complete(&["verify", "build", "--ch"]), "--check\n");
    assert_eq!(complete(&["verify", "completions", "po"]), "powershell\n");
    assert!(machine.read("bound").contains("-F _verify verify"), "bash calls it for `verify`");
}

#[test]
fn the_other_shells_take_their_completions_where_they_are_installed() {
    let machine = Machine::empty();
    if let Some(found) = output(&machine, "fish", &["-c", "verify completions fish | source; complete -C 'verify sel'"])
    {
        assert!(found.starts_with("selftest\t") && found.lines().count() == 1, "{found}");
    }
    let script = "autoload -U compinit; compinit -uD; source <(verify completions zsh); print $_comps[verify]";
    if let Some(found) = output(&machine, "zsh", &["-fc", script]) {
        assert_eq!(found, "_verify\n");
    }
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let script = machine.verify(&["completions", shell]).stdout;
        for command in commands(&machine) {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
    assert_eq!(machine.verify(&["completions", "tcsh"]).status, 2);
}

#[test]
fn every_command_is_in_the_manual_and_has_a_page() {
    let machine = Machine::empty();
    let all = machine.verify(&["man"]).stdout;
    let commands = commands(&machine);
    assert!(commands.iter().any(|name| name == "selftest"), "{commands:?}");
    assert!(all.contains(".SH OPTIONS") && all.contains("Exit status: 0"), "{all}");
    let mut pages = vec![("verify".to_owned(), all.clone())];
    for command in commands.iter().filter(|name| *name != "help") {
        assert!(all.contains(&format!("verify\\-{command}(1)")), "{command}");
        pages.push((format!("verify-{command}"), machine.verify(&["man", command]).stdout));
    }
    pages.push(("verify-practice-do".to_owned(), machine.verify(&["man", "practice", "do"]).stdout));
    for (name, page) in &pages {
        assert!(page.contains(&format!(".TH {name} 1 ")), "{name}: {page}");
        assert!(page.contains(".SH NAME") && page.contains("\\-\\-course"), "{name}: {page}");
        machine.write(name, page);
        let file = machine.course.join(name);
        output(&machine, "mandoc", &["-Tlint", "-Werror", file.to_str().unwrap()]);
        if let Some(shown) = output(&machine, "man", &["-l", "--warnings=w", file.to_str().unwrap()]) {
            assert!(shown.contains("SYNOPSIS"), "{name}: {shown}");
        }
    }
}

#[test]
fn a_page_that_is_not_there_is_answered_with_those_that_are() {
    let machine = Machine::empty();
    let ran = machine.verify(&["man", "practice", "redo"]);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (2, "error: there is no command `verify practice redo`; there are do, undo, reset, help\n")
    );
    let ran = machine.verify(&["man", "serve", "now"]);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (2, "error: there is no command `verify serve now`: `verify serve` has no commands\n")
    );
}
