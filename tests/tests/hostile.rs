//! A hostile course gets nowhere: it runs nothing, reads nothing outside of its folder, writes nothing elsewhere, and
//! brings neither verdicts nor bindings.

use crate::common::Machine;
use std::fs::File;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

#[test]
fn its_preprocessors_and_renderers_are_not_run() {
    let machine = Machine::new();
    machine.edit(
        "book.toml",
        "[output.html]",
        "[preprocessor.evil]\ncommand = \"touch pwned\"\n\n[output.evil]\ncommand = \"touch pwned-too\"\n\n[output.html]",
    );
    machine.edit("book.toml", "command = \"mdbook-verify\"", "command = \"touch pwned\"");
    assert_eq!(machine.verify(&["--practice=done", "--build", "cost-budget"]).status, 0);
    assert!(!machine.course.join("pwned").exists() && !machine.course.join("pwned-too").exists());
}

#[test]
fn its_scripts_and_theme_are_not_used() {
    let machine = Machine::new();
    machine.write("theme/index.hbs", "EVIL THEME");
    machine.write("theme/head.hbs", "<script>EVIL HEAD</script>");
    machine.write("evil.js", "EVIL JS");
    machine.edit("book.toml", "additional-css", "additional-js = [\"evil.js\"]\nadditional-css");
    assert_eq!(machine.verify(&["build"]).status, 0);
    let page = machine.read("book/index.html");
    assert!(!page.contains("EVIL") && !page.contains("evil"), "{page}");
}

#[test]
fn scripts_in_lessons_are_left_out_and_told_with_their_place() {
    let forms = [
        ("<script>alert(1)</script>", "<script> is left out"),
        ("<img src=x onerror =alert(1)>", "onerror=\"alert(1)\" of <img> is left out"),
        ("# T {onclick=alert(1)}", "onclick=\"alert(1)\" of <h1> is left out"),
        ("[x](java&#115;cript:alert(1))", "href=\"javascript:alert(1)\" of <a> is left out"),
        ("<a href=\"JaVaScRiPt:alert(1)\">x</a>", "href=\"JaVaScRiPt:alert(1)\" of <a> is left out"),
        ("<iframe src=\"https://example.com\"></iframe>", "<iframe> is left out"),
        ("<meta http-equiv=\"refresh\" content=\"0; url=http://evil.example/\">", "<meta> is left out"),
        ("term\n\n:       <svg onload=alert(1)>", "onload"),
    ];
    let machine = Machine::new();
    let lesson = machine.read("src/README.md");
    for (form, told) in forms {
        machine.write("src/README.md", &lesson.replace("You read a lesson", &format!("{form}\n\nYou read a lesson")));
        let ran = machine.verify(&["build"]);
        assert_eq!(ran.status, 0, "{form}: {ran:?}");
        for page in ["book/index.html", "book/print.html"] {
            let (page, shown) = (machine.read(page), form.trim_start_matches("term\n\n:       "));
            assert!(!page.contains(shown) && !page.contains("=\"alert(1)\""), "{form}");
            assert!(page.contains("You read a lesson"), "{form}");
        }
        let is_code = form.starts_with("term");
        assert_eq!(ran.stderr.contains(told), !is_code, "{form}: {}", ran.stderr);
        if !is_code {
            let line = lesson.lines().position(|line| line.contains("You read a lesson")).unwrap() + 1;
            assert!(ran.stderr.contains(&format!("src/README.md:{line}: ")), "{}", ran.stderr);
            assert!(ran.stderr.contains("--trust-course"), "{}", ran.stderr);
        }
        let trusted = machine.verify(&["build", "--trust-course"]);
        assert!(trusted.status == 0 && !trusted.stderr.contains("left out"), "{form}: {trusted:?}");
    }
    let many: String = (0..100).map(|at| format!("<b onclick=x{at}></b>\n")).collect();
    machine.write("src/README.md", &(lesson + &many));
    let told = machine.verify(&["build"]).stderr;
    assert!(told.lines().count() < 30 && told.contains("… and 80 more."), "{told}");
}

