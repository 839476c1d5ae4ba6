//! The workflows as GitHub reads them: their permissions, and their own commands, which are run here.

use crate::common::{Machine, binary, copy, installed, repository};
use crate::install::user::{packed, program};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A workflow of this repository.
fn workflow(machine: &Machine, name: &str) -> Value {
    let file = repository().join(".github/workflows").join(name);
    // In YAML 1.1, the key `on` means true. JSON has it as text.
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    crate::common::boto3(machine, script, &[file.to_str().unwrap()])
}

fn steps<'w>(workflow: &'w Value, job: &str) -> &'w Vec<Value> {
    workflow["jobs"][job]["steps"].as_array().unwrap()
}

/// The commands of a job, in order.
fn commands<'w>(workflow: &'w Value, job: &str) -> Vec<&'w str> {
    steps(workflow, job).iter().filter_map(|step| step["run"].as_str()).collect()
}

/// The values that GitHub puts into a workflow, for a repository whose pages are at `/course`.
fn filled_in(text: &str) -> String {
    let filled = [("github.server_url", "https://git.example"), ("github.repository", "a/course")]
        .iter()
        .chain(&[("steps.pages.outputs.base_path", "/course")])
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{{ {name} }}}}"), value));
    assert!(!filled.contains("${{"), "{filled}");
    filled
}

/// Runs a job's step in the root of a repository, as a runner does. Returns whether it passed, and its output.
fn run(machine: &Machine, top: &Path, step: &Value) -> (bool, String) {
    let folders = [binary("verify"), binary("mdbook-verify"), installed("mdbook")];
    let mut path: Vec<PathBuf> = folders.iter().map(|program| program.parent().unwrap().to_owned()).collect();
    path.extend(["/usr/bin".into(), "/bin".into()]);
    let mut command = machine.command(Path::new("/bin/bash"));
    command.args(["-eo", "pipefail", "-c", &filled_in(step["run"].as_str().unwrap())]);
    command.current_dir(top).env("PATH", std::env::join_paths(path).unwrap());
    for (name, value) in step["env"].as_object().into_iter().flatten() {
        command.env(name, filled_in(value.as_str().unwrap()));
    }
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// The steps of publishing that need neither a network nor a forge.
fn at_home(workflow: &Value) -> Vec<&Value> {
    let away = |run: &str| run.starts_with("cargo ") || run.starts_with("rustup ");
    steps(workflow, "build").iter().filter(|step| step["run"].as_str().is_some_and(|run| !away(run))).collect()
}

/// A machine with this repository's course, in the folder that it has in the repository.
fn checked_out() -> (Machine, PathBuf) {
    let mut machine = Machine::empty();
    let top = machine.course.clone();
    copy(&repository().join("book"), &top.join("book"));
    machine.course = top.join("book");
    (machine, top)
}

#[test]
fn publishing_proves_the_course_and_builds_it() {
    let (machine, top) = checked_out();
    let workflow = workflow(&machine, "publish.yml");
    let steps = at_home(&workflow);
    assert_eq!(steps.len(), 4, "{steps:?}");
    for step in &steps {
        let (passed, said) = run(&machine, &top, step);
        assert!(passed, "{}: {said}", step["run"]);
    }
    let upload = self::steps(&workflow, "build")
        .iter()
        .find(|step| step["uses"].as_str().is_some_and(|action| action.starts_with("actions/upload-pages-artifact@")));
    let built = top.join(upload.unwrap()["with"]["path"].as_str().unwrap());
    let page = |name: &str| std::fs::read_to_string(built.join(name)).unwrap();
    assert!(page("production-account.html").contains("git clone https://git.example/a/course &amp;&amp; cd course"));
    assert!(page("404.html").contains("<base href=\"/course/\">"), "the page for what is not there finds its parts");
}

#[test]
fn what_is_wrong_with_the_course_is_not_published() {
    type Mistake = (&'static str, &'static str, fn(&Machine));
    let mistakes: [Mistake; 3] = [
        ("Lint", "::error file=book/src/production-account.md,line=", |machine| {
            machine.edit("src/production-account.md", "<!-- verify: cost-budget -->", "<!-- verify: cost-bugdet -->");
        }),
        ("Prove every check", "pdf-invoice", |machine| {
            machine.write(
                "checks/cases/pdf-invoice.toml",
                "[[case]]\ntitle = \"x\"\nrecording = \"done.json\"\nverdict = \"not-yet\"\n",
            );
        }),
        ("Look for generated chapters that are out of date", "src/reference.md is out of date", |machine| {
            machine.write("src/reference.md", &machine.read("src/reference.md").replace("cost-budget", "budget"));
        }),
    ];
    for (name, said, mistake) in mistakes {
        let (machine, top) = checked_out();
        let workflow = workflow(&machine, "publish.yml");
        mistake(&machine);
        let steps = at_home(&workflow);
        let failed = steps.iter().map(|step| (step, run(&machine, &top, step))).find(|(_, (passed, _))| !passed);
        let (step, (_, told)) = failed.unwrap_or_else(|| panic!("{name}: all is published"));
        assert_eq!(step["name"], json!(name), "{told}");
        assert!(told.contains(said), "{name}: {told}");
    }
}

#[test]
fn publishing_installs_what_it_runs() {
    let machine = Machine::empty();
    let workflow = workflow(&machine, "publish.yml");
    let commands = commands(&workflow, "build");
    // The stock mdBook of these tests.
    let version = machine.mdbook(&["--version"]).stdout.trim().trim_start_matches("mdbook v").to_owned();
    assert!(commands.contains(&format!("cargo +stable install mdbook --version {version} --locked").as_str()));
    for (folder, program) in [("verifier", "verify"), ("preprocessor", "mdbook-verify")] {
        assert!(commands.contains(&format!("cargo +stable install --path {folder} --locked").as_str()), "{commands:?}");
        let manifest = std::fs::read_to_string(repository().join(folder).join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("name = \"{program}\"")), "{folder}");
    }
}

