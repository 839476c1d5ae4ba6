//! Commands in a terminal of their own, with somebody who answers.

use super::{Machine, binary, installed};
use std::process::Stdio;

/// Runs a command in a terminal, presses keys at its question, and prints what was on the screen up to a text, or to its end.
const SOMEBODY: &str = r#"
import os, pty, sys
question, keys, until, *command = map(os.fsencode, sys.argv[1:])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
seen, answered = b"", False
while not (until and until in seen):
    if not answered and question in seen:
        os.write(terminal, keys)
        answered = True
    try:
        more = os.read(terminal, 4096)
    except OSError:
        break
    if not more:
        break
    seen += more
else:
    os.kill(pid, 15)
sys.stdout.buffer.write(seen)
sys.exit(abs(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
"#;

/// What somebody does in a terminal.
pub struct Keys<'a> {
    /// The end of the question that they wait for.
    pub question: &'a str,
    /// The keys that they press.
    pub pressed: &'a str,
    /// The text at which they end the command; without one, it ends by itself.
    pub until: &'a str,
}

impl Machine {
    /// Runs one of our programs in a terminal. Returns its exit status, and what was on the screen.
    pub fn in_a_terminal(&self, program: &str, arguments: &[&str], keys: &Keys) -> (i32, String) {
        let mut command = self.command(&installed("python"));
        command.args(["-c", SOMEBODY, keys.question, keys.pressed, keys.until]);
        let output = command.arg(binary(program)).args(arguments).stdin(Stdio::null()).output().unwrap();
        assert!(output.stderr.is_empty(), "{output:?}");
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }
}
