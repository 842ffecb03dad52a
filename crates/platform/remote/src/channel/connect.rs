//! Opens a connection: a socket, TLS, HTTP/2, and the first word of the peer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::{AlertDescription, ClientConfig};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::token::{Passes, Tie};

/// Longest time for all of it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How soon a peer that vanished without a word is noticed, while it owes answers.
const KEEP_ALIVE: Duration = Duration::from_millis(750);
/// Bytes that may be under way in one direction: windows of HTTP/2.
const WINDOW: u32 = 1024 * 1024;

/// Why there is no connection.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) reason: String,
    /// One of the two does not accept the other's certificate.
    pub(super) is_refusal: bool,
}

/// An open connection.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) sender: SendRequest<Full<Bytes>>,
    pub(super) passes: Arc<Passes>,
}

/// What the socket told.
#[derive(Default)]
struct Signs {
    has_spoken: AtomicBool,
    first_word: Notify,
    is_refusal: AtomicBool,
}

/// A socket that tells when the peer speaks first, and when it refuses our certificate: in TLS 1.3 it does so only
/// after the handshake has ended on this side.
struct Watched<S> {
    socket: S,
    signs: Arc<Signs>,
}

impl From<rustls::Error> for Failure {
    fn from(error: rustls::Error) -> Self {
        Self {
            is_refusal: false,
            reason: error.to_string(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            is_refusal: is_refusal(&error),
            reason: error.to_string(),
        }
    }
}

pub(super) async fn connect<S>(
    socket: impl Future<Output = io::Result<S>>,
    name: ServerName<'static>,
    tls: Arc<ClientConfig>,
) -> Result<Line, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    timeout(PATIENCE, open(socket, name, tls))
        .await
        .unwrap_or_else(|_| {
            Err(Failure {
                reason: "no answer to the attempt to connect".to_owned(),
                is_refusal: false,
            })
        })
}

async fn open<S>(
    socket: impl Future<Output = io::Result<S>>,
    name: ServerName<'static>,
    tls: Arc<ClientConfig>,
) -> Result<Line, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let socket = TlsConnector::from(tls).connect(name, socket.await?).await?;
    let passes = Arc::new(Passes::new(Tie::of(socket.get_ref().1)?));
    let signs = Arc::new(Signs::default());
    let watched = Watched {
        socket,
        signs: Arc::clone(&signs),
    };
    let lost = |reason: String| Failure {
        is_refusal: signs.is_refusal.load(Ordering::Relaxed),
        reason,
    };
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(2 * WINDOW)
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .max_header_list_size(16 * 1024)
        .handshake(TokioIo::new(watched))
        .await
        .map_err(|error| lost(error.to_string()))?;
    let running = tokio::spawn(connection);
    let first_word = async {
        let word = signs.first_word.notified();
        if !signs.has_spoken.load(Ordering::Acquire) {
            word.await;
        }
    };
    tokio::select! {
        biased;
        () = first_word => Ok(Line { sender, passes }),
        _ended = running => Err(lost("the peer closed the connection".to_owned())),
    }
}

fn is_refusal(error: &io::Error) -> bool {
    use AlertDescription::{
        AccessDenied, BadCertificate, CertificateExpired, CertificateRequired, CertificateRevoked,
        CertificateUnknown, DecryptError, UnknownCA, UnsupportedCertificate,
    };
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => true,
        Some(rustls::Error::AlertReceived(alert)) => matches!(
            alert,
            AccessDenied
                | BadCertificate
                | CertificateExpired
                | CertificateRequired
                | CertificateRevoked
                | CertificateUnknown
                | DecryptError
                | UnknownCA
                | UnsupportedCertificate
        ),
        _ => false,
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
        let has_words = buffer.filled().len() > before;
        if has_words && !self.signs.has_spoken.swap(true, Ordering::AcqRel) {
            self.signs.first_word.notify_one();
        }
        if let Poll::Ready(Err(error)) = &result
            && is_refusal(error)
        {
            self.signs.is_refusal.store(true, Ordering::Relaxed);
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
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, parts)
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
