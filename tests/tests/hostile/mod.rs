//! A hostile course runs nothing, reads and writes nothing outside its folder, and brings neither verdicts nor
//! bindings.

mod files;
mod pages;

use crate::common::Machine;

#[test]
fn its_preprocessors_and_renderers_are_not_run() {
    let machine = Machine::done();
    machine.forget("account-name");
    machine.edit(
        "book.toml",
        "[output.html]",
        "[preprocessor.evil]\ncommand = \"touch pwned\"\n\n[output.evil]\ncommand = \"touch pwned-too\"\n\n[output.html]",
    );
    machine.edit("book.toml", "command = \"mdbook-verify\"", "command = \"touch pwned\"");
    assert_eq!(machine.verify(&["--practice", "--build", "cost-budget"]).status, 0);
    assert!(!machine.course.join("pwned").exists() && !machine.course.join("pwned-too").exists());
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
        let machine = Machine::done();
        machine.forget("account-name");
        let literal = serde_json::to_string(&expression).unwrap();
        machine.write(
            "checks/account-name.toml",
            &format!("title = \"x\"\naccount = \"production\"\n[[expect]]\nthat = {literal}\nfix = \"x\"\n"),
        );
        let ran = machine.verify(&["--practice", "account-name"]);
        let shown: String = expression.chars().take(40).collect();
        assert!((0..=3).contains(&ran.status), "{shown}: {ran:?}");
    }
}

#[test]
fn what_doubles_or_multiplies_ends_as_a_mistake_of_the_course() {
    let machine = Machine::done();
    machine.forget("account-name");
    let mut check = "title = \"x\"\naccount = \"production\"\n[let]\na0 = \"'xxxxxxxxxxxxxxxx'\"\n".to_owned();
    for at in 1..40 {
        check.push_str(&format!("a{at} = \"a{0} + a{0}\"\n", at - 1));
    }
    check.push_str("[[expect]]\nthat = \"a39.size() > 0\"\nfix = \"x\"\n");
    machine.write("checks/account-name.toml", &check);
    let ran = machine.verify(&["--practice", "account-name"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.stdout.contains("is longer than 4096 bytes"), "{}", ran.stdout);
    let nines = ["9"; 200].join(",");
    for that in ["b.map(x, b.map(y, b)).size() > 0", "b.all(x, b.all(y, b.all(z, x + y + z > 0)))"] {
        let sum = ["a"; 10].join(" + ");
        machine.write(
            "checks/account-name.toml",
            &format!("title = \"x\"\naccount = \"production\"\n[let]\na = \"[{nines}]\"\nb = \"{sum}\"\n[[expect]]\nthat = \"{that}\"\nfix = \"x\"\n"),
        );
        let ran = machine.verify(&["--practice", "account-name"]);
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
fn its_preprocessor_order_does_not_avoid_sanitizing() {
    let machine = Machine::new();
    machine.edit(
        "book.toml",
        "command = \"mdbook-verify\"",
        "command = \"mdbook-verify\"\nbefore = [\"links\"]\nrenderers = [\"x\"]",
    );
    machine.write("src/p.txt", "<meta http-equiv=\"refresh\" content=\"0; url=http://evil.example/\">\n");
    machine.edit("src/README.md", "You read", "{{#include p.txt}}\n\nYou read");
    let ran = machine.verify(&["build"]);
    assert!(ran.status == 0 && ran.stderr.contains("<meta> is removed"), "{ran:?}");
    assert!(!machine.read("book/index.html").contains("refresh"));
}
