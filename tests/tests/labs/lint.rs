//! What lint finds in labs.

use super::Lab;

#[test]
fn mistakes_in_a_lab_are_found_where_they_are() {
    let lab = Lab::new();
    assert_eq!(lab.machine.verify(&["lint"]).stdout, "No mistakes were found in this course.\n");
    for (file, from, to, messages) in [
        ("checks/subnets.toml", "row.cidr\n", "row.cidrr\n", &["unknown-field", "checks/subnets.toml:8"][..]),
        ("checks/subnets.toml", "== row.cidr\n", "== 10\n", &["wrong-type"]),
        (
            "checks/subnets.toml",
            "rows    = \"subnets\"",
            "rows    = \"subnet\"",
            &["no lesson has a table `subnet`", "did you mean `subnets`"],
        ),
        (
            "checks/subnets.toml",
            "input.region + row.zone)\"\"\"",
            "input.regin + row.zone)\"\"\"",
            &["no input `regin`", "did you mean `region`"],
        ),
        (
            "checks/subnets.toml",
            "https://console.aws.amazon.com/",
            "https://console.evil.example/",
            &["must begin with https://console.aws.amazon.com/"],
        ),
        (
            "checks/subnets.toml",
            "rows    = \"subnets\"",
            "rows    = \"subnets\"\nabsence = \"unknown\"",
            &["nothing is remembered of a row"],
        ),
        (
            "checks/cleanup.toml",
            "[\"nat-gateways\"]",
            "[\"subnets\"]",
            &["`subnets` makes nothing that could be removed"],
        ),
        (
            "checks/cleanup.toml",
            "[\"nat-gateways\"]",
            "[\"nat-gateway\"]",
            &["there is no check `nat-gateway`", "nat-gateways"],
        ),
        ("checks/nat-gateways.toml", "running.map(g, g.NatGatewayId)", "running", &["wrong-type"]),
        ("checks/nat-gateways.toml", "makes   =", "# makes =", &["`costs` requires `makes`"]),
        ("checks/nat-gateways.toml", "makes   = \"", "makes   = \"row == 1 ? [] : ", &["`row` has a value only in"]),
        (
            "book.toml",
            "[preprocessor.verify.inputs.network]",
            "[preprocessor.verify.inputs.more]\nlabel = \"More\"\n\n[preprocessor.verify.inputs.network]",
            &["unused-input", "`more`"],
        ),
        (
            "book.toml",
            "example = \"lab-vpc\"",
            "example = \"lab/vpc\"",
            &["the input `network`: `example` cannot be a value: it does not match the `pattern`"],
        ),
        ("book.toml", "pattern = \"[a-z]", "pattern = \"([a-z]", &["the `pattern` is not a regular expression"]),
        (
            "book.toml",
            "[preprocessor.verify.inputs.network]",
            "[preprocessor.verify.inputs.subnets]\nlabel = \"x\"\n\n[preprocessor.verify.inputs.network]",
            &["`subnets` is already a table of a lesson"],
        ),
        (
            "src/lab.md",
            "## Clean up",
            "<!-- verify: table other -->\n| A |\n|---|\n| b |\n\n## Clean up",
            &["unused-table", "`other`"],
        ),
        ("src/lab.md", "<!-- verify: cleanup \"The NAT gateways are deleted\" -->", "", &["unused-check"]),
    ] {
        let before = lab.machine.read(file);
        lab.machine.edit(file, from, to);
        let ran = lab.machine.verify(&["lint"]);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(ran.status == 2 && messages.iter().all(|message| said.contains(message)), "{to}: {said}");
        lab.machine.write(file, &before);
    }
}

#[test]
fn what_costs_money_and_is_never_removed_is_reported() {
    let lab = Lab::new();
    lab.machine.edit("src/lab.md", "<!-- verify: cleanup \"The NAT gateways are deleted\" -->", "");
    std::fs::remove_file(lab.machine.course.join("checks/cleanup.toml")).unwrap();
    let found = lab.machine.verify(&["lint"]).stdout;
    assert!(found.contains("never-removed") && found.contains("no step removes it"), "{found}");
    lab.machine.edit("checks/nat-gateways.toml", "use     =", "allow   = [\"never-removed\"]\nuse     =");
    assert_eq!(lab.machine.verify(&["lint"]).stdout, "No mistakes were found in this course.\n");
}

/// The self-test proves a check that removes something by its cases: the first has seen it.
#[test]
fn a_removal_is_proved_by_cases() {
    let lab = Lab::new();
    std::fs::create_dir(lab.machine.course.join("checks/cases")).unwrap();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.machine.verify(&["--record", "checks/cases/there.json", "--show-identifiers"]);
    lab.make(&["delete"]);
    std::fs::remove_file(lab.config().join("made.json")).unwrap();
    lab.machine.verify(&["--record", "checks/cases/gone.json", "--show-identifiers"]);
    lab.machine.write(
        "checks/cases/cleanup.toml",
        "[[case]]\ntitle = \"It is there\"\nrecording = \"there.json\"\nverdict = \"not-yet\"\n\
         [[case]]\ntitle = \"It is gone\"\nafter = \"It is there\"\nrecording = \"gone.json\"\nverdict = \"verified\"\n\
         [[case]]\ntitle = \"It was never there\"\nrecording = \"gone.json\"\nverdict = \"unknown\"\n",
    );
    let proved = lab.machine.verify(&["selftest", "cleanup"]);
    assert!(proved.status == 0 && proved.stdout.contains("✓ cleanup"), "{proved:?}");
    lab.machine.edit("checks/cases/cleanup.toml", "after = \"It is there\"\n", "");
    let wrong = lab.machine.verify(&["selftest", "cleanup"]);
    assert!(wrong.status != 0 && wrong.stdout.contains("It is gone"), "{wrong:?}");
}
