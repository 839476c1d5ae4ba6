//! `install.sh`, with a folder of releases served on loopback. The programs in it are stand-ins that say their names.

pub mod user;

use crate::common::{Ran, repository};
use user::{Files, PLATFORMS, User, packed, program, releases, sha256};

/// Makes a program of the latest release another one after its sum was computed.
fn tampered(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Files {
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
    const NAME: &str = "verify-x86_64-unknown-linux-musl.tar.gz";
    type Said = &'static str;
    let other: [(Said, Files); 7] = [
        ("SHA-256 sum is", tampered(NAME, |file| file.extend(b"rm -rf ~\n"))),
        ("SHA-256 sum is", tampered(NAME, |file| *file = packed("verify", "", "#!/bin/sh\nrm -rf ~\n"))),
        ("could not be downloaded into", tampered(NAME, |file| file.extend(b"CUT"))),
        ("SHA256SUMS could not be downloaded into", tampered("SHA256SUMS", |sums| sums.extend(b"CUT"))),
        ("has no sum for verify-x86_64-unknown-linux-musl.tar.gz", tampered("SHA256SUMS", Vec::clear)),
        (
            "has no sum for verify-x86_64-unknown-linux-musl.tar.gz",
            tampered("SHA256SUMS", |sums| {
                let text = String::from_utf8(std::mem::take(sums)).unwrap();
                *sums = text.replace(&format!(" {NAME}"), &format!(" {NAME}.old")).into();
            }),
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

/// The releases, of which the latest has something else for Linux on x86-64.
fn with(file: Vec<u8>) -> Files {
    let mut files = releases();
    let name = "/releases/latest/download/verify-x86_64-unknown-linux-musl.tar.gz";
    let (old, new) = (sha256(&files[name]), sha256(&file));
    files.insert(name.to_owned(), file);
    let sums = files.get_mut("/releases/latest/download/SHA256SUMS").unwrap();
    *sums = String::from_utf8(std::mem::take(sums)).unwrap().replace(&old, &new).into();
    files
}

#[test]
fn a_program_that_does_not_run_here_replaces_nothing() {
    for (file, said) in [
        (packed("verify", "", "\u{7f}ELF\u{1}\u{2}\u{3}\n"), "does not run on this system"),
        (packed("other", "", &program("verify", "0.2.0")), "could not be unpacked into"),
        (b"no archive".to_vec(), "could not be unpacked into"),
    ] {
        let user = User::new(with(file));
        user.platform("Linux x86_64");
        user.script(&user.installed("verify"), &program("verify", "0.1.0"));
        let refused = user.refused(&[]);
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn a_lack_of_space_changes_nothing() {
    // A megabyte that lacks the space when it is downloaded, and one that does when it is unpacked.
    let large = format!("{}{}", program("verify", "0.2.0"), "#".repeat(1_000_000));
    let of_a_megabyte = [(vec![b'#'; 1_000_000], "downloaded"), (packed("verify", "", &large), "unpacked")];
    for ((file, when), older) in of_a_megabyte.into_iter().flat_map(|one| [(one.clone(), false), (one, true)]) {
        for downloader in ["curl", "wget"] {
            let user = User::new(with(file.clone()));
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
            assert!(ran.stderr.contains(&format!("{when} into ~/.local/bin")), "{ran:?}");
            assert!(ran.stderr.contains("free space in ~/.local/bin"), "{ran:?}");
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
fn it_needs_programs_that_download_compute_sums_and_unpack() {
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
    let needed = [
        ("curl", "neither curl nor wget"),
        ("sha256sum", "computes SHA-256 sums"),
        ("tar", "unpacks a .tar.gz"),
        ("gzip", "unpacks a .tar.gz"),
    ];
    for (without, says) in needed {
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