#[test]
fn its_page_for_what_is_not_there_brings_no_script_and_takes_none_from_elsewhere() {
    let machine = Machine::new();
    machine.edit("book.toml", "[output.html]", "[output.html]\nsite-url = \"/a/\"");
    machine.write("src/404.md", "# Lost\n\n<script>alert(1)</script>\n");
    let ran = machine.verify(&["build"]);
    assert!(ran.status == 0 && ran.stderr.contains("src/404.md:3: <script> is left out"), "{ran:?}");
    let page = machine.read("book/404.html");
    assert!(page.contains("<base href=\"/a/\">") && page.contains("Lost") && !page.contains("alert(1)"), "{page}");
    for elsewhere in ["https://evil.example/", "//evil.example/", "/\\\\evil.example/", "javascript:alert(1)"] {
        machine.edit("book.toml", "site-url = \"/a/\"", &format!("site-url = \"{elsewhere}\""));
        assert_eq!(machine.verify(&["build"]).status, 0);
        assert!(!machine.course.join("book/404.html").exists(), "{elsewhere}");
        machine.edit("book.toml", &format!("site-url = \"{elsewhere}\""), "site-url = \"/a/\"");
    }
}

#[test]
fn a_lesson_about_scripts_may_show_them_as_code_and_is_found_by_them() {
    let machine = Machine::new();
    machine.edit(
        "src/README.md",
        "You read a lesson",
        "## The `<script>` element & co.\n\n`<script>` and `onerror=x`\n\n```html\n<script></script>\n```\n\nYou read a lesson",
    );
    let ran = machine.verify(&["build"]);
    assert!(ran.status == 0 && !ran.stderr.contains("left out"), "{ran:?}");
    assert!(machine.read("book/index.html").contains("<code>&lt;script&gt;</code> and <code>onerror=x</code>"));
    let index = search_index(&machine);
    assert!(index.contains("The &lt;script&gt; element &amp; co.\""), "{index}");
}

/// The script that the built book's search index is.
fn search_index(machine: &Machine) -> String {
    let built = std::fs::read_dir(machine.course.join("book")).unwrap();
    let mut names = built.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    machine.read(&format!("book/{}", names.find(|name| name.starts_with("searchindex")).unwrap()))
}

#[test]
fn its_chapters_names_and_titles_are_text_wherever_they_stand() {
    let machine = Machine::new();
    let evil = "<img src=x onerror=alert(1)>";
    let name = format!("- [zebra `{evil}`&#10;\\x3cimg'](production-account.md)");
    machine.edit(
        "src/SUMMARY.md",
        "- [Creating and Configuring a Production AWS Account](production-account.md)",
        &name,
    );
    machine.edit("src/production-account.md", "# ", &format!("# `{evil}` "));
    machine.edit("src/README.md", "You read", "<h2 id=\"&quot;><img src=x onerror=alert(2)>\">a</h2> You read");
    let manifest = machine.read("book.toml");
    let manifest =
        manifest.replace("AWS from the ground up", evil).replace("Lessons that check", &format!("{evil} check"));
    machine.write(
        "book.toml",
        &manifest.replace("language = \"en\"", "language = \"en\\\"><img src=x onerror=alert(3)>\""),
    );
    let ran = machine.verify(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    for entry in std::fs::read_dir(machine.course.join("book")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".html") || name.starts_with("toc") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("<img src=x"), "{name}");
            assert_eq!(
                text.lines().filter(|line| line.contains("this.innerHTML = '")).count(),
                usize::from(name.ends_with(".js"))
            );
            let listed = text.lines().find(|line| line.contains("this.innerHTML = '"));
            assert!(listed.is_none_or(|line| line.ends_with("';")), "{name}: {listed:?}");
        }
    }
    let index = search_index(&machine);
    assert!(index.contains("index.html#%22%3E%3Cimg") && !index.contains("#\\\\\"><img"), "{index}");
    let above = index.split("\"breadcrumbs\":\"").skip(1).filter_map(|rest| rest.split("\",\"").next());
    let above: Vec<&str> = above.filter(|names| names.contains("zebra")).collect();
    assert!(!above.is_empty() && above.iter().all(|names| !names.contains('<')), "{above:?}");
}

