//! The live book: serves it and its widgets' requests on loopback, to this machine's browser only.
//!
//! | where | what |
//! |---|---|
//! | [`auth`] | who may talk to it |
//! | `connections` | how many may connect, and for how long |
//! | [`pages`] | the book in memory |
//! | [`build`] | building it |
//! | [`backend`] | what pages can ask for |
//! | [`live_book`] | what it knows, and what is under way |
//! | [`event`] | what pages are told |
//! | `routes` | HTTP |
//!
//! What a task does is a run's: this module knows no AWS.

pub mod auth;
pub mod backend;
pub mod build;
mod connections;
pub mod event;
pub mod live_book;
pub mod pages;
mod routes;
mod snapshot;

use anyhow::{Context, Result};
use course::terminal::Text;
use std::sync::Arc;
use tokio::net::TcpListener;

use connections::Strangers;
use live_book::LiveBook;
use snapshot::{LOOK, Snapshot};

/// Loopback on a port; port 0 is one of the system's choice. The second address is missing where there is no IPv6.
///
/// # Errors
/// When the port is taken.
pub async fn bind(port: u16) -> Result<(Vec<TcpListener>, u16)> {
    let first = TcpListener::bind(("127.0.0.1", port)).await.with_context(|| match port {
        0 => "no port of 127.0.0.1 can be had".to_owned(),
        port => format!("port {port} of 127.0.0.1 cannot be had; leave --port out, and the system chooses one"),
    })?;
    let port = first.local_addr().context("asking for the port")?.port();
    let second = TcpListener::bind(("::1", port)).await.ok();
    Ok(([Some(first), second].into_iter().flatten().collect(), port))
}

/// Serves until the process ends. `say` is told of builds that fail and of those that work again.
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

/// Builds again whenever something has changed.
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
            // The pages hold no results: they are told of them.
            live_book.tell_steps();
            continue;
        }
        let rebuilt = live_book.rebuild();
        match &rebuilt {
            Err(error) => say(Text::causes(error).put("\n\nThe book is shown as it was before.")),
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
