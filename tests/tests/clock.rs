//! A computer with a wrong clock: the error messages.

#![cfg(target_os = "linux")]

use crate::common::Machine;
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;

/// A library that gives a program that loads it another time.
const CLOCK: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, id, now);
    if (id == CLOCK_REALTIME) now->tv_sec = atoll(getenv("CLOCK"));
    return failed;
}
"#;

/// A machine whose clock shows a time, in seconds since 1970. It needs a C compiler, which Rust uses as its linker.
fn machine_at(time: &str) -> Machine {
    let mut machine = Machine::new();
    let [source, library]: [PathBuf; 2] = ["clock.c", "clock.so"].map(|name| machine.home.path().join(name));
    std::fs::write(&source, CLOCK).unwrap();
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status();
    assert!(compiled.unwrap().success());
    machine.set("LD_PRELOAD", library.to_str().unwrap());
    machine.set("CLOCK", time);
    machine
}

#[test]
fn a_clock_that_cannot_be_right_is_told_in_words() {
    for (time, why) in [
        ("-100", "it is before 1970"),
        ("-99999999999", "it is before 1970"),
        ("253402300800", "it is after the year 9998"),
        ("9000000000000000000", "it is after the year 9998"),
    ] {
        let machine = machine_at(time);
        machine.bind(&[("production", "AKIAEXAMPLE", "s", "")]);
        for arguments in [
            &["cost-budget"][..],
            &["--practice", "cost-budget"],
            &["--practice=done"],
            &["practice", "do", "cost-budget"],
            &["serve", "--practice"],
            &["watch", "--practice"],
            &["selftest"],
            &["doctor"],
        ] {
            let ran = machine.verify(arguments);
            let told = ran.stderr.contains("the time of this computer is wrong") && ran.stderr.contains(why);
            assert!(ran.status == 2 && told, "{time} {arguments:?}: {ran:?}");
        }
        // These commands don't need the time.
        for arguments in
            [&["status", "--practice"][..], &["lint"], &["build"], &["policy"], &["explain", "cost-budget"]]
        {
            let ran = machine.verify(arguments);
            assert!(!ran.stderr.contains("panicked") && ran.status != 101, "{time} {arguments:?}: {ran:?}");
        }
    }
    // The first moment of the epoch.
    assert_eq!(machine_at("0").verify(&["--practice=done", "cost-budget"]).status, 0);
}

#[test]
fn a_time_in_a_file_that_cannot_be_is_told_in_words() {
    let machine = Machine::new();
    for (time, why) in [
        (i64::MIN, "it is before 1970"),
        (-1, "it is before 1970"),
        (253_402_300_800, "it is after the year 9998"),
        (i64::MAX, "it is after the year 9998"),
    ] {
        let taken = json!([{ "step": "account-created", "time": time }]);
        machine.write(".verify/practice-actions.json", &taken.to_string());
        for arguments in [&["--practice", "cost-budget"][..], &["practice", "do", "cost-budget"]] {
            let ran = machine.verify(arguments);
            let told = ["practice-actions.json is damaged", "the time of `account-created` is wrong", why];
            assert!(ran.status == 2 && told.iter().all(|told| ran.stderr.contains(told)), "{time}: {ran:?}");
        }
    }
    assert_eq!(machine.verify(&["practice", "reset"]).status, 0);
    assert_eq!(machine.verify(&["practice", "do", "cost-budget"]).status, 0);
}