#[test]
fn it_cannot_write_a_widget_or_call_a_thing_as_the_pages_scripts_do() {
    let machine = Machine::new();
    machine.edit(
        "src/README.md",
        "You read",
        "<verify-step data-step=\"cost-budget\" data-verdict=\"verified\"><span class=\"verify-status big\">✓ Verified</span>\
         </verify-step>\n<p id=\"mdbook-sidebar\" class=\"nav-chapters next\">p</p><p id=\"fa-copy\">q</p>\n\nYou read",
    );
    let ran = machine.verify(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let page = machine.read("book/index.html");
    assert!(
        page.contains("<span class=\"big\">✓ Verified</span>") && page.contains("<p class=\"next\">p</p>\n<p>q</p>"),
        "{page}"
    );
    assert!(!page.contains("data-verdict=\"verified\""), "{page}");
    let lesson = machine.read("book/production-account.html");
    assert!(lesson.contains("<verify-step data-step=\"cost-budget\" data-verdict=\"unchecked\">"), "{lesson}");
}

#[test]
fn a_chapter_in_the_place_of_one_of_mdbooks_pages_is_looked_at_too() {
    for name in ["toc.md", "404.md"] {
        let machine = Machine::new();
        machine.write(&format!("src/{name}"), "# T\n\n<img src=x onerror=evil()>\n");
        machine.edit("src/SUMMARY.md", "# Summary", &format!("# Summary\n\n[T]({name})"));
        let ran = machine.verify(&["build"]);
        assert!(ran.status == 0 && ran.stderr.contains(&format!("src/{name}:3: onerror")), "{name}: {ran:?}");
        for entry in std::fs::read_dir(machine.course.join("book")).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read(&path).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&text).contains("evil"), "{name}: {}", path.display());
        }
    }
}

