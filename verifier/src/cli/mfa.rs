//! Asks for MFA codes in the terminal.

use course::terminal::{self, Text};
use std::future::Future;
use std::pin::Pin;
use tokio::sync::{Mutex, oneshot};

use evidence::connection::MfaCodes;
use evidence::mask;

/// The learner at the terminal, who is asked one thing at a time.
#[derive(Debug, Default)]
pub(super) struct Terminal(Mutex<()>);

impl MfaCodes for Terminal {
    fn code<'a>(
        &'a self,
        account: &'a str,
        serial: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>> {
        Box::pin(async move {
            let _turn = self.0.lock().await;
            let question = format!("Code of the MFA device {} for the {account} account: ", mask::text(serial));
            terminal::ask(&Text::line(&question));
            let (sender, receiver) = oneshot::channel();
            // A thread of its own: a runtime would wait at its end for one that still waits for a line.
            std::thread::spawn(move || {
                let mut line = String::new();
                let read = std::io::stdin().read_line(&mut line);
                sender.send(read.ok().map(|_| line.trim().to_owned()))
            });
            receiver.await.ok().flatten().filter(|code| !code.is_empty())
        })
    }
}
