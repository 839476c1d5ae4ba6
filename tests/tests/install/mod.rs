//! `install.sh`, with a folder of releases served on loopback. The programs in it are stand-ins that say their names.

mod user;

use crate::common::{Ran, repository};
use user::{Files, PLATFORMS, User, program, releases, sha256};

/// Makes a program of the latest release another one after its sum was computed.
fn tampered(name: &str, change: impl FnOnce(&mut String)) -> Files {
    let mut files = releases();
    change(files.get_mut(&format!("/releases/latest/download/{name}")).unwrap());
    files
}

#[test]
fn what_it_did_and_how_to_undo_it_is_said() {
    let user = User::new(releases());
    user.platform("Linux x86_64");
    let steps = [
        ("an older version", vec!["--version", "v0.1.0"]),
        ("the latest", vec![]),
        ("the same again", vec![]),
        ("the preprocessor", vec!["mdbook-verify"]),
        ("a folder that is not in the PATH", vec!["--to", "bin"]),
        ("a misspelt option", vec!["--form", "URL"]),
    ];
    let said: String = steps.iter().map(|(what, how)| format!("# {what}\n{}\n", user.install(how).shown())).collect();
    insta::assert_snapshot!(said);
    assert_eq!(std::fs::read_to_string(user.installed("verify")).unwrap(), program("verify", "0.2.0"));
    let ran = user.run(&["-c", "verify --version; mdbook-verify --version; bin/verify --version"]);
    assert_eq!(ran.stdout, "verify 0.2.0\nmdbook-verify 0.2.0\nverify 0.2.0\n", "{ran:?}");
    let said = user.refused(&["--version", "9.0.0"]);
    assert!(said.contains("RELEASES/download/v9.0.0/SHA256SUMS could not be downloaded"), "{said}");
}

#[test]
fn each_platform_gets_its_own_program() {
    for (says, target) in PLATFORMS {
        let user = User::new(releases());
        user.platform(says);
        let ran = user.install(&[]);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert!(ran.stdout.contains(&format!("Downloading RELEASES/latest/download/verify-{target}\n")), "{ran:?}");
        let name = if target.ends_with(".exe") { "verify.exe" } else { "verify" };
        assert!(user.installed(name).is_file(), "{says}");
        let beside = std::fs::read_dir(user.installed("")).unwrap().count();
        assert_eq!(beside, 1, "{says}: nothing of the download is left");
    }
    // A shell that macOS translates.
    let user = User::new(releases());
    user.platform("Darwin x86_64");
    user.script(&user.tools.join("sysctl"), "#!/bin/sh\n[ \"$*\" = '-n hw.optional.arm64' ] && echo 1\n");
    assert!(user.install(&[]).stdout.contains("verify-aarch64-apple-darwin"));

    for says in ["FreeBSD amd64", "Linux riscv64", "Linux i686", "MINGW64_NT-10.0 aarch64"] {
        let user = User::new(releases());
        user.platform(says);
        let said = user.refused(&[]);
        let (system, machine) = says.split_once(' ').unwrap();
        assert!(
            said.contains(&format!("no program for {system} on {machine}")) && said.contains("cargo install"),
            "{said}"
        );
    }
}

#[test]
fn a_download_that_is_not_what_was_released_is_not_installed() {
    const NAME: &str = "verify-x86_64-unknown-linux-musl";
    type Said = &'static str;
    let other: [(Said, Files); 6] = [
        ("SHA-256 sum is", tampered(NAME, |program| program.push_str("rm -rf ~\n"))),
        ("could not be downloaded into", tampered(NAME, |program| program.push_str("CUT"))),
        ("SHA256SUMS could not be downloaded into", tampered("SHA256SUMS", |sums| sums.push_str("CUT"))),
        ("has no sum for verify-x86_64-unknown-linux-musl", tampered("SHA256SUMS", String::clear)),
        (
            "has no sum for verify-x86_64-unknown-linux-musl",
            tampered("SHA256SUMS", |sums| *sums = sums.replace(&format!(" {NAME}"), &format!(" {NAME}.old"))),
        ),
        ("could not be downloaded into", Files::new()),
    ];
    for (what, files) in other {
        for older in [false, true] {
            for downloader in ["curl", "wget"] {
                let user = User::new(files.clone());
                user.platform("Linux x86_64");
                if older {
                    user.script(&user.installed("verify"), &program("verify", "0.1.0"));
                }
                if downloader == "wget" {
                    user.lack(&["curl"]);
                    user.have(&["wget"]);
                }
                let said = user.refused(&[]);
                assert!(said.contains(what), "{downloader}: {said}");
            }
        }
    }
}

#[test]
fn a_program_that_does_not_run_here_replaces_nothing() {
    let mut files = releases();
    let name = "/releases/latest/download/verify-x86_64-unknown-linux-musl";
    let broken = "\u{7f}ELF\u{1}\u{2}\u{3}\n";
    let (old, new) = (sha256(&files[name]), sha256(broken));
    files.insert(name.to_owned(), broken.to_owned());
    let sums = files.get_mut("/releases/latest/download/SHA256SUMS").unwrap();
    *sums = sums.replace(&format!("{old}  verify-x86_64-unknown"), &format!("{new}  verify-x86_64-unknown"));
    let user = User::new(files);
    user.platform("Linux x86_64");
    user.script(&user.installed("verify"), &program("verify", "0.1.0"));
    assert!(user.refused(&[]).contains("does not run on this system"));
}

