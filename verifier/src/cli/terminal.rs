//! The terminal: shows the events of runs, and asks for MFA codes.

use anyhow::Result;
use course::terminal::{self, Text};
use evidence::connection::MfaCodes;
use evidence::mask;
use std::future::Future;
use std::io::IsTerminal;
use std::pin::Pin;
use tokio::sync::{Mutex, oneshot};

use crate::run::{Event, Listener};

/// Prints.
pub(super) fn print(text: &Text) -> Result<()> {
    Ok(terminal::print(text)?)
}

/// Prints a paragraph on standard error.
pub(super) fn notice(text: &str) {
    terminal::tell(&Text::line(text));
}

/// Whether there is a terminal in which the learner can answer.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks a question that is answered with yes or no. Enter alone is the default.
pub(super) fn confirmed(question: &str, default: bool) -> Result<bool> {
    terminal::ask(&Text::line(&format!("{question} {} ", if default { "[Y/n]" } else { "[y/N]" })));
    let mut line = String::new();
    // The end of the input is no answer.
    let read = std::io::stdin().read_line(&mut line)?;
    Ok(match line.trim().to_lowercase().as_str() {
        "" => default && read > 0,
        answer => ["y", "yes"].contains(&answer),
    })
}

/// The learner's terminal. It asks one question at a time.
#[derive(Debug, Default)]
pub(super) struct Terminal {
    asking: Mutex<()>,
    shows_progress: bool,
}

impl Terminal {
    /// A terminal for a format. For text, it shows the progress of reads, if it can.
    pub(super) fn for_format(is_text: bool) -> Terminal {
        Terminal { shows_progress: is_text && terminal::shows_progress(), ..Terminal::default() }
    }
}

impl Listener for Terminal {
    fn hear(&self, event: Event<'_>) {
        match event {
            Event::Notice(text) => notice(&text),
            Event::Reading { answered, of } if self.shows_progress => match answered {
                all if all >= of => terminal::progress(None),
                _ => terminal::progress(Some(&Text::line(&format!("Reading your accounts: {answered} of {of}")))),
            },
            Event::Reading { .. } | Event::Awaited { .. } | Event::Written => {}
        }
    }
}

impl MfaCodes for Terminal {
    fn code<'a>(
        &'a self,
        account: &'a str,
        serial: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>> {
        Box::pin(async move {
            let _turn = self.asking.lock().await;
            let question = format!("Code of the MFA device {} for the {account} account: ", mask::text(serial));
            terminal::ask(&Text::line(&question));
            let (sender, receiver) = oneshot::channel();
            // On its own thread: at its end, a runtime would wait for a task that still reads a line.
            std::thread::spawn(move || {
                let mut line = String::new();
                let read = std::io::stdin().read_line(&mut line);
                sender.send(read.ok().map(|_| line.trim().to_owned()))
            });
            receiver.await.ok().flatten().filter(|code| !code.is_empty())
        })
    }
}