#[test]
fn what_is_proposed_is_tested_without_rights_and_its_crates_are_looked_at() {
    let machine = Machine::empty();
    let ci = workflow(&machine, "ci.yml");
    // Not `pull_request_target`, which would give code from outside this repository's permissions.
    assert_eq!(ci["true"], json!({ "pull_request": null, "workflow_call": null }));
    assert_eq!(ci["permissions"], json!({ "contents": "read" }));
    assert!(ci["jobs"].as_object().unwrap().values().all(|job| job["permissions"].is_null()));
    assert!(commands(&ci, "tests").contains(&"tests/run"));
    let commands = commands(&ci, "dependencies");
    assert_eq!(commands.last(), Some(&"cargo deny check"));
    let install = commands.iter().find_map(|run| run.strip_prefix("cargo +stable install cargo-deny --version "));
    let version = install.and_then(|rest| rest.strip_suffix(" --locked")).expect("the version is pinned");
    let cache = &steps(&ci, "dependencies")[1]["with"]["key"];
    assert!(cache.as_str().unwrap().contains(version), "{cache}");
}

/// The step of a job with this name.
fn named<'w>(workflow: &'w Value, job: &str, name: &str) -> &'w Value {
    let found = steps(workflow, job).iter().find(|step| step["name"] == json!(name));
    found.unwrap_or_else(|| panic!("{job} has no step {name:?}"))
}

#[test]
fn a_release_is_built_by_the_script_that_tries_it_and_only_its_last_job_may_write() {
    let machine = Machine::empty();
    let release = workflow(&machine, "release.yml");
    assert_eq!(release["true"], json!({ "push": { "tags": ["v*"] } }));
    assert_eq!(release["permissions"], json!({ "contents": "read" }));
    // A release is made of a commit whose tests ran.
    assert_eq!(release["jobs"]["tests"], json!({ "uses": "./.github/workflows/ci.yml" }));
    assert_eq!(release["jobs"]["build"]["needs"], json!("tests"));
    assert_eq!(release["jobs"]["build"]["permissions"], Value::Null);
    assert_eq!(release["jobs"]["release"]["permissions"], json!({ "contents": "write" }));
    assert_eq!(release["jobs"]["release"]["needs"], json!("build"));
    let commands = commands(&release, "build");
    let tests = commands.iter().position(|run| run.starts_with("cargo test "));
    let build = commands.iter().position(|run| *run == "tests/release ${{ matrix.target }}");
    assert!(tests.is_some() && tests < build, "each platform is tested before its programs are built: {commands:?}");
    // A release takes too long to be built here. Only the error for an unknown target is tested.
    let mut script = machine.command(&repository().join("tests/release"));
    let refused = script.arg("sparc-sun-solaris").output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("sparc-sun-solaris's programs cannot be tried"));
}

/// The targets for which a release has programs.
fn targets(release: &Value) -> Vec<&str> {
    let matrix = release["jobs"]["build"]["strategy"]["matrix"]["include"].as_array().unwrap();
    matrix.iter().map(|row| row["target"].as_str().unwrap()).collect()
}

