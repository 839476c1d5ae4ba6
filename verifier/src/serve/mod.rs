//! The live book: serves the book and the requests of its widgets on loopback, only to this machine's browser.
//!
//! | module | contents |
//! |---|---|
//! | [`auth`] | access to the server |
//! | `connections` | limits on connections |
//! | [`pages`] | the book in memory |
//! | [`build`] | building the book |
//! | [`backend`] | the tasks that pages can start |
//! | [`live_book`] | the state of the server |
//! | [`event`], [`progress`], [`accounts`] | the events that pages receive |
//! | `routes` | HTTP |
//!
//! Tasks are done by `run`. This module does not use AWS.

pub mod accounts;
pub mod auth;
pub mod backend;
pub mod build;
mod connections;
pub mod event;
pub mod live_book;
pub mod pages;
pub mod progress;
mod refusal;
mod routes;
mod snapshot;

use anyhow::{Context, Result};
use course::terminal::Text;
use std::sync::Arc;
use tokio::net::TcpListener;

use connections::Strangers;
use live_book::LiveBook;
use snapshot::{LOOK, Snapshot};

/// Listens on a port of loopback; port 0 lets the system choose one. The second address is missing without IPv6.
///
/// # Errors
/// When the port is in use.
pub async fn bind(port: u16) -> Result<(Vec<TcpListener>, u16)> {
    let first = TcpListener::bind(("127.0.0.1", port)).await.with_context(|| match port {
        0 => "no port of 127.0.0.1 is available".to_owned(),
        port => format!("port {port} of 127.0.0.1 is not available: leave out --port to use a free one"),
    })?;
    let port = first.local_addr().context("reading the port")?.port();
    let second = TcpListener::bind(("::1", port)).await.ok();
    Ok(([Some(first), second].into_iter().flatten().collect(), port))
}

/// Serves until the process ends. `say` gets a message when a build fails, and when it works again.
pub async fn run(listeners: Vec<TcpListener>, live_book: Arc<LiveBook>, say: impl Fn(&Text) + Send + 'static) {
    let looking = Arc::clone(&live_book);
    std::thread::spawn(move || look(&looking, &say));
    let watching = Arc::clone(&live_book);
    std::thread::spawn(move || watching.watch_on());
    let strangers = Arc::new(Strangers::none());
    let router = routes::router(live_book, Arc::clone(&strangers));
    let serving =
        listeners.into_iter().map(|listener| connections::accept(listener, router.clone(), Arc::clone(&strangers)));
    futures_util::future::join_all(serving).await;
}

/// Builds the book again when something has changed.
fn look(live_book: &LiveBook, say: &dyn Fn(&Text)) {
    let mut built = live_book.built_from;
    let mut broken = false;
    let mut notices = live_book.notices();
    loop {
        std::thread::sleep(LOOK);
        let now = Snapshot::of(&live_book.options.root);
        if now == built {
            continue;
        }
        let course_changed = now.course != built.course;
        built = now;
        if !course_changed {
            // The pages don't contain results. They receive them as events.
            live_book.send_steps();
            continue;
        }
        let rebuilt = live_book.rebuild();
        match &rebuilt {
            Err(error) => say(Text::causes(error).put("\n\nThe last good build is still shown.")),
            Ok(_) if broken => say(&Text::line("The book is built again.")),
            Ok(_) => {}
        }
        if live_book.notices() != notices {
            notices = live_book.notices();
            notices.iter().for_each(|text| say(&Text::line(text)));
        }
        built = *rebuilt.as_ref().unwrap_or(&built);
        broken = rebuilt.is_err();
    }
}
