//! Watches a connection: when bytes last moved, whether a request is running, how its head arrived.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// What happens on a connection, seen from its socket.
#[derive(Debug)]
pub(super) struct Activity {
    opened: Instant,
    running: AtomicU32,
    served: AtomicBool,
    /// Frames that are no request come and go on HTTP/2: they neither start a head nor keep a connection.
    is_http2: AtomicBool,
    /// When bytes last moved, in milliseconds after opening.
    moved_at: AtomicU64,
    /// Whether the client has yet to take what was written to it.
    is_blocked: AtomicBool,
    /// When the last request ended.
    ended_at: AtomicU64,
    /// When the first byte of a request's head came; 0 while none is under way.
    head_since: AtomicU64,
    head: Mutex<Vec<u8>>,
    keep: usize,
}

/// A request that is running; ends when dropped.
pub(super) struct Running(Arc<Activity>);

/// What the watch says about a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Look again then.
    Fine(Instant),
    /// The head of a request takes too long.
    SlowHead,
    /// Nothing moved for too long.
    Idle,
}

impl Activity {
    pub(super) fn new(keep: usize) -> Arc<Self> {
        Arc::new(Self {
            opened: Instant::now(),
            running: AtomicU32::new(0),
            served: AtomicBool::new(false),
            is_http2: AtomicBool::new(false),
            moved_at: AtomicU64::new(0),
            is_blocked: AtomicBool::new(false),
            ended_at: AtomicU64::new(0),
            head_since: AtomicU64::new(0),
            head: Mutex::default(),
            keep,
        })
    }

    /// Notes that a request's head is complete; returns the bytes that came since the one before.
    pub(super) fn start_request(
        self: &Arc<Self>,
        is_http2: bool,
        want_head: bool,
    ) -> (Running, Option<Vec<u8>>) {
        self.running.fetch_add(1, Ordering::Relaxed);
        self.served.store(true, Ordering::Relaxed);
        self.is_http2.store(is_http2, Ordering::Relaxed);
        self.head_since.store(0, Ordering::Relaxed);
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = want_head.then(|| head.clone());
        head.clear();
        (Running(Arc::clone(self)), bytes)
    }

    /// Judges the connection now.
    pub(super) fn judge(&self, header_timeout: Duration, idle_timeout: Duration) -> Verdict {
        let now = Instant::now();
        let look_again = now + header_timeout.min(idle_timeout);
        if self.running.load(Ordering::Relaxed) > 0 {
            return Verdict::Fine(look_again);
        }
        let (since, allowed, verdict) = match self.head_since.load(Ordering::Relaxed) {
            0 if !self.served.load(Ordering::Relaxed) => (0, header_timeout, Verdict::SlowHead),
            0 if self.is_http2.load(Ordering::Relaxed) => (
                self.ended_at.load(Ordering::Relaxed),
                idle_timeout,
                Verdict::Idle,
            ),
            0 => (
                self.moved_at.load(Ordering::Relaxed),
                idle_timeout,
                Verdict::Idle,
            ),
            since => (since, header_timeout, Verdict::SlowHead),
        };
        let due = self.opened + Duration::from_millis(since) + allowed;
        if due <= now {
            verdict
        } else {
            Verdict::Fine(due.min(look_again))
        }
    }

    /// Whether nobody here waits for anything: no request runs, no answer is on its way, and nothing moved lately.
    pub(super) fn is_quiet(&self, lately: Duration) -> bool {
        let moved = self.opened + Duration::from_millis(self.moved_at.load(Ordering::Relaxed));
        self.running.load(Ordering::Relaxed) == 0
            && !self.is_blocked.load(Ordering::Relaxed)
            && moved.elapsed() >= lately
    }

    fn note_written(&self, is_ready: bool) {
        self.is_blocked.store(!is_ready, Ordering::Relaxed);
        if is_ready {
            self.note_moved();
        }
    }

    fn note_read(&self, bytes: &[u8]) {
        let now = self.note_moved();
        if self.is_http2.load(Ordering::Relaxed) {
            return;
        }
        if self.running.load(Ordering::Relaxed) == 0 {
            // Only the first byte starts the clock: sending one byte at a time does not win time.
            let _ = self
                .head_since
                .compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        }
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.keep.saturating_sub(head.len());
        head.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn note_moved(&self) -> u64 {
        let now = u64::try_from(self.opened.elapsed().as_millis())
            .unwrap_or(u64::MAX)
            .max(1);
        self.moved_at.store(now, Ordering::Relaxed);
        now
    }
}

impl Running {
    /// What an answer that outlives its request calls whenever the other end has taken a part of it.
    pub(super) fn pulse(&self) -> impl Fn() + Send + 'static {
        let activity = Arc::clone(&self.0);
        move || {
            let now = activity.note_moved();
            activity.ended_at.store(now, Ordering::Relaxed);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let now = self.0.note_moved();
        self.0.ended_at.store(now, Ordering::Relaxed);
        if self.0.running.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0
                .head
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
        }
    }
}

/// A socket that tells its activity.
pub(super) struct Watched<S> {
    socket: S,
    activity: Arc<Activity>,
}

impl<S> Watched<S> {
    pub(super) fn new(socket: S, activity: Arc<Activity>) -> Self {
        Self { socket, activity }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.socket).poll_read(cx, buffer);
        let fresh = &buffer.filled()[before..];
        if !fresh.is_empty() {
            self.activity.note_read(fresh);
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.activity.note_written(result.is_ready());
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.activity.note_written(result.is_ready());
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
