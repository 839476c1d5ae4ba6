//! A hostile course reads and writes nothing outside its folder, and none of its files blocks a command.

use crate::common::Machine;
use std::fs::File;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

#[test]
fn nothing_outside_of_its_folder_is_read() {
    let secret = "THE SECRET";
    type Attempt = (&'static str, fn(&Machine));
    let attempts: [Attempt; 15] = [
        ("an include made of an anchor's lines", |machine| {
            let secret = machine.home.path().canonicalize().unwrap().join("secret.md");
            let text = format!("ANCHOR: a\n{{{{#include\nANCHOR: b\n{}}}}}\nANCHOR_END: a\n", secret.display());
            machine.write("src/p.txt", &text);
            machine.edit("src/README.md", "You read", "{{#include p.txt:a}}\n\nYou read");
        }),
        ("an include in a playground's attributes", |machine| {
            let secret = machine.home.path().canonicalize().unwrap().join("secret.md");
            machine.write("src/p.txt", &format!("{}}}}}\n", secret.display()));
            machine.edit("src/README.md", "You read", "{{#playground p.txt {{#include}}\n\nYou read");
        }),
        ("a link outside of the sources, and back", |machine| {
            std::fs::create_dir_all(machine.home.path().join("some/dir")).unwrap();
            symlink(machine.home.path().join("some"), machine.course.join("l")).unwrap();
            machine.edit("src/README.md", "You read", "{{#include ../l/../secret.md}}\n\nYou read");
        }),
        ("an absolute chapter", |machine| {
            let path = machine.home.path().canonicalize().unwrap().join("secret.md");
            machine.edit("src/SUMMARY.md", "(production-account.md)", &format!("({})", path.display()));
        }),
        ("a chapter that is encoded", |machine| {
            machine.edit("src/SUMMARY.md", "(production-account.md)", "(%2e%2e/%2e%2e/secret.md)");
        }),
        ("an include behind one more brace", |machine| {
            machine.edit("src/README.md", "You read", "{{{#include ../../secret.md}}\n\nYou read");
        }),
        ("a folder whose name looks like a part of a file", |machine| {
            std::fs::create_dir(machine.course.join("src/x:")).unwrap();
            machine.edit("src/README.md", "You read", "{{#playground x:/../../../secret.md}}\n\nYou read");
        }),
        ("an include through a link inside the course", |machine| {
            machine.write("deep/a/b/real.md", "{{#include ../../secret.md}}\n");
            symlink("../deep/a/b/real.md", machine.course.join("src/l.md")).unwrap();
            machine.edit("src/README.md", "You read", "{{#include l.md}}\n\nYou read");
        }),
        ("a check that is a link", |machine| {
            symlink(machine.home.path().join("secret.md"), machine.course.join("checks/z.toml")).unwrap();
        }),
        ("an include", |machine| machine.edit("src/README.md", "You read", "{{#include ../../secret.md}}\n\nYou read")),
        ("an include in an include", |machine| {
            machine.write("src/part.md", "{{#include ../../secret.md}}\n");
            machine.edit("src/README.md", "You read", "{{#include part.md}}\n\nYou read");
        }),
        ("an absolute include", |machine| {
            let path = machine.home.path().join("secret.md");
            machine.edit("src/README.md", "You read", &format!("{{{{#include {}}}}}\n\nYou read", path.display()));
        }),
        ("a chapter", |machine| machine.edit("src/SUMMARY.md", "(production-account.md)", "(../../secret.md)")),
        ("a picture that is a symbolic link", |machine| {
            let secret = machine.home.path().join("secret.md");
            symlink(secret, machine.course.join("src/picture.png")).unwrap();
        }),
        ("a symbolic link", |machine| {
            symlink(machine.home.path().join("secret.md"), machine.course.join("src/link.md")).unwrap();
            machine.edit("src/README.md", "You read", "{{#include link.md}}\n\nYou read");
        }),
    ];
    for (name, attempt) in attempts {
        let machine = Machine::new();
        std::fs::write(machine.home.path().join("secret.md"), secret).unwrap();
        attempt(&machine);
        let ran = machine.verify(&["build"]);
        assert!(!format!("{ran:?}").contains(secret), "{name}");
        // An attribute of a playground is an attribute, whatever it contains. Everything else is refused.
        let harmless = name == "an include in a playground's attributes";
        assert_eq!(ran.status, if harmless { 0 } else { 2 }, "{name}: {ran:?}");
        let page = std::fs::read_to_string(machine.course.join("book/index.html")).unwrap_or_default();
        assert!(!page.contains(secret), "{name}");
        assert_eq!(ran.status == 2, page.is_empty(), "{name}: refused, and nothing was built: {ran:?}");
    }
}

#[test]
fn nothing_outside_of_its_folder_is_written() {
    for (key, value) in [
        ("build-dir = \"../elsewhere\"", "build"),
        ("build-dir = \".\"", "build"),
        ("build-dir = \"/tmp/elsewhere\"", "build"),
    ] {
        let machine = Machine::new();
        machine.edit("book.toml", "[build]", &format!("[build]\n{key}"));
        let ran = machine.verify(&[value]);
        assert_eq!(ran.status, 2, "{key}: {ran:?}");
        assert!(machine.course.join("book.toml").exists());
    }
    let machine = Machine::new();
    machine.edit("book.toml", "[book]", "[book]\nsrc = \"..\"");
    assert_eq!(machine.verify(&["build"]).status, 2);
}

#[test]
fn nothing_is_written_through_its_links() {
    for (link, target) in [
        (".verify", "victim"),
        (".verify/assets", "victim"),
        (".verify/results", "victim"),
        (".verify/lock", "victim/thesis.txt"),
        (".verify/assets/verify.css", "victim/thesis.txt"),
        (".verify/.gitignore", "victim/new.txt"),
        (".verify/practice-actions.json", "victim/thesis.txt"),
        (".verify/results/practice.json", "victim/thesis.txt"),
    ] {
        let machine = Machine::new();
        let victim = machine.home.path().canonicalize().unwrap().join("victim");
        std::fs::create_dir(&victim).unwrap();
        std::fs::write(victim.join("thesis.txt"), "years of work").unwrap();
        let link = machine.course.join(link);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(victim.parent().unwrap().join(target), &link).unwrap();
        machine.verify(&["build", "--practice"]);
        machine.verify(&["practice", "do", "account-created"]);
        machine.verify(&["--practice", "account-created"]);
        machine.verify(&["--practice", "confirm", "pdf-invoice"]);
        let kept: Vec<_> = std::fs::read_dir(&victim).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(kept, ["thesis.txt"], "{link:?}");
        assert_eq!(std::fs::read_to_string(victim.join("thesis.txt")).unwrap(), "years of work", "{link:?}");
    }
}

#[test]
fn a_build_takes_the_place_of_nothing_else() {
    let machine = Machine::new();
    let victim = machine.home.path().canonicalize().unwrap().join("victim");
    std::fs::create_dir(&victim).unwrap();
    symlink(&victim, machine.course.join("out")).unwrap();
    for (folder, why) in [
        ("out/autostart", "symbolic link"),
        ("src", "would delete"),
        ("src/../checks", "must be a folder inside"),
        (".git/x", "would delete"),
        ("checks", "would delete"),
    ] {
        machine
            .write("book.toml", &std::fs::read_to_string(crate::common::repository().join("book/book.toml")).unwrap());
        machine.edit("book.toml", "[build]", &format!("[build]\nbuild-dir = \"{folder}\""));
        let ran = machine.verify(&["build"]);
        assert_eq!(ran.status, 2, "{folder}: {ran:?}");
        assert!(ran.stderr.contains(why), "{folder}: {}", ran.stderr);
        assert!(machine.course.join("src/README.md").exists() && std::fs::read_dir(&victim).unwrap().next().is_none());
    }
}

#[test]
fn its_pages_stay_below_the_built_book() {
    let machine = Machine::new();
    machine.write("a/b/src/SUMMARY.md", "# Summary\n\n[y](../../../evil.md)\n");
    machine.write("evil.md", "# evil\n");
    machine.edit("book.toml", "language", "src = \"a/b/src\"\nlanguage");
    let ran = machine.verify(&["build"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains("which is not allowed as the name of a page"), "{}", ran.stderr);
    assert!(!machine.course.join("evil.html").exists() && !machine.home.path().join("evil.html").exists());
}

#[test]
fn files_that_never_end_and_includes_without_end_are_refused() {
    type Attempt = (&'static str, fn(&Machine), &'static str);
    let attempts: [Attempt; 6] = [
        (
            "a summary that is a device",
            |machine| {
                std::fs::remove_file(machine.course.join("src/SUMMARY.md")).unwrap();
                symlink("/dev/zero", machine.course.join("src/SUMMARY.md")).unwrap();
            },
            "is a symbolic link",
        ),
        (
            "a chapter that is a device",
            |machine| machine.edit("src/SUMMARY.md", "(production-account.md)", "(/dev/zero)"),
            "which is not allowed as the name of a page",
        ),
        (
            "a device",
            |machine| symlink("/dev/zero", machine.course.join("checks/z.toml")).unwrap(),
            "is a symbolic link",
        ),
        (
            "a pipe",
            |machine| {
                let pipe = machine.course.join("checks/f.toml");
                assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
            },
            "is not a regular file",
        ),
        (
            "a file that includes itself",
            |machine| {
                machine.write("src/b.md", &"{{#include b.md}}\n".repeat(20));
                machine.edit("src/README.md", "You read", "{{#include b.md}}\n\nYou read");
            },
            "includes more than",
        ),
        ("a huge lesson", |machine| machine.write("src/production-account.md", &"x ".repeat(3 << 20)), "are allowed"),
    ];
    for (name, attempt, why) in attempts {
        let machine = Machine::new();
        attempt(&machine);
        for arguments in [&["build"][..], &["lint"], &["serve", "--practice"], &["--practice", "cost-budget"]] {
            let ran = machine.verify(arguments);
            assert_eq!(ran.status, 2, "{name}: {ran:?}");
            assert!(ran.stderr.contains(why), "{name}: {ran:?}");
        }
    }
}

/// What a course, or another program that writes to its folder, can put in place of a file, with a name for each.
type NoFile = (&'static str, fn(&Path), &'static str);

const NO_FILES: [NoFile; 5] = [
    ("a device", |path| symlink("/dev/zero", path).unwrap(), "it is a symbolic link"),
    ("a pipe", |path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success()), "it is a pipe"),
    ("a socket", |path| drop(UnixListener::bind(path).unwrap()), "it is a socket"),
    ("a folder", |path| std::fs::create_dir(path).unwrap(), "it is a folder"),
    // A sparse file, which takes no space.
    ("a terabyte", |path| File::create(path).unwrap().set_len(1 << 40).unwrap(), "it has more than"),
];

#[test]
fn what_takes_the_place_of_a_file_of_ours_is_named_and_not_waited_for() {
    for (name, put, what) in NO_FILES {
        let machine = Machine::new();
        machine.verify(&["--practice", "cost-budget"]);
        put(&machine.course.join(".verify/practice-actions.json"));
        for arguments in [&["--practice", "cost-budget"][..], &["practice", "do", "cost-budget"], &["lint"]] {
            let ran = machine.verify(arguments);
            let lints = arguments == ["lint"];
            assert_eq!(ran.status, if lints { 0 } else { 2 }, "{name}: {ran:?}");
            let told = ran.stderr.contains(what) && ran.stderr.contains("~/course/.verify/practice-actions.json");
            assert!(told || lints, "{name}: {ran:?}");
        }
        let machine = Machine::done();
        machine.verify(&["--practice", "cost-budget"]);
        let results = machine.course.join(".verify/results/practice.json");
        std::fs::remove_file(&results).unwrap();
        put(&results);
        let ran = machine.verify(&["--practice", "cost-budget"]);
        assert!(ran.status == 0 && ran.stderr.contains(what), "{name}: it is set aside: {ran:?}");
        for file in ["key", "bindings.json"] {
            let machine = Machine::done();
            machine.bind(&[("production", "AKIAEXAMPLE", "s", "")]);
            let path = machine.home.path().join("config").join(file);
            let _ = std::fs::remove_file(&path);
            put(&path);
            let ran = machine.verify(&["cost-budget"]);
            let told = ran.stderr.contains(what) && ran.stderr.contains(&format!("~/config/{file}"));
            assert!(ran.status == 2 && told, "{name}: {ran:?}");
        }
        if name != "a terabyte" {
            let machine = Machine::done();
            machine.write(".verify/notes", "");
            put(&machine.course.join(".verify/lock"));
            let ran = machine.verify(&["--practice", "cost-budget"]);
            let told = ran.stderr.contains(what) && ran.stderr.contains("~/course/.verify/lock");
            assert!(ran.status == 2 && told, "{name}: {ran:?}");
        }
    }
}

#[test]
fn what_takes_the_place_of_a_text_of_the_course_is_named_and_not_waited_for() {
    for (name, put, _) in NO_FILES {
        for file in ["book.toml", "src/SUMMARY.md", "src/README.md", "checks/cost-budget.toml"] {
            let machine = Machine::new();
            std::fs::remove_file(machine.course.join(file)).unwrap();
            put(&machine.course.join(file));
            for arguments in [&["build"][..], &["lint"], &["--practice", "cost-budget"]] {
                let ran = machine.verify(arguments);
                let told = ran.stdout.clone() + &ran.stderr;
                assert!(ran.status == 2 && told.contains(file.rsplit('/').next().unwrap()), "{name}: {ran:?}");
            }
        }
    }
    let machine = Machine::new();
    machine.write("book.toml", &"no TOML ".repeat(1 << 20));
    assert!(machine.verify(&["build"]).stderr.contains("are allowed"), "its size is looked at before what is in it");
    let machine = Machine::new();
    machine.edit("src/SUMMARY.md", "(production-account.md)", "(lesson.txt)");
    File::create(machine.course.join("src/lesson.txt")).unwrap().set_len(1 << 40).unwrap();
    assert!(machine.verify(&["build"]).stderr.contains("are allowed"), "whatever a chapter is called");
}

#[test]
fn what_a_killed_run_has_left_goes_with_the_next_one_and_nothing_else() {
    let mut machine = Machine::done();
    let temporary = machine.home.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    machine.set("TMPDIR", temporary.to_str().unwrap());
    machine.verify(&["--practice", "cost-budget"]);
    let own = machine.course.join(".verify");
    let scratch = |name: &str| {
        let folder = temporary.join(format!("mdbook-verify-scratch-{name}"));
        std::fs::create_dir_all(folder.join("files/pages")).unwrap();
        File::create(folder.join("lock")).unwrap()
    };
    let part = |name: &str| File::create(own.join(format!(".verify-{name}.part"))).unwrap();
    drop([part("left"), scratch("left")]);
    // Another process writes these.
    let used = [part("used"), scratch("used")];
    used.iter().for_each(|file| file.lock().unwrap());
    machine.write(".verify/verify-notes.part", "an author's own");
    assert_eq!(machine.verify(&["--practice", "--build", "cost-budget"]).status, 0);
    let names = |folder: &Path, part: &str| {
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.contains(part)).collect();
        names.sort();
        names
    };
    assert_eq!(names(&own, ".part"), [".verify-used.part", "verify-notes.part"]);
    assert_eq!(names(&temporary, ""), ["mdbook-verify-scratch-used"]);
}

#[test]
fn a_recording_takes_the_place_of_a_file_only() {
    let machine = Machine::done();
    for (name, put, what) in &NO_FILES[..4] {
        let path = machine.course.join("run.json");
        put(&path);
        let ran = machine.verify(&["--practice", "--record", "run.json", "cost-budget"]);
        assert!(ran.status == 2 && ran.stderr.contains(what), "{name}: {ran:?}");
        std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir(&path)).unwrap();
    }
    let ran = machine.verify(&["--practice", "--record", "run.json", "cost-budget"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(machine.verify(&["--replay", "run.json", "cost-budget"]).status, 0);
}
