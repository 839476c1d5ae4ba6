//! The practice accounts of another emulator.

use super::course::networks;
use crate::common::moto;

#[test]
fn the_same_actions_lead_to_the_same_verdicts_in_moto() {
    let machine = networks();
    let moto = moto(&machine);
    let there = format!("--practice={}", moto.endpoint);
    for step in ["ada", "network"] {
        let before = machine.verify(&[&there, step]);
        assert_eq!(before.status, 1, "{step} is not done yet");
        // Without the address, the commands that reports show are about other accounts.
        assert!(before.stderr.contains(&format!("Write {there} in other commands, too")), "{before:?}");
        let ran = machine.verify(&["practice", "do", step, &there]);
        assert!(ran.status == 0 && ran.stdout.starts_with("✓ Verified"), "{step}: {ran:?}");
        assert_eq!(machine.verify(&[&there, step]).status, 0, "{step}");
    }
    // The accounts in this process know nothing of it.
    assert_eq!(machine.verify(&["--practice=fresh", "network"]).status, 1);
    assert_eq!(machine.verify(&["practice", "do", "no-network", &there]).status, 0);
    // moto does not know whether an account is active.
    let gone = machine.verify(&[&there, "ada", "network", "no-network"]);
    assert_eq!(gone.status, 0, "{gone:?}");
    let undo = machine.verify(&["practice", "undo", "ada", &there]);
    assert!(undo.status == 2 && undo.stderr.contains("cannot be taken back"), "{undo:?}");
    // A service that this process does not have, and what only AWS's console has.
    machine.write(
        "checks/topic.toml",
        "title = \"A topic\"\naccount = \"mine\"\n[read.topics]\ncall = \"sns:ListTopics\"\nregion = \"us-east-1\"\n[[expect]]\ntitle = \"It is there\"\nthat = \"topics.Topics.size() == 1\"\nfix = \"Create it.\"\n[practice]\nneeds = [\"signed-up\"]\ndo = [{ call = \"sns:CreateTopic\", with = { Name = \"lesson\" } }]\n",
    );
    machine.write(
        "checks/plan.toml",
        "title = \"A plan\"\naccount = \"mine\"\n[[expect]]\ntitle = \"It is there\"\nthat = \"support.api\"\nfix = \"Choose it.\"\n[practice]\nneeds = [\"signed-up\"]\ndo = [{ switch = \"support-plan\", to = \"business\" }]\n",
    );
    let lesson =
        machine.read("src/network.md") + "- [ ] Topic <!-- verify: topic -->\n- [ ] Plan <!-- verify: plan -->\n";
    machine.write("src/network.md", &lesson);
    let ran = machine.verify(&["practice", "do", "topic", &there]);
    assert!(ran.status == 0 && ran.stdout.starts_with("✓ Verified"), "{ran:?}");
    let ran = machine.verify(&["practice", "do", "topic"]);
    let says = "do not have the service sns (sns:CreateTopic). Use your own account, or an emulator that has it";
    assert!(ran.status == 2 && ran.stderr.contains(says), "{ran:?}");
    let ran = machine.verify(&["practice", "do", "plan", &there]);
    assert!(ran.status == 2 && ran.stderr.contains("AWS has only a console for this"), "{ran:?}");
    let proved = machine.verify(&["selftest", "topic"]);
    assert!(proved.stdout.contains("service not emulated"), "{proved:?}");
}

#[test]
fn practice_goes_to_this_computer_and_nowhere_else() {
    let machine = networks();
    for url in [
        "https://sts.amazonaws.com",
        "http://sts.amazonaws.com",
        "http://localhost.evil.example:5000",
        "http://127.0.0.1@evil.example",
        "http://10.0.0.1:5000",
        "http://0.0.0.0:5000",
    ] {
        let ran = machine.verify(&["practice", "do", "ada", &format!("--practice={url}")]);
        assert!(ran.status == 2 && ran.stderr.contains("is not the address of an emulator"), "{url}: {ran:?}");
    }
    // Nothing answers there.
    let ran = machine.verify(&["practice", "do", "ada", "--practice=http://127.0.0.1:1"]);
    assert!(ran.status == 2 && ran.stderr.contains("nothing answers at http://127.0.0.1:1"), "{ran:?}");
    // A proxy of the environment is not used, and neither are real credentials.
    let mut machine = networks();
    machine.set("HTTP_PROXY", "http://127.0.0.1:1");
    machine.set("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
    machine.set("AWS_SECRET_ACCESS_KEY", "secret");
    let moto = moto(&machine);
    let ran = machine.verify(&["practice", "do", "ada", &format!("--practice={}", moto.endpoint)]);
    assert_eq!(ran.status, 0, "{ran:?}");
    // The live book shows saved results.
    let ran = machine.verify(&["serve", "--practice=done"]);
    assert!(ran.status == 2 && ran.stderr.contains("save none"), "{ran:?}");
}

#[test]
fn an_emulator_that_was_started_again_is_told_apart_from_one_where_a_step_was_undone() {
    let machine = networks();
    let moto = moto(&machine);
    let there = format!("--practice={}", moto.endpoint);
    assert_eq!(machine.verify(&["practice", "do", "network", &there]).status, 0);
    moto.reset();
    let again = machine.verify(&["practice", "do", "network", &there]);
    for advice in ["verify practice undo network ", "verify practice reset "] {
        assert!(again.status == 1 && again.stderr.contains(&format!("{advice}{there}")), "{again:?}");
    }
    assert_eq!(machine.verify(&["practice", "reset", &there]).status, 0);
    let ran = machine.verify(&["practice", "do", "network", &there]);
    assert!(ran.status == 0 && ran.stdout.starts_with("✓ Verified"), "{ran:?}");
}
