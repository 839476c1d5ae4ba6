//! Text from a hostile course is only text in its pages, and runs nothing.

use crate::common::Machine;

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
        ("<script>alert(1)</script>", "<script> is removed"),
        ("<img src=x onerror =alert(1)>", "onerror=\"alert(1)\" of <img> is removed"),
        ("# T {onclick=alert(1)}", "onclick=\"alert(1)\" of <h1> is removed"),
        ("[x](java&#115;cript:alert(1))", "href=\"javascript:alert(1)\" of <a> is removed"),
        ("<a href=\"JaVaScRiPt:alert(1)\">x</a>", "href=\"JaVaScRiPt:alert(1)\" of <a> is removed"),
        ("<iframe src=\"https://example.com\"></iframe>", "<iframe> is removed"),
        ("<meta http-equiv=\"refresh\" content=\"0; url=http://evil.example/\">", "<meta> is removed"),
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
    assert!(ran.status == 0 && ran.stderr.contains("src/404.md:3: <script> is removed"), "{ran:?}");
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

/// The script that contains the built book's search index.
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
    assert!(
        lesson.contains("<verify-step id=\"step:cost-budget\" data-step=\"cost-budget\" data-verdict=\"unchecked\">"),
        "{lesson}"
    );
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
fn what_aws_says_cannot_write_to_the_terminal_or_the_page() {
    let machine = Machine::new();
    machine.verify(&["--practice=done", "--record", "run.json"]);
    let text = machine.read("run.json").replace("My Monthly Cost Budget", "<img src=x onerror=alert(1)>\\u001b[2J*x*");
    machine.write("run.json", &text);
    let ran = machine.verify(&["--replay", "run.json", "cost-budget"]);
    assert_eq!(ran.status, 0);
    assert!(ran.stdout.contains("<img") && !ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
}
