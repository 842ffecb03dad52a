//! What a call to a module in another process costs, beside bare HTTP/2 over TLS with a body of the same size.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tenon_kernel::Env;
use tenon_remote::issue::{Authority, Issued};
use tenon_remote::{RemotePeers, SeamHost, SeamSettings};
use tenon_seam::{AccessList, EdgeSettings, Seam};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tokio_util::sync::CancellationToken;

use crate::seam_calls::{Asked, DoublerClient, DoublerServer, Plain, nanoseconds};
use crate::{median, row};

/// About what the measured call carries: context and request.
const BODY: usize = 400;

pub(crate) async fn run() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let authority = Authority::new()?;
    let stop = CancellationToken::new();
    let remote = {
        let hearing = authority.issue("doubler-service")?;
        let calling = authority.issue("bench")?;
        let mut settings = identity(folder.path(), &authority, "doubler-service", &hearing)?;
        settings.callers = [("bench".to_owned(), vec!["bench".to_owned()])].into();
        settings.trusted_keys = [("bench".to_owned(), vec![calling.public_key.clone()])].into();
        let access = Arc::new(AccessList::new().declare("bench", &["doubler"]));
        let mut host = SeamHost::new(&settings, Env::system(), access)?;
        host.dispatch(Arc::new(DoublerServer::new(Arc::new(Plain))));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let edge = EdgeSettings::remote(format!("https://{}", listener.local_addr()?));
        tokio::spawn(host.serve(listener, stop.clone()));
        let settings = identity(folder.path(), &authority, "bench", &calling)?;
        let seam = Seam::new([("doubler".to_owned(), edge)].into())
            .declare("bench", &["doubler"])
            .with_peers(RemotePeers::new(&settings, Env::system())?);
        DoublerClient::connect(&seam, "bench", None)?
    };
    let issued = authority.issue_with_hosts("bare", &["localhost"])?;
    let bare = connect(&authority, serve(&issued).await?).await?;

    let (mut queries, mut commands, mut bares) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        queries.push(nanoseconds(&remote, Asked::Query).await? / 1e3);
        commands.push(nanoseconds(&remote, Asked::Command).await? / 1e3);
        bares.push(microseconds(&bare).await?);
    }
    stop.cancel();
    let bare = median(bares);
    for (what, ours, budget) in [
        ("seam query, remote on loopback", median(queries), "≤ 1.5×"),
        // Signed and checked one by one; what it does in a database costs far more.
        (
            "seam command, remote on loopback",
            median(commands),
            "≤ 1.5×",
        ),
    ] {
        row(
            what,
            &format!("{ours:.0} µs"),
            &format!("bare HTTP/2 over TLS {bare:.0} µs"),
            &format!("{:.2}×", ours / bare),
            budget,
        );
    }
    Ok(())
}

fn identity(
    folder: &Path,
    authority: &Authority,
    service: &str,
    issued: &Issued,
) -> Result<SeamSettings> {
    let write = |what: &str, text: &str| {
        let path = folder.join(format!("{service}-{what}.pem"));
        std::fs::write(&path, text).map(|()| path)
    };
    Ok(SeamSettings {
        service: service.to_owned(),
        certificate: write("certificate", &issued.certificate)?,
        key: write("key", &issued.key)?,
        authority: write("authority", authority.certificate())?,
        signing_key: write("signing", &issued.signing_key)?,
        ..SeamSettings::default()
    })
}

/// Echoes over HTTP/2 and TLS, with nothing around it.
async fn serve(issued: &Issued) -> Result<SocketAddr> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let certificate = CertificateDer::from_pem_slice(issued.certificate.as_bytes())?;
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes())?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let socket = acceptor.accept(socket).await?;
        let echo = service_fn(|request: Request<Incoming>| async move {
            let body = request.into_body().collect().await?.to_bytes();
            Ok::<_, hyper::Error>(Response::new(Full::new(body)))
        });
        hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(socket), echo)
            .await?;
        anyhow::Ok(())
    });
    Ok(address)
}

async fn connect(authority: &Authority, address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(
        authority.certificate().as_bytes(),
    )?)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let name = ServerName::try_from("localhost").context("a host name")?;
    let socket = TlsConnector::from(Arc::new(config))
        .connect(name, socket)
        .await?;
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// Mean duration of one exchange over a fifth of a second.
async fn microseconds(sender: &SendRequest<Full<Bytes>>) -> Result<f64> {
    let body = Bytes::from(vec![b'x'; BODY]);
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < Duration::from_millis(200) {
        for _ in 0..50 {
            let request = Request::post("https://localhost/echo").body(Full::new(body.clone()))?;
            let answer = sender.clone().send_request(request).await?;
            let echoed = answer.into_body().collect().await?.to_bytes();
            anyhow::ensure!(echoed.len() == BODY, "the echo is whole");
        }
        calls += 50;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(calls))
}
