//! `verify selftest`: shows an author whether a check distinguishes done from not done.

use crate::common::Machine;

#[test]
fn every_check_of_this_course_is_proved() {
    let ran = Machine::whole().verify(&["selftest"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn a_check_that_is_too_easy_is_found_out() {
    let machine = Machine::new();
    machine.write(
        "checks/cost-budget.toml",
        "title = \"x\"\naccount = \"production\"\n[[expect]]\ntitle = \"A budget\"\nthat = \"true || budgets.size() > 0\"\nfix = \"x\"\n\n[practice]\nneeds = [\"account-created\"]\n",
    );
    std::fs::remove_file(machine.course.join("checks/cases/cost-budget.toml")).unwrap();
    let ran = machine.verify(&["selftest", "cost-budget"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    for problem in [
        "before its action, it is already verified",
        "the action of another step",
        "denied, it is verified, but must be unknown",
        "0 of 1 checks are proved.",
    ] {
        let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(problem), "{problem}: {}", ran.stdout);
    }
    let json = machine.verify(&["selftest", "cost-budget", "--format", "json"]).json();
    assert_eq!(json[0]["practice"]["before"], "verified", "{json}");
}

#[test]
fn a_check_without_a_practice_action_is_proved_by_cases() {
    let machine = Machine::new();
    machine.write(
        "checks/no-keys.toml",
        "title = \"x\"\naccount = \"production\"\nallow = [\"empty-account\"]\n[[expect]]\ntitle = \"Root has no access key\"\nthat = \"!root.access_keys\"\nfix = \"Delete it.\"\n",
    );
    let ran = machine.verify(&["selftest", "no-keys"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("no practice action") && ran.stdout.contains("write a case"), "{}", ran.stdout);
    let case = |title: &str, verdict: &str, keys: bool| {
        format!(
            "[[case]]\ntitle = \"{title}\"\nrecording = \"done.json\"\nverdict = \"{verdict}\"\n[case.set]\n\"production/root/access_keys\" = {keys}\n\n"
        )
    };
    machine.write("checks/cases/no-keys.toml", &(case("none", "verified", false) + &case("one", "not-yet", true)));
    let ran = machine.verify(&["selftest", "no-keys"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("2 of 2"), "{}", ran.stdout);
    // A recording with only what the check needs.
    machine.verify(&["--practice=done", "root-mfa", "--record", "checks/cases/mine.json"]);
    machine.edit("checks/cases/no-keys.toml", "recording = \"done.json\"", "recording = \"mine.json\"");
    assert_eq!(machine.verify(&["selftest", "no-keys"]).status, 0);
    machine.edit("checks/cases/no-keys.toml", "verdict = \"not-yet\"", "verdict = \"verified\"");
    let ran = machine.verify(&["selftest", "no-keys"]);
    assert!(ran.stdout.contains("the case “one”: it is not-yet, but verified was expected"), "{}", ran.stdout);
}

#[test]
fn what_could_not_be_read_proves_nothing() {
    let machine = Machine::new();
    machine.write(
        "checks/no-keys.toml",
        "title = \"x\"\naccount = \"production\"\n[[expect]]\ntitle = \"Keys or none\"\nthat = \"root.access_keys || !root.access_keys\"\nfix = \"x\"\n",
    );
    let case = |title: &str, verdict: &str, more: &str| {
        format!("[[case]]\ntitle = \"{title}\"\nrecording = \"done.json\"\nverdict = \"{verdict}\"\n{more}\n")
    };
    let unread = case("unread", "unknown", "unset = [\"production/root\"]");
    machine.write("checks/cases/no-keys.toml", &(case("none", "verified", "") + &unread));
    let ran = machine.verify(&["selftest", "no-keys"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("a case in which what was read shows that it is not"), "{}", ran.stdout);
}

#[test]
fn a_course_with_other_figures_and_names_is_proved_all_the_same() {
    let machine = Machine::new();
    for (from, to) in [
        ("budget_amount = 10", "budget_amount = 12.5"),
        ("alert_threshold = 50", "alert_threshold = 80"),
        ("account_suffix = \"-production\"", "account_suffix = \"-prod\""),
        ("shared_bucket_suffix = \"-shared\"", "shared_bucket_suffix = \"-team\""),
        ("strict_budget = false", "strict_budget = true"),
    ] {
        machine.edit("book.toml", from, to);
    }
    let ran = machine.verify(&["selftest"]);
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    for step in ["account-name", "shared-bucket", "cost-budget"] {
        assert_eq!(machine.verify(&["practice", "do", step]).status, 0, "{step}");
        let judged = machine.verify(&["--practice", step]);
        assert_eq!(judged.status, 0, "{}", judged.stdout);
    }
    assert!(machine.verify(&["--practice", "cost-budget"]).stdout.contains("12.5 USD"));
}

#[test]
fn a_lessons_own_parameters_are_tried_too() {
    let machine = Machine::new();
    machine.write(
        "src/more.md",
        "# More\n\n- A large budget <!-- verify: cost-budget budget_amount=99 strict_budget=true -->\n",
    );
    machine.edit("src/SUMMARY.md", "- [Writing", "- [More](more.md)\n- [Writing");
    let ran = machine.verify(&["selftest", "cost-budget"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("✓ cost-budget,budget_amount=99,strict_budget=true"), "{}", ran.stdout);
    // It is wrong only with these figures.
    let (right, wrong) = ("counts(b))\"\nmet", "counts(b)) && budget_amount < 50\"\nmet");
    machine.edit("checks/cost-budget.toml", right, wrong);
    let ran = machine.verify(&["selftest", "cost-budget"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stdout.contains("✗ cost-budget,budget_amount=99"), "{}", ran.stdout);
}

#[test]
fn mistakes_in_cases_are_named() {
    let machine = Machine::new();
    let case =
        |more: &str| format!("[[case]]\ntitle = \"t\"\nrecording = \"done.json\"\nverdict = \"verified\"\n{more}\n");
    for (text, why) in [
        (case("set = { \"production/budgts/0/amount\" = 1 }"), "the recording has nothing at `production/budgts/0`"),
        (case("set = { \"production/budgets/7\" = 1 }"), "the list has 1 entries"),
        (case("set = { \"production/budgets/0/amount\" = \"ten\" }"), "section budgets"),
        (case("").replace("done.json", "../../../etc/passwd"), "is not a file below checks/cases"),
        (case("").replace("done.json", "gone.json"), "reading checks/cases/gone.json"),
        (case("verdct = \"x\""), "there is no key `verdct` here"),
        (case("params = { budget_amout = 1 }"), "no parameter `budget_amout`"),
        (case("after = \"t\""), "there is no earlier case “t”"),
    ] {
        machine.write("checks/cases/cost-budget.toml", &text);
        let ran = machine.verify(&["selftest", "cost-budget"]);
        assert_eq!(ran.status, 2, "{text}: {ran:?}");
        assert!(ran.stderr.contains(why) && ran.stderr.contains("checks/cases/"), "{why}: {}", ran.stderr);
    }
    machine.write("checks/cases/cost-buget.toml", &case(""));
    assert!(machine.verify(&["selftest"]).stderr.contains("checks/cases/cost-buget.toml"));
}
