//! Connections: those with the token find a place whoever else connects.
//!
//! Every connection begins as a stranger's. There is room for a few of those, and the newest takes the place of the oldest:
//! a request on loopback arrives at once, so whoever has waited longest is the least likely to send one. The first request
//! with the token makes the connection one that nobody takes the place of. A stranger's request gets a short answer, and
//! its connection is closed.

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::task::{self, AbortHandle};
use tokio::time::Sleep;

/// How long the head of a request may take to arrive, and how long a connection may idle.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long the other side may take to read some of what it is sent.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);
/// The longest head of a request: cookies of everybody who serves something on this host are in it.
const LARGEST_HEAD: usize = 64 * 1024;
/// How many strangers have a place at the same time, if the system lets the program have twice as many files open. On a
/// busy machine a hundred may come before the first of them is looked at.
const STRANGERS: usize = 500;
/// How long to wait for a place where the system has none left.
const NO_ROOM: Duration = Duration::from_millis(20);

/// The connections that have not shown the token, the oldest first.
#[derive(Debug)]
pub(super) struct Strangers {
    room: usize,
    here: Mutex<VecDeque<AbortHandle>>,
}

impl Strangers {
    pub(super) fn none() -> Strangers {
        #[cfg(unix)]
        let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        #[cfg(not(unix))]
        let files = None;
        let files = files.and_then(|files: u64| usize::try_from(files).ok()).unwrap_or(usize::MAX);
        Strangers { room: STRANGERS.min(files / 2), here: Mutex::default() }
    }

    /// Serves one more, in the place of the oldest where there are too many.
    fn serve(&self, connection: impl Future<Output = ()> + Send + 'static) {
        // Locked before it begins, so that it cannot be known before it is here.
        let mut strangers = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.push_back(task::spawn(connection).abort_handle());
        if strangers.len() > self.room {
            strangers.pop_front().iter().for_each(AbortHandle::abort);
        }
    }

    /// The connection that this is called on is no stranger's, or not any more.
    pub(super) fn leave(&self) {
        let mut strangers = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.retain(|connection| task::try_id() != Some(connection.id()));
    }

    /// Ends the oldest.
    fn end_one(&self) {
        let mut strangers = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.pop_front().iter().for_each(AbortHandle::abort);
    }
}

/// Answers everybody who connects. (axum's own loop sets no deadlines.)
pub(super) async fn accept(listener: TcpListener, router: axum::Router, strangers: Arc<Strangers>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Too many files are open, most likely.
            strangers.end_one();
            tokio::time::sleep(NO_ROOM).await;
            continue;
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_DEADLINE).max_buf_size(LARGEST_HEAD);
        let stream = TokioIo::new(Impatient::new(stream));
        let connection = http.serve_connection(stream, TowerToHyperService::new(router.clone()));
        let here = Arc::clone(&strangers);
        strangers.serve(async move {
            // There is nobody to tell when somebody hangs up early.
            drop(connection.await);
            here.leave();
        });
        // What has arrived with it is looked at before another takes a place.
        task::yield_now().await;
    }
}

/// A connection that ends when the other side does not read what it is sent.
struct Impatient<S> {
    stream: S,
    /// Since when it has read nothing, and for how long it still may.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S: Unpin> Impatient<S> {
    fn new(stream: S) -> Impatient<S> {
        Impatient { stream, waiting: None }
    }

    /// What came of writing, unless it has waited for too long.
    fn in_time<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(WRITE_DEADLINE)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.in_time(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.in_time(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.stream).poll_shutdown(context);
        self.in_time(ended, context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_read_is_not_waited_for() {
        let (ours, mut theirs) = tokio::io::duplex(4);
        let mut ours = Impatient::new(ours);
        ours.write_all(b"1234").await.unwrap();
        assert_eq!(ours.write_all(b"5").await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        // Somebody who is slow is not somebody who does not read.
        let (slow, mut reading) = tokio::io::duplex(4);
        let reader = task::spawn(async move {
            let mut read = Vec::new();
            while read.len() < 12 {
                tokio::time::sleep(WRITE_DEADLINE / 2).await;
                read.push(reading.read_u8().await.unwrap());
            }
            read
        });
        Impatient::new(slow).write_all(b"123456789012").await.unwrap();
        assert_eq!(reader.await.unwrap(), b"123456789012");
        assert_eq!(theirs.read_u8().await.unwrap(), b'1');
    }

    #[tokio::test]
    async fn the_newest_stranger_takes_the_place_of_the_oldest_and_of_nobody_who_is_known() {
        let strangers = Arc::new(Strangers { room: 3, ..Strangers::none() });
        let mut places = Vec::new();
        for at in 0..5 {
            let (place, ended) = oneshot::channel::<()>();
            let (ready, is_ready) = oneshot::channel::<()>();
            let here = Arc::clone(&strangers);
            strangers.serve(async move {
                if at == 0 {
                    here.leave();
                }
                let _ = ready.send(());
                let _place = place;
                std::future::pending::<()>().await;
            });
            is_ready.await.unwrap();
            places.push(ended);
        }
        // One is known, so one too many came.
        assert!((&mut places[1]).await.is_err(), "the oldest stranger has gone");
        for (at, place) in places.iter_mut().enumerate().filter(|(at, _)| *at != 1) {
            assert_eq!(place.try_recv(), Err(oneshot::error::TryRecvError::Empty), "{at} has a place");
        }
    }
}