#[test]
fn the_programs_of_a_release_are_those_that_users_look_for() {
    let machine = Machine::empty();
    let release = workflow(&machine, "release.yml");
    let read = |path: &str| std::fs::read_to_string(repository().join(path)).unwrap();
    let [script, notes] = [read("install.sh"), read(".github/release-notes.md")];
    for target in targets(&release) {
        assert!(script.contains(&format!("say {target} ;;")), "install.sh finds {target}");
        assert!(notes.contains(&format!("`{target}")), "the notes say what was tested of {target}");
    }
    let found = [") say x86_64-", ") say aarch64-"].iter().map(|start| script.matches(start).count());
    assert_eq!(found.sum::<usize>(), targets(&release).len(), "install.sh finds no other");
    for (folder, program) in [("verifier", "verify"), ("preprocessor", "mdbook-verify")] {
        let manifest: toml::Value = toml::from_str(&read(&format!("{folder}/Cargo.toml"))).unwrap();
        let package = &manifest["package"];
        let binstall = &package["metadata"]["binstall"];
        assert_eq!(package["name"].as_str(), Some(program));
        assert_eq!(binstall["bin-dir"].as_str(), Some("{ bin }{ binary-ext }"));
        // As `tests/release` names what is published, in a release of GitHub.
        let windows = &binstall["overrides"]["x86_64-pc-windows-msvc"];
        for (what, form, ending) in [(binstall, "tgz", ".tar.gz"), (windows, "bin", ".exe")] {
            let address = format!("{{ repo }}/releases/download/v{{ version }}/{{ name }}-{{ target }}{ending}");
            assert_eq!(what["pkg-fmt"].as_str(), Some(form));
            assert_eq!(what["pkg-url"].as_str(), Some(address.as_str()));
        }
    }
}

#[test]
fn a_tag_that_is_not_the_programs_version_is_not_released() {
    let (mut machine, top) = checked_out();
    let release = workflow(&machine, "release.yml");
    let step = named(&release, "build", "Make sure that the tag is the programs' version");
    std::fs::copy(repository().join("Cargo.toml"), top.join("Cargo.toml")).unwrap();
    let version = machine.verify(&["--version"]).stdout.trim().trim_start_matches("verify ").to_owned();
    for (tag, right) in [(format!("v{version}"), true), ("v99.0.0".to_owned(), false), (version[1..].to_owned(), false)]
    {
        machine.set("GITHUB_REF_NAME", &tag);
        assert_eq!(run(&machine, &top, step).0, right, "{tag}");
    }
}

#[test]
fn programs_whose_manifests_name_another_repository_are_not_released() {
    let (mut machine, top) = checked_out();
    let release = workflow(&machine, "release.yml");
    let step = "Make sure that the programs' manifests name this repository, where cargo binstall looks for releases";
    let step = named(&release, "build", step);
    machine.set("GITHUB_SERVER_URL", "https://git.example");
    machine.set("GITHUB_REPOSITORY", "a/course");
    for (verifier, preprocessor, right) in [("a/course", "a/course", true), ("a/course", "b/course", false)] {
        for (folder, repository) in [("verifier", verifier), ("preprocessor", preprocessor)] {
            std::fs::create_dir_all(top.join(folder)).unwrap();
            let manifest = format!("[package]\nrepository = \"https://git.example/{repository}\"\n");
            std::fs::write(top.join(folder).join("Cargo.toml"), manifest).unwrap();
        }
        assert_eq!(run(&machine, &top, step).0, right);
    }
}

/// A machine on which the last job of a release runs: programs of two platforms, a changelog, and a `gh` that keeps what it
/// is told to release.
fn releasing(version: &str) -> (Machine, PathBuf) {
    let (mut machine, top) = checked_out();
    for file in ["install.sh", ".github/release-notes.md"] {
        std::fs::create_dir_all(top.join(file).parent().unwrap()).unwrap();
        std::fs::copy(repository().join(file), top.join(file)).unwrap();
    }
    std::fs::write(
        top.join("CHANGELOG.md"),
        "# Changelog\n\n## [0.2.0] - 2026-11-27\n\n### Added\n\n- New.\n\n## [0.1.0]\n\n- Old.\n",
    )
    .unwrap();
    let programs = top.join("programs");
    std::fs::create_dir(&programs).unwrap();
    for target in ["x86_64-unknown-linux-musl", "aarch64-apple-darwin"] {
        let name = format!("verify-{target}.tar.gz");
        std::fs::write(programs.join(&name), packed("verify", target, &program("verify", version))).unwrap();
        let mut sums = machine.command(Path::new("/usr/bin/sha256sum"));
        let sums = sums.arg(&name).current_dir(&programs).output().unwrap().stdout;
        std::fs::write(programs.join(format!("SHA256SUMS-{target}")), sums).unwrap();
    }
    machine.set("GITHUB_REF_NAME", &format!("v{version}"));
    (machine, top)
}

/// The last job's own commands, but for the last one, which releases.
fn before_releasing(release: &Value) -> Vec<&Value> {
    let mut own: Vec<&Value> = steps(release, "release").iter().filter(|step| step["run"].is_string()).collect();
    let last = own.pop().unwrap();
    assert_eq!(
        last["run"],
        json!(
            "gh release create \"$GITHUB_REF_NAME\" --verify-tag --title \"$GITHUB_REF_NAME\" --notes-file notes.md programs/*"
        )
    );
    own
}