#[test]
fn a_lack_of_space_changes_nothing() {
    for older in [false, true] {
        for downloader in ["curl", "wget"] {
            let mut files = releases();
            // A program of a megabyte.
            for content in
                files.iter_mut().filter(|(path, _)| !path.ends_with("SHA256SUMS")).map(|(_, content)| content)
            {
                content.push_str(&"#".repeat(1_000_000));
            }
            let user = User::new(files);
            user.platform("Linux x86_64");
            if older {
                user.script(&user.installed("verify"), &program("verify", "0.1.0"));
            }
            if downloader == "wget" {
                user.lack(&["curl"]);
                user.have(&["wget"]);
            }
            let before = user.everything();
            // To a program that ignores the signal, a limit of the size of files is an error of writing, as a full disk is. It
            // needs no right, and works for root, too.
            let limited = format!(
                "trap '' XFSZ; ulimit -f 64; exec sh '{}' --from '{}'",
                repository().join("install.sh").display(),
                user.releases
            );
            let ran = user.run(&["-c", &limited]);
            assert_eq!(ran.status, 1, "{ran:?}");
            assert!(
                ran.stderr.contains("Check the address, the connection, and the free space in ~/.local/bin"),
                "{ran:?}"
            );
            assert_eq!(user.everything(), before, "{downloader}: {ran:?}");
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named_before_anything_is_downloaded() {
    // Nobody can make a file there, not even root.
    let user = User::new(Files::new());
    user.platform("Linux x86_64");
    let file = user.home().join("file");
    std::fs::write(&file, "").unwrap();
    for folder in ["/proc", "/proc/new/bin", file.to_str().unwrap(), file.join("bin").to_str().unwrap()] {
        let said = user.refused(&["--to", folder]);
        assert!(said.contains("cannot be written to") && said.contains("--to"), "{said}");
    }
}

#[test]
fn what_is_there_and_is_no_older_version_stays() {
    let user = User::new(releases());
    user.platform("Linux x86_64");
    let file = user.installed("verify");
    user.script(&file, "#!/bin/sh\necho 'verify: checks signatures'\n");
    assert!(user.refused(&[]).contains("exists, and is another program"));
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(user.refused(&[]).contains("is a folder"));
}

#[test]
fn another_program_that_comes_first_in_the_path_is_named() {
    let user = User::new(releases());
    user.platform("Linux x86_64");
    user.script(&user.tools.join("verify"), &program("verify", "0.0.1"));
    let bin = user.home().join("own");
    let path = format!("{}:{}", user.tools.display(), bin.display());
    let file = repository().join("install.sh");
    let mut command = user.machine.command(&user.tools.join("sh"));
    command.arg(file).args(["--from", &user.releases, "--to", bin.to_str().unwrap()]).env("PATH", path);
    let ran = Ran::of(command.output().unwrap(), &user.machine);
    assert!(ran.stdout.contains("~/tools/verify comes before it in your PATH"), "{ran:?}");
    assert!(ran.stdout.contains("To begin: '~/own/verify' serve --open"), "{ran:?}");
}

#[test]
fn it_needs_one_program_that_downloads_and_one_that_computes_sums() {
    for downloader in ["curl", "wget"] {
        for sums in ["sha256sum", "shasum", "openssl"] {
            let user = User::new(releases());
            user.platform("Linux x86_64");
            user.lack(&["curl", "sha256sum"]);
            user.have(&[downloader, sums]);
            if sums == "shasum" {
                user.have(&["perl"]);
            }
            let ran = user.install(&[]);
            assert_eq!(ran.status, 0, "{downloader}, {sums}: {ran:?}");
        }
    }
    for (without, says) in [("curl", "neither curl nor wget"), ("sha256sum", "computes SHA-256 sums")] {
        let user = User::new(releases());
        user.platform("Linux x86_64");
        user.lack(&[without]);
        assert!(user.refused(&[]).contains(says));
    }
}

#[test]
fn it_downloads_from_no_address_that_others_on_the_way_can_change() {
    let user = User::new(releases());
    user.platform("Linux x86_64");
    for url in ["http://releases.example", "ftp://releases.example", "http://127.0.0.1.releases.example", "file:///tmp"]
    {
        let said = user.refused(&["--from", url]);
        assert!(said.contains("is not an https:// address"), "{said}");
    }
}

#[test]
fn the_copy_in_the_repository_and_one_that_was_cut_off_do_nothing() {
    let user = User::new(releases());
    user.platform("Linux x86_64");
    let file = repository().join("install.sh");
    let before = user.everything();
    let ran = user.run(&[file.to_str().unwrap()]);
    assert!(ran.status == 2 && ran.stderr.contains("does not know where the releases are"), "{ran:?}");
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.replace("releases=''", &format!("releases='{}'", user.releases));
    // Each beginning of the script, cut off at the end of a line: as in `curl … | sh`.
    let cuts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| *at < text.len()).collect();
    for at in &cuts {
        user.run(&["-c", &text[..*at]]);
    }
    assert_eq!(user.everything(), before);
    assert_eq!(user.run(&["-c", &text]).status, 0, "and the whole script installs it");
}
