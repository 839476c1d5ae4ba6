//! A lesson's table as data: one expectation for twelve rows.

use super::{Lab, result};
use serde_json::json;

#[test]
fn twelve_rows_are_one_expectation_and_the_wrong_one_is_named() {
    let lab = Lab::new();
    lab.machine.verify(&["subnets"]);
    let before = result(&lab, "subnets");
    assert_eq!(before["verdict"], "not-yet");
    assert_eq!(before["expectations"][0]["sentences"][0], "None of the 12 rows is right yet.");
    assert_eq!(before["expectations"][0]["rows"].as_array().unwrap().len(), 12);
    lab.make(&["wrong=web-b"]);
    lab.machine.verify(&["subnets"]);
    let wrong = &result(&lab, "subnets")["expectations"][0];
    assert_eq!(wrong["rows"], json!([{ "row": "web-b", "outcome": "not-met" }]));
    let says = [
        "11 of 12 rows are right. Not yet: web-b.",
        "Create the subnet web-b with 10.16.112.0/20 in the zone us-east-1b.",
    ];
    assert_eq!(wrong["sentences"], json!([says[0], says[1], "Compare with the table."]));
    let junit = lab.machine.verify(&["status", "--format", "junit"]).stdout;
    let csv = lab.machine.verify(&["status", "--format", "csv"]).stdout;
    assert!(junit.contains("Not yet: web-b") && csv.contains("Not yet: web-b"), "{junit} {csv}");
}

#[test]
fn a_row_says_the_first_of_its_own_sentences_and_the_general_ones() {
    let lab = Lab::new();
    let fix = r#"fix     = ["Create the subnet {row.name}"#;
    lab.machine.edit(
        "checks/subnets.toml",
        fix,
        r#"fix     = ["Look.", "Exactly {row.name}.", "Create the subnet {row.name}"#,
    );
    lab.make(&["wrong=web-b"]);
    lab.machine.verify(&["subnets"]);
    let said = &result(&lab, "subnets")["expectations"][0]["sentences"];
    let alone = ["11 of 12 rows are right. Not yet: web-b.", "Exactly web-b.", "Look.", "Compare with the table."];
    assert_eq!(*said, json!(alone));
    lab.machine.edit("checks/subnets.toml", "row.name &&", "row.name && !row.name.startsWith('app') &&");
    lab.machine.verify(&["subnets"]);
    let said = &result(&lab, "subnets")["expectations"][0]["sentences"];
    let several = [
        "8 of 12 rows are right. Not yet: app-a, app-b, web-b, app-c.",
        "Exactly app-a.",
        "Exactly app-b.",
        "Exactly web-b.",
        "Look.",
        "Compare with the table.",
    ];
    assert_eq!(*said, json!(several));
}

#[test]
fn rows_that_are_unknown_are_not_counted_as_wrong() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc"]);
    let unknown = "row.zone == 'c' ? int(row.name) > 0 : row.zone != 'b' &&";
    lab.machine.edit(
        "checks/subnets.toml",
        "own_subnets.exists(s, name_of(s) == row.name &&",
        &format!("own_subnets.exists(s, {unknown} name_of(s) == row.name &&"),
    );
    lab.machine.verify(&["subnets"]);
    let said = result(&lab, "subnets")["expectations"][0]["sentences"][0].clone();
    let wrong = "reserved-b, db-b, app-b, web-b";
    let open = "reserved-c, db-c, app-c, web-c";
    assert_eq!(said, format!("4 of 12 rows are right. Not yet: {wrong}. Unknown: {open}."));
}

#[test]
fn all_rows_right_is_verified_and_another_table_is_unchecked() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc"]);
    lab.machine.verify(&["subnets"]);
    assert_eq!(result(&lab, "subnets")["verdict"], "verified");
    assert!(lab.machine.verify(&["status"]).stdout.contains("✓ Verified         The twelve subnets"));
    lab.machine.edit("src/lab.md", "10.16.176.0/20", "10.16.192.0/20");
    let status = lab.machine.verify(&["status"]).stdout;
    assert!(status.contains("○ Not checked      The twelve subnets"), "{status}");
    lab.machine.verify(&["subnets"]);
    assert_eq!(result(&lab, "subnets")["expectations"][0]["rows"], json!([{ "row": "web-c", "outcome": "not-met" }]));
}

#[test]
fn a_table_that_is_no_data_is_a_mistake_of_the_lesson() {
    let lab = Lab::new();
    let table = "| Name       | CIDR             | Zone |";
    for (from, to, message) in [
        (table, "| Name | Name | Zone |", "two columns of this table are called `name`"),
        (table, "| Name | 1 | Zone |", "gives no name that expressions can use"),
        ("| reserved-a |", "| **reserved**-a |", "but this one has emphasized text"),
        ("| `a`  |\n| db-a", "| `a` `b` |\n| db-a", "but this one has text and code"),
        (
            "<!-- verify: table subnets -->",
            "<!-- verify: table subnets -->\n\nText.\n",
            "no table follows this directive",
        ),
        ("<!-- verify: table subnets -->", "<!-- verify: table Subnets -->", "`table` gives the table after it a name"),
        ("<!-- verify: table subnets -->", "", "no lesson has a table `subnets`"),
    ] {
        let lesson = lab.machine.read("src/lab.md");
        lab.machine.edit("src/lab.md", from, to);
        let ran = lab.machine.verify(&["lint"]);
        assert!(ran.status == 2 && (ran.stdout.clone() + &ran.stderr).contains(message), "{to}: {ran:?}");
        lab.machine.write("src/lab.md", &lesson);
    }
}