#[test]
fn a_release_has_its_sums_its_installer_and_its_notes() {
    let (mut machine, top) = releasing("0.2.0");
    // The repository's forge is a server on loopback, so that the installer of the release can be run.
    let programs = top.join("programs");
    let served = programs.clone();
    let forge = crate::common::serve_raw(move |request| {
        let file = request.path().strip_prefix("/a/course/releases/latest/download/");
        let body = file.and_then(|file| std::fs::read(served.join(file)).ok());
        let status = if body.is_some() { "200 OK" } else { "404 Not Found" };
        let body = body.unwrap_or_default();
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        [head.as_bytes(), body.as_slice()].concat()
    });
    machine.set("GITHUB_SERVER_URL", &forge);
    machine.set("GITHUB_REPOSITORY", "a/course");
    let release = workflow(&machine, "release.yml");
    for step in before_releasing(&release) {
        let (passed, said) = run(&machine, &top, step);
        assert!(passed, "{}: {said}", step["run"]);
    }
    let notes = std::fs::read_to_string(top.join("notes.md")).unwrap();
    assert!(notes.starts_with("\n### Added\n\n- New.\n") && !notes.contains("Old"), "{notes}");
    assert!(notes.contains("What was not tested:"), "{notes}");
    let mut released: Vec<String> =
        std::fs::read_dir(&programs).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    released.sort();
    assert_eq!(
        released,
        ["SHA256SUMS", "install.sh", "verify-aarch64-apple-darwin.tar.gz", "verify-x86_64-unknown-linux-musl.tar.gz"]
    );
    let mut install = machine.command(Path::new("/bin/sh"));
    // Where the tests run on another machine, the sum of its program is missing, and that is said.
    let installed = install.arg(programs.join("install.sh")).output().unwrap();
    let said = [installed.stdout, installed.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let expected = match std::env::consts::ARCH {
        "x86_64" => "Installed verify 0.2.0: ",
        _ => "/a/course/releases/latest/download/SHA256SUMS has no sum for ",
    };
    assert!(said.contains(expected), "{said}");
}

#[test]
fn programs_that_were_changed_on_the_way_and_versions_without_notes_are_not_released() {
    let machine = Machine::empty();
    let release = workflow(&machine, "release.yml");
    let failing = |machine: &mut Machine, top: &Path| {
        machine.set("GITHUB_SERVER_URL", "https://git.example");
        machine.set("GITHUB_REPOSITORY", "a/course");
        let failed = before_releasing(&release).into_iter().find(|step| !run(machine, top, step).0);
        failed.map(|step| step["name"].as_str().unwrap().to_owned())
    };
    let (mut machine, top) = releasing("0.2.0");
    std::fs::write(top.join("programs/verify-aarch64-apple-darwin.tar.gz"), "another").unwrap();
    let sums = "Check that the programs are those that were tried, and put their sums into one file";
    assert_eq!(failing(&mut machine, &top).as_deref(), Some(sums));
    let (mut machine, top) = releasing("0.3.0");
    assert_eq!(failing(&mut machine, &top).as_deref(), Some("Write the notes"));
}

#[test]
fn workflows_may_do_what_they_need_and_use_the_forges_own_actions() {
    let machine = Machine::empty();
    let publish = workflow(&machine, "publish.yml");
    assert_eq!(publish["true"], json!({ "push": { "branches": ["main"] }, "workflow_dispatch": null }));
    assert_eq!(publish["permissions"], json!({ "contents": "read" }));
    let jobs = publish["jobs"].as_object().unwrap();
    let permissions = |job: &str| jobs[job]["permissions"].clone();
    assert_eq!(permissions("build"), json!({ "contents": "read", "pages": "read" }));
    assert_eq!(permissions("deploy"), json!({ "pages": "write", "id-token": "write" }));
    assert_eq!(jobs["deploy"]["needs"], json!("build"));
    for file in std::fs::read_dir(repository().join(".github/workflows")).unwrap().map(Result::unwrap) {
        let workflow = workflow(&machine, file.file_name().to_str().unwrap());
        for (job, all) in workflow["jobs"].as_object().unwrap() {
            if all["uses"].is_string() {
                assert!(
                    all["uses"].as_str().unwrap().starts_with("./.github/workflows/"),
                    "{job} is this repository's"
                );
                continue;
            }
            for step in steps(&workflow, job) {
                assert!(step["uses"].is_string() != step["run"].is_string(), "{step}");
                let Some(action) = step["uses"].as_str() else { continue };
                let (name, version) = action.split_once('@').expect("an action has a version");
                assert!(name.starts_with("actions/"), "{action}");
                assert!(version.strip_prefix('v').is_some_and(|major| major.parse::<u32>().is_ok()), "{action}");
            }
        }
    }
}
