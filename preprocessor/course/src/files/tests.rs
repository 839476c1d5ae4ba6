use super::*;

fn why<T: std::fmt::Debug>(result: io::Result<T>) -> String {
    result.unwrap_err().to_string()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn only_ordinary_files_are_read_and_written_and_nothing_blocks() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("file"), "whole").unwrap();
    symlink(path("file"), path("link")).unwrap();
    symlink(path("nothing"), path("dangling")).unwrap();
    symlink("/dev/zero", path("zero")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, path("pipe"), 0o600.into()).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    for (name, what) in [
        ("link", "a symbolic link"),
        ("dangling", "a symbolic link"),
        ("zero", "a symbolic link"),
        ("folder", "a folder"),
        ("pipe", "a pipe"),
        ("socket", "a socket"),
    ] {
        let expected = format!("it is {what}, and must be an ordinary file: remove it");
        assert_eq!(why(read(&path(name), 10)), expected, "{name}");
        assert_eq!(why(open_lock(&path(name))), expected, "{name}");
        assert_eq!(why(write(&path(name), b"new", Readers::Owner)), expected, "{name}");
        assert!(!create(&path(name), b"new", Readers::Owner).unwrap(), "{name}");
    }
    assert_eq!(why(read_theirs(Path::new("/dev/zero"), 10)), "it is a device, and must be an ordinary file");
    assert!(why(read_theirs(&path("zero"), 10)).contains("a device"));
    assert!(why(read_theirs(&path("pipe"), 10)).contains("a pipe"));
    assert_eq!(read_theirs(&path("link"), 10).unwrap(), b"whole");
    assert_eq!(fs::read(path("file")).unwrap(), b"whole");
    assert_eq!(names(folder.path()), ["dangling", "file", "folder", "link", "pipe", "socket", "zero"]);
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "12345").unwrap();
    assert_eq!(read(&path, 5).unwrap(), b"12345");
    assert_eq!(why(read(&path, 4)), "it has more than 4 bytes");
    // More than the memory.
    File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(read(&path, LARGEST).unwrap_err().kind(), ErrorKind::FileTooLarge);
    assert_eq!(read(&folder.path().join("gone"), 1).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_leftover_part_is_removed_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let other = part(folder.path(), Readers::Owner).unwrap();
    let kept = other.path().file_name().unwrap().to_str().unwrap().to_owned();
    for name in [".verify-aaa.part", ".verify-bbb.txt", "verify-ccc.part", "notes"] {
        fs::write(folder.path().join(name), "half").unwrap();
    }
    sweep(folder.path(), remove_part);
    let path = folder.path().join("file");
    write(&path, b"b", Readers::Owner).unwrap();
    let mut expected =
        vec![".verify-bbb.txt".to_owned(), "file".into(), "notes".into(), "verify-ccc.part".into(), kept];
    expected.sort();
    assert_eq!(names(folder.path()), expected);
    assert_eq!(fs::read(&path).unwrap(), b"b");
}

#[test]
fn leftover_folders_are_removed_and_no_others() {
    let all = tempfile::tempdir().unwrap();
    let make = |name: &str| {
        let path = all.path().join(name);
        fs::create_dir_all(path.join("files")).unwrap();
        fs::write(path.join("lock"), "").unwrap();
        path
    };
    let [left, used, other] = [format!("{FOLDER}left"), format!("{FOLDER}used"), "verify-other".to_owned()];
    let _left = make(&left);
    let lock = open_lock(&make(&used).join("lock")).unwrap();
    lock.lock().unwrap();
    make(&other);
    fs::create_dir(all.path().join(format!("{FOLDER}new"))).unwrap();
    sweep(all.path(), remove_folder);
    assert_eq!(names(all.path()), [format!("{FOLDER}new"), used, other]);
}

#[test]
fn a_temporary_folder_is_removed_with_its_owner() {
    let folder = Folder::new().unwrap();
    fs::write(folder.path().join("a"), "").unwrap();
    let path = folder.path().parent().unwrap().to_owned();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
    drop(folder);
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn others_may_read_what_they_could_read_before() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    write(&path, b"", Readers::Others).unwrap();
    // The mode of this process's new files.
    fs::write(folder.path().join("any"), "").unwrap();
    assert_eq!(mode(), fs::metadata(folder.path().join("any")).unwrap().permissions().mode() & 0o777);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    write(&path, b"", Readers::Others).unwrap();
    assert_eq!(mode(), 0o640);
    write(&path, b"", Readers::Owner).unwrap();
    assert_eq!(mode(), 0o600);
}

#[test]
fn an_existing_file_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    assert!(create(&path, b"one", Readers::Owner).unwrap());
    assert!(!create(&path, b"two", Readers::Owner).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"one");
    assert_eq!(names(folder.path()), ["file"]);
}
