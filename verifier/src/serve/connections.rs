//! Limits connections, so that other programs cannot lock out the browser that has the token.
//!
//! Every new connection is a stranger's. There is room for a limited number of strangers, and a new one replaces the
//! oldest: a request on loopback arrives immediately, so the oldest connection is the least likely to send one. After
//! its first request with the token, a connection is no longer a stranger's and is never replaced. A stranger's request
//! gets a short response, and its connection is closed.

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
/// How long the client may take to read some of the response.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);
/// The largest head of a request. It contains the cookies of all servers on this host.
const LARGEST_HEAD: usize = 64 * 1024;
/// The maximum number of strangers, if the system allows the program twice as many open files. On a busy machine, a
/// hundred connections may arrive before the first is handled.
const STRANGERS: usize = 500;
/// How long to wait if the system has no file left for a connection.
const NO_ROOM: Duration = Duration::from_millis(20);

/// The connections that have not sent the token, oldest first.
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

    /// Serves a connection. If there are too many, it replaces the oldest.
    fn serve(&self, connection: impl Future<Output = ()> + Send + 'static) {
        // Locked before the connection starts, so that it is in the list before it can leave it.
        let mut strangers = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.push_back(task::spawn(connection).abort_handle());
        if strangers.len() > self.room {
            strangers.pop_front().iter().for_each(AbortHandle::abort);
        }
    }

    /// The current connection is not, or no longer, a stranger's.
    pub(super) fn leave(&self) {
        let mut strangers = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.retain(|connection| task::try_id() != Some(connection.id()));
    }

    /// Ends the oldest connection.
    fn end_one(&self) {
        let mut strangers = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.pop_front().iter().for_each(AbortHandle::abort);
    }
}

/// Accepts connections. (axum's own loop has no deadlines.)
pub(super) async fn accept(listener: TcpListener, router: axum::Router, strangers: Arc<Strangers>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely, too many files are open.
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
            // An error here means that the client has closed the connection.
            drop(connection.await);
            here.leave();
        });
        // Handle what has arrived with it before another connection replaces it.
        task::yield_now().await;
    }
}

/// A connection that ends if the client does not read the response.
struct Impatient<S> {
    stream: S,
    /// The time that is left while the client reads nothing.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S: Unpin> Impatient<S> {
    fn new(stream: S) -> Impatient<S> {
        Impatient { stream, waiting: None }
    }

    /// The result of a write, unless it has waited too long.
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
        // A slow client is not a client that does not read.
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
