//! What entries of a practice action know of those before.

use crate::common::Machine;

/// A new course with a check whose practice action is this.
fn course(action: &str) -> Machine {
    let mut machine = Machine::empty();
    assert_eq!(machine.verify(&["new", "course"]).status, 0);
    machine.course.push("course");
    machine.write(
        "checks/users.toml",
        &format!(
            "title = \"Users\"\naccount = \"lab\"\n\n[read.users]\ncall = \"iam:ListUsers\"\n\n[[expect]]\n\
             title = \"There is the second\"\nthat = \"users.Users.map(u, u.UserName) == ['second']\"\nfix = \"Create it.\"\n\n\
             [practice]\nneeds = [\"account-created\"]\n{action}\n"
        ),
    );
    let lesson = machine.read("src/first-lesson.md");
    machine.write("src/first-lesson.md", &format!("{lesson}\n- [ ] Users <!-- verify: users -->\n"));
    machine
}

const DO: &str = r#"do = [
    { when = "1 > 2", call = "iam:CreateUser", with = { UserName = "first" }, as = "made" },
    { when = "has(made.User)", call = "iam:TagUser", with = { UserName = "{made.User.UserName}", Tags = [{ Key = "a", Value = "b" }] } },
    { when = "!has(made.User)", call = "iam:CreateUser", with = { UserName = "second" } },
]"#;

#[test]
fn of_an_entry_that_is_not_done_there_is_no_response() {
    let machine = course(DO);
    let linted = machine.verify(&["lint"]);
    assert_eq!(linted.status, 0, "{linted:?}");
    assert_eq!(machine.verify(&["practice", "do", "account-created"]).status, 0);
    let done = machine.verify(&["practice", "do", "users"]);
    assert!(done.status == 0 && done.stdout.contains("Verified"), "{done:?}");
    // What is used without a test is named.
    machine.edit("checks/users.toml", "when = \"has(made.User)\", ", "");
    machine.verify(&["practice", "reset"]);
    machine.verify(&["practice", "do", "account-created"]);
    let failed = machine.verify(&["practice", "do", "users"]);
    assert!(failed.status == 2 && failed.stderr.contains("has(….User)"), "{failed:?}");
}

#[test]
fn what_is_there_before_the_course_is_in_no_account_for_which_it_signs_up() {
    let machine = course(&format!("given = [{{ call = \"iam:CreateUser\", with = {{ UserName = \"x\" }} }}]\n{DO}"));
    let linted = machine.verify(&["lint"]);
    assert!(linted.status == 2 && linted.stdout.contains("there only after `account-created`"), "{linted:?}");
    // The other steps can be done and verified.
    assert_eq!(machine.verify(&["practice", "do", "account-created"]).status, 0);
    assert_eq!(machine.verify(&["--practice", "root-keys"]).status, 0);
}
