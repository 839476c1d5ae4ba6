//! The live book: serves it and its widgets' requests on loopback, to this machine's browser only.
//!
//! | where | what |
//! |---|---|
//! | [`gate`] | who may talk to it |
//! | [`pages`] | the book in memory |
//! | [`desk`] | what it knows, and what is under way |
//! | `routes` | HTTP |
//!
//! What a task does is the caller's: this module knows no AWS.

pub mod desk;
pub mod gate;
pub mod pages;
mod routes;

use anyhow::{Context, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;

use desk::Desk;

/// How often the course and the results are looked at. mdBook's own server looks once a second.
const LOOK: Duration = Duration::from_millis(300);

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
///
/// # Errors
/// When a listener fails.
pub async fn run(listeners: Vec<TcpListener>, desk: Arc<Desk>, say: impl Fn(&str) + Send + 'static) -> Result<()> {
    let looking = Arc::clone(&desk);
    std::thread::spawn(move || look(&looking, &say));
    let serving = listeners.into_iter().map(|listener| {
        let router = routes::router(Arc::clone(&desk));
        async move { axum::serve(listener, router).await }
    });
    futures_util::future::try_join_all(serving).await.context("serving the book")?;
    Ok(())
}

/// Builds again whenever something has changed.
fn look(desk: &Desk, say: &dyn Fn(&str)) {
    let root = desk.recipe.root.clone();
    let (mut course, mut results) = (course_stamp(&root), results_stamp(&root));
    let mut broken = false;
    loop {
        std::thread::sleep(LOOK);
        let (course_now, results_now) = (course_stamp(&root), results_stamp(&root));
        if (course_now, results_now) == (course, results) {
            continue;
        }
        let message = desk.rebuild(course_now != course);
        (course, results) = (course_now, results_now);
        match message {
            Some(message) => say(&format!("{message}\n\nThe book is shown as it was before.")),
            None if broken => say("The book is built again."),
            None => {}
        }
        broken = desk.state().iter().any(|event| matches!(event, desk::Event::Broken { message: Some(_) }));
    }
}

fn course_stamp(root: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    stamp(root, &mut hasher);
    hasher.finish()
}

fn results_stamp(root: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    stamp(&root.join(".verify/results"), &mut hasher);
    hasher.finish()
}

/// What changes when a file below the folder does. Hidden folders are not the course's, and a built book is marked by
/// mdBook's `.nojekyll`.
fn stamp(folder: &Path, hasher: &mut DefaultHasher) {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (name, path) = (entry.file_name(), entry.path());
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            let hidden = name.to_string_lossy().starts_with('.');
            if !hidden && !path.join(".nojekyll").exists() {
                stamp(&path, hasher);
            }
            continue;
        }
        let modified = about.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        (path, about.len(), modified).hash(hasher);
    }
}
