//! `verify serve`: the live book.

use anyhow::{Result, bail};
use course::files::{self, Folder, Readers};
use course::terminal as term;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use super::Exit;
use super::common::Common;
use super::copy::COPY;
use super::terminal::{Terminal, can_ask, confirmed, notice};
use crate::book::NoCourse;
use crate::run::PracticeStart;
use crate::serve::auth::Auth;
use crate::serve::backend::Backend;
use crate::serve::build::BuildOptions;
use crate::serve::live_book::LiveBook;
use crate::{book, course_files, serve, shipped};
use evidence::bindings;

pub(super) async fn run(common: &Common, port: u16, open: bool) -> Result<Exit> {
    let root = course_or_copy(common)?;
    let mut options = common.options();
    options.course = Some(root.clone());
    let nothing_bound = options.accounts.is_empty() && bindings::read(&root)?.is_empty();
    if options.practice.is_none() && nothing_bound {
        options.practice = Some(PracticeStart::Taken);
        notice("No AWS account is bound to this course yet, so these are practice accounts: nothing in them is real.");
        notice("To read your own accounts: verify accounts --help");
    }
    if matches!(options.practice, Some(PracticeStart::Fresh | PracticeStart::Done)) {
        bail!("the live book shows saved results, and --practice=fresh and --practice=done save none: use --practice");
    }
    let build = BuildOptions { root, practice: options.practice.is_some(), trusted: options.trust_course };
    let (listeners, port) = serve::bind(port).await?;
    let auth = Auth::new(port)?;
    let address = auth.address();
    // The outcome of requests is shown in the page. This terminal shows only notices and questions.
    let backend = Backend::new(options, Box::new(Terminal::default()));
    let live_book = Arc::new(LiveBook::open(auth, build, backend)?);
    let stopped = stopped()?;
    live_book.notices().iter().for_each(|text| notice(text));
    notice(&format!("The live book: {address}"));
    notice("The address works once, for one browser. Ctrl-C stops.");
    // Keep the page until the server ends: a browser may be slow to start.
    let page = if open { opening_page(&address) } else { None };
    if open && page.as_ref().is_none_or(|page| open::that_detached(&page.path).is_err()) {
        notice("No browser could be started: open the address yourself.");
    }
    tokio::select! {
        () = serve::run(listeners, live_book, term::notice) => {}
        () = stopped => notice("Stopped."),
    }
    Ok(Exit::Done)
}

/// The course. Where there is none, the learner is asked whether to serve one nearby, or a copy of the one in this program.
fn course_or_copy(common: &Common) -> Result<PathBuf> {
    let error = match book::find(common.course.as_deref()) {
        Err(error) if can_ask() => error,
        found => return found,
    };
    let Some(NoCourse { nearby }) = error.downcast_ref() else { return Err(error) };
    let question = match nearby {
        Some(nearby) => format!("There is no course here, but there is one in {}. Open it?", nearby.display()),
        None => format!("There is no course here. Copy the one in this program to ./{COPY}?"),
    };
    let folder = nearby.clone().unwrap_or_else(|| COPY.into());
    if !confirmed(&question, true)? {
        return Err(error);
    }
    if nearby.is_none() {
        course_files::write(&shipped::course()?, &folder)?;
    }
    book::find(Some(&folder))
}

/// A page on this disk, which is removed when this is dropped.
struct OpeningPage {
    path: PathBuf,
    _folder: Folder,
}

/// A page that only this user can read, and that leads to the address. Everybody on this machine can read the arguments
/// of a command.
fn opening_page(address: &str) -> Option<OpeningPage> {
    let folder = Folder::new().ok()?;
    let path = folder.path().join("verify-serve.html");
    let page =
        format!("<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={address}\">");
    files::write(&path, page.as_bytes(), Readers::Owner).ok()?;
    Some(OpeningPage { path, _folder: folder })
}

/// Listens for signals from now on, and returns a future that waits for one that ends the program.
///
/// # Errors
/// When the system does not deliver signals.
fn stopped() -> Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use anyhow::Context;
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupted = signal(SignalKind::interrupt()).context("waiting for Ctrl-C")?;
        let mut terminated = signal(SignalKind::terminate()).context("waiting for the end")?;
        Ok(async move {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
