//! Releases served on loopback, and the machine of somebody who installs them.

use crate::common::{Machine, Ran, repository, serve_raw};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The platforms that have programs: what `uname` says there, and the end of the files' names.
pub const PLATFORMS: [(&str, &str); 6] = [
    ("Linux x86_64", "x86_64-unknown-linux-musl.tar.gz"),
    ("Linux aarch64", "aarch64-unknown-linux-musl.tar.gz"),
    ("Darwin x86_64", "x86_64-apple-darwin.tar.gz"),
    ("Darwin arm64", "aarch64-apple-darwin.tar.gz"),
    ("MINGW64_NT-10.0-26100 x86_64", "x86_64-pc-windows-msvc.exe"),
    ("MSYS_NT-10.0-26100 x86_64", "x86_64-pc-windows-msvc.exe"),
];

/// What the script runs, but for what downloads and what computes sums.
#[rustfmt::skip]
const TOOLS: [&str; 14] = [
    "sh", "cat", "uname", "sed", "tail", "cut", "mktemp", "mkdir", "rmdir", "rm", "mv", "chmod", "tar", "gzip",
];

/// The files that releases serve, by their paths.
pub type Files = BTreeMap<String, Vec<u8>>;

pub fn program(name: &str, version: &str) -> String {
    format!("#!/bin/sh\n[ \"$*\" = --version ] && echo '{name} {version}'\n")
}

/// What is published of a program, as `tests/release` makes it.
pub fn packed(name: &str, target: &str, content: &str) -> Vec<u8> {
    if target.ends_with(".exe") {
        return content.into();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, content).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    Command::new("tar").args(["-czf", "-", name]).current_dir(&folder).output().unwrap().stdout
}

/// A release, as `release.yml` publishes it: the programs of every platform, and their sums.
fn release(folder: &str, version: &str) -> Files {
    let mut files = Files::new();
    let mut sums = String::new();
    let targets: BTreeSet<&str> = PLATFORMS.iter().map(|(_, target)| *target).collect();
    for name in ["verify", "mdbook-verify"] {
        for target in &targets {
            let content = packed(name, target, &program(name, version));
            sums.push_str(&format!("{}  {name}-{target}\n", sha256(&content)));
            files.insert(format!("{folder}/{name}-{target}"), content);
        }
    }
    files.insert(format!("{folder}/SHA256SUMS"), sums.into());
    files
}

pub fn sha256(content: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let output = Command::new("sha256sum").arg(file.path()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// The releases 0.1.0 and, as the latest, 0.2.0.
pub fn releases() -> Files {
    let mut files = release("/releases/download/v0.1.0", "0.1.0");
    files.extend(release("/releases/download/v0.2.0", "0.2.0"));
    files.extend(release("/releases/latest/download", "0.2.0"));
    files
}

/// Serves files. The second half of one that ends with `CUT` is missing.
fn serve(files: Files) -> String {
    serve_raw(move |request| match files.get(request.path()) {
        None => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec(),
        Some(content) => {
            let sent = if content.ends_with(b"CUT") { &content[..content.len() / 2] } else { content };
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", content.len());
            [head.as_bytes(), sent].concat()
        }
    })
}

/// Somebody's machine, on which the script is run.
pub struct User {
    pub machine: Machine,
    pub releases: String,
    /// The folder of the programs that the script finds.
    pub tools: PathBuf,
}

impl User {
    /// Somebody with this machine's own tools and its own `uname`.
    pub fn new(files: Files) -> User {
        let machine = Machine::empty();
        let tools = machine.home.path().canonicalize().unwrap().join("tools");
        std::fs::create_dir(&tools).unwrap();
        let user = User { machine, releases: format!("{}/releases", serve(files)), tools };
        user.have(&TOOLS);
        user.have(&["curl", "sha256sum"]);
        user
    }

    /// Installs programs of this machine for the user.
    pub fn have(&self, programs: &[&str]) {
        for program in programs {
            let found = ["/usr/bin", "/bin"].iter().map(|folder| Path::new(folder).join(program));
            let found = found.into_iter().find(|path| path.exists());
            symlink(
                found.unwrap_or_else(|| panic!("{program} is not installed: run tests/run")),
                self.tools.join(program),
            )
            .unwrap();
        }
    }

    pub fn lack(&self, programs: &[&str]) {
        for program in programs {
            std::fs::remove_file(self.tools.join(program)).unwrap();
        }
    }

    /// Writes a program of the user's own.
    pub fn script(&self, path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = std::fs::remove_file(path);
        std::fs::write(path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Makes the machine one of another platform.
    pub fn platform(&self, says: &str) {
        let (system, machine) = says.split_once(' ').unwrap();
        let text = format!("#!/bin/sh\ncase $1 in -s) echo '{system}' ;; -m) echo '{machine}' ;; esac\n");
        self.script(&self.tools.join("uname"), &text);
    }

    pub fn home(&self) -> PathBuf {
        self.machine.home.path().canonicalize().unwrap()
    }

    /// Where a program comes by default.
    pub fn installed(&self, name: &str) -> PathBuf {
        self.home().join(".local/bin").join(name)
    }

    /// Runs the script, as somebody does who has downloaded it.
    pub fn install(&self, arguments: &[&str]) -> Ran {
        let file = repository().join("install.sh").to_str().unwrap().to_owned();
        self.run(&[&[file.as_str(), "--from", &self.releases], arguments].concat())
    }

    /// Runs a shell, with the folder of its programs first in its PATH.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.machine.command(&self.tools.join("sh"));
        let path = format!("{}:{}", self.installed("").display(), self.tools.display());
        command.args(arguments).env("PATH", path.replace("/:", ":")).stdin(Stdio::null());
        let mut ran = Ran::of(command.output().unwrap(), &self.machine);
        for text in [&mut ran.stdout, &mut ran.stderr] {
            *text = text.replace(&self.releases, "RELEASES");
        }
        ran
    }

    /// Every file and folder below the home, to see that nothing has changed.
    pub fn everything(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                match entry.is_dir() {
                    true => walk(&entry, found),
                    false => drop(found.insert(entry.clone(), std::fs::read(&entry).ok())),
                }
                found.entry(entry).or_default();
            }
        }
        let mut found = BTreeMap::new();
        walk(&self.home(), &mut found);
        found
    }

    /// Asserts that the script fails and changes nothing, and returns what it says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let before = self.everything();
        let ran = self.install(arguments);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.stderr.ends_with("Nothing was changed.\n"), "{ran:?}");
        assert_eq!(self.everything(), before, "{ran:?}");
        ran.stderr
    }
}