#[test]
fn its_files_replace_none_of_mdbooks_and_hold_no_pages_or_scripts() {
    let machine = Machine::new();
    machine.verify(&["build"]);
    let before = std::fs::read_dir(machine.course.join("book")).unwrap();
    let scripts: Vec<String> = before.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mut refused = vec!["files/page.html", "files/a.svg", ".htaccess", "css/general.css", "index.html"];
    refused.extend(scripts.iter().map(String::as_str).filter(|name| name.ends_with(".js")));
    for name in &refused {
        machine.write(&format!("src/{name}"), "<svg onload=\"evil()\"/><script>evil()</script>");
    }
    machine.write("src/files/template.yaml", "Resources: {}");
    let ran = machine.verify(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    for name in refused {
        let kept = std::fs::read_to_string(machine.course.join("book").join(name)).unwrap_or_default();
        assert!(!kept.contains("evil"), "{name}");
        assert!(ran.stderr.contains(&format!("src/{name}: ")), "{name}: {}", ran.stderr);
    }
    assert_eq!(machine.read("book/files/template.yaml"), "Resources: {}");
}

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
        // An attribute of a playground is one, whatever stands in it; everything else is refused.
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
fn its_expressions_cannot_crash_or_hang_the_program() {
    let deep = "(".repeat(900) + &")".repeat(900);
    let quoted = format!("'{}' == ''", "(".repeat(300));
    let unclosed = format!("'\\z{}", "(".repeat(900));
    let raw = format!("r'\\' + {}1{}", "(".repeat(300), ")".repeat(300));
    let triple = format!("'''a'b'''{}", "(".repeat(300));
    let not = "!".repeat(2000) + "true";
    let minus = "-".repeat(2000) + "1 == 1";
    let ternary = "true ? true : ".repeat(140) + "true";
    let list = format!("[{}]", vec!["1"; 300].join(","));
    let slow = format!("{list}.all(a, {list}.all(b, {list}.all(c, a + b + c > 0)))");
    let nested = "[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))";
    let attempts = [
        &deep,
        &quoted,
        &unclosed,
        &raw,
        &triple,
        &not,
        &minus,
        &ternary,
        &slow,
        nested,
        "'\u{0}' == ''",
        "x.".repeat(900).as_str(),
    ]
    .map(str::to_owned);
    for expression in attempts {
        let machine = Machine::new();
        let literal = serde_json::to_string(&expression).unwrap();
        machine.write(
            "checks/account-name.toml",
            &format!("title = \"x\"\naccount = \"production\"\n[[expect]]\nthat = {literal}\nfix = \"x\"\n"),
        );
        let ran = machine.verify(&["--practice=done", "account-name"]);
        let shown: String = expression.chars().take(40).collect();
        assert!((0..=3).contains(&ran.status), "{shown}: {ran:?}");
    }
}

#[test]
fn what_doubles_or_multiplies_ends_as_a_mistake_of_the_course() {
    let machine = Machine::new();
    let mut check = "title = \"x\"\naccount = \"production\"\n[let]\na0 = \"'xxxxxxxxxxxxxxxx'\"\n".to_owned();
    for at in 1..40 {
        check.push_str(&format!("a{at} = \"a{0} + a{0}\"\n", at - 1));
    }
    check.push_str("[[expect]]\nthat = \"a39.size() > 0\"\nfix = \"x\"\n");
    machine.write("checks/account-name.toml", &check);
    let ran = machine.verify(&["--practice=done", "account-name"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.stdout.contains("comes to more than 4096 bytes"), "{}", ran.stdout);
    let nines = ["9"; 200].join(",");
    for that in ["b.map(x, b.map(y, b)).size() > 0", "b.all(x, b.all(y, b.all(z, x + y + z > 0)))"] {
        let sum = ["a"; 10].join(" + ");
        machine.write(
            "checks/account-name.toml",
            &format!("title = \"x\"\naccount = \"production\"\n[let]\na = \"[{nines}]\"\nb = \"{sum}\"\n[[expect]]\nthat = \"{that}\"\nfix = \"x\"\n"),
        );
        let ran = machine.verify(&["--practice=done", "account-name"]);
        assert_eq!(ran.status, 3, "{ran:?}");
        assert!(ran.stdout.contains("too many steps"), "{}", ran.stdout);
    }
}

#[test]
fn it_cannot_bring_verdicts_or_bindings() {
    let machine = Machine::new();
    let forged = serde_json::json!({
        "version": 1, "practice": false, "written": "", "by": "", "accounts": {}, "confirmations": [], "seen": [],
        "seal": "00000000000000000000000000000000",
        "steps": { "cost-budget": { "verdict": "verified", "checked": "2026-01-01T00:00:00Z", "by": "0", "check_hash": "" } },
    });
    machine.write(".verify/results/results.json", &forged.to_string());
    machine.write(".verify/bindings.json", "{\"production\": {\"profile\": \"evil\"}}");
    machine.write("bindings.json", "{\"production\": {\"profile\": \"evil\"}}");
    assert_eq!(machine.verify(&["status"]).status, 2);
    machine.verify(&["build"]);
    assert!(!machine.read("book/production-account.html").contains("data-verdict=\"verified\""));
    let ran = machine.verify(&["account-name"]);
    assert!(ran.stderr.contains("no AWS account is bound"), "{}", ran.stderr);
}

#[test]
fn what_aws_says_cannot_write_to_the_terminal_or_the_page() {
    let machine = Machine::new();
    machine.verify(&["--practice=done", "--record", "run.json"]);
    let text = machine.read("run.json").replace("My Monthly Cost Budget", "<img src=x onerror=alert(1)>\\u001b[2J*x*");
    machine.write("run.json", &text);
    let ran = machine.verify(&["--replay", "run.json", "cost-budget"]);
    assert_eq!(ran.status, 0);
    assert!(ran.stdout.contains("<img") && !ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
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
        machine.verify(&["--practice", "attest", "pdf-invoice"]);
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
fn when_it_is_looked_at_is_not_its_to_say() {
    let machine = Machine::new();
    machine.edit(
        "book.toml",
        "command = \"mdbook-verify\"",
        "command = \"mdbook-verify\"\nbefore = [\"links\"]\nrenderers = [\"x\"]",
    );
    machine.write("src/p.txt", "<meta http-equiv=\"refresh\" content=\"0; url=http://evil.example/\">\n");
    machine.edit("src/README.md", "You read", "{{#include p.txt}}\n\nYou read");
    let ran = machine.verify(&["build"]);
    assert!(ran.status == 0 && ran.stderr.contains("<meta> is left out"), "{ran:?}");
    assert!(!machine.read("book/index.html").contains("refresh"));
}

#[test]
fn its_pages_stay_below_the_built_book() {
    let machine = Machine::new();
    machine.write("a/b/src/SUMMARY.md", "# Summary\n\n[y](../../../evil.md)\n");
    machine.write("evil.md", "# evil\n");
    machine.edit("book.toml", "language", "src = \"a/b/src\"\nlanguage");
    let ran = machine.verify(&["build"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains("which no page may be called"), "{}", ran.stderr);
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
            "which no page may be called",
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
            "is no ordinary file",
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

/// What a course, or whoever writes to its folder, can put in the place of a file, and how that is called.
type NoFile = (&'static str, fn(&Path), &'static str);

const NO_FILES: [NoFile; 5] = [
    ("a device", |path| symlink("/dev/zero", path).unwrap(), "it is a symbolic link"),
    ("a pipe", |path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success()), "it is a pipe"),
    ("a socket", |path| drop(UnixListener::bind(path).unwrap()), "it is a socket"),
    ("a folder", |path| std::fs::create_dir(path).unwrap(), "it is a folder"),
    // Without taking any room.
    ("a terabyte", |path| File::create(path).unwrap().set_len(1 << 40).unwrap(), "it has more than"),
];

#[test]
fn what_takes_the_place_of_a_file_of_ours_is_named_and_not_waited_for() {
    for (name, put, what) in NO_FILES {
        let machine = Machine::new();
        machine.verify(&["--practice=done", "cost-budget"]);
        put(&machine.course.join(".verify/practice-actions.json"));
        for arguments in [&["--practice", "cost-budget"][..], &["practice", "do", "cost-budget"], &["lint"]] {
            let ran = machine.verify(arguments);
            let lints = arguments == ["lint"];
            assert_eq!(ran.status, if lints { 0 } else { 2 }, "{name}: {ran:?}");
            let told = ran.stderr.contains(what) && ran.stderr.contains("~/course/.verify/practice-actions.json");
            assert!(told || lints, "{name}: {ran:?}");
        }
        let machine = Machine::new();
        machine.verify(&["--practice=done", "cost-budget"]);
        let results = machine.course.join(".verify/results/practice.json");
        std::fs::remove_file(&results).unwrap();
        put(&results);
        let ran = machine.verify(&["--practice=done", "cost-budget"]);
        assert!(ran.status == 0 && ran.stderr.contains(what), "{name}: it is set aside: {ran:?}");
        for file in ["key", "bindings.json"] {
            let machine = Machine::new();
            machine.bind(&[("production", "AKIAEXAMPLE", "s", "")]);
            let path = machine.home.path().join("config").join(file);
            let _ = std::fs::remove_file(&path);
            put(&path);
            let ran = machine.verify(&["cost-budget"]);
            let told = ran.stderr.contains(what) && ran.stderr.contains(&format!("~/config/{file}"));
            assert!(ran.status == 2 && told, "{name}: {ran:?}");
        }
        if name != "a terabyte" {
            let machine = Machine::new();
            machine.write(".verify/notes", "");
            put(&machine.course.join(".verify/lock"));
            let ran = machine.verify(&["--practice=done", "cost-budget"]);
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
    let mut machine = Machine::new();
    let temporary = machine.home.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    machine.set("TMPDIR", temporary.to_str().unwrap());
    machine.verify(&["--practice=done", "cost-budget"]);
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
    assert_eq!(machine.verify(&["--practice=done", "--build", "cost-budget"]).status, 0);
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
    let machine = Machine::new();
    for (name, put, what) in &NO_FILES[..4] {
        let path = machine.course.join("run.json");
        put(&path);
        let ran = machine.verify(&["--practice=done", "--record", "run.json", "cost-budget"]);
        assert!(ran.status == 2 && ran.stderr.contains(what), "{name}: {ran:?}");
        std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir(&path)).unwrap();
    }
    let ran = machine.verify(&["--practice=done", "--record", "run.json", "cost-budget"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(machine.verify(&["--replay", "run.json", "cost-budget"]).status, 0);
}
