//! A proxy that misbehaves: it delays, loses answers, resets, says nothing, drips; or balances over several servers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::chance::Chance;

/// How long a connection is held without a word.
const SILENCE: Duration = Duration::from_millis(2_500);
/// Bytes of an answer that a drip lets through at once, and the pause after them.
const DRIP: (usize, Duration) = (64, Duration::from_millis(5));

/// What is done to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The request does not arrive.
    LoseRequest,
    /// The server has answered, and the answer does not arrive.
    LoseAnswer,
    /// Half of the answer arrives.
    CutAnswer,
    /// The connection is reset once the request has been sent.
    Reset,
    /// The request is passed on, and then there is silence.
    HalfOpen,
    /// Everything takes longer.
    Delay,
    /// The answer comes in drops.
    Drip,
}

impl Fault {
    /// Four of ten connections are good.
    pub(crate) fn any(chance: &mut Chance) -> Self {
        match chance.between(0, 10) {
            0 => Self::LoseRequest,
            1 => Self::LoseAnswer,
            2 => Self::CutAnswer,
            3 => Self::Reset,
            4 => Self::HalfOpen,
            5 => Self::Delay,
            6 => Self::Drip,
            _ => Self::None,
        }
    }
}

/// Where connections go, and what is done to them.
pub(crate) struct Proxy {
    address: SocketAddr,
    upstreams: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Passes connections on to these addresses (`127.0.0.1:80`) in turn; `faults` chooses what is done to each.
    pub(crate) async fn start(
        upstreams: Vec<String>,
        faults: impl Fn() -> Fault + Send + 'static,
    ) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let upstreams = Arc::new(Mutex::new(upstreams));
        let known = Arc::clone(&upstreams);
        let accepting = tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((client, _)) = listener.accept().await {
                turn += 1;
                let fault = faults();
                let upstreams = in_turn(&known, turn);
                tokio::spawn(async move {
                    // A client or server that goes away is what this is about.
                    drop(pass(client, &upstreams, fault).await);
                });
            }
        });
        Ok(Self {
            address,
            upstreams,
            accepting,
        })
    }

    /// `http://127.0.0.1:…`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// New connections go to these from now on.
    pub(crate) fn set_upstreams(&self, upstreams: Vec<String>) {
        *self.upstreams.lock().expect("nobody panics holding it") = upstreams;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn in_turn(upstreams: &Mutex<Vec<String>>, turn: usize) -> Vec<String> {
    let mut upstreams = upstreams.lock().expect("nobody panics holding it").clone();
    let count = upstreams.len().max(1);
    upstreams.rotate_left(turn % count);
    upstreams
}

/// Connects to the first that answers: nothing was sent yet, so any will do.
async fn connect(upstreams: &[String]) -> Result<TcpStream> {
    for upstream in upstreams {
        if let Ok(stream) = TcpStream::connect(upstream).await {
            return Ok(stream);
        }
    }
    anyhow::bail!("nobody listens")
}

async fn pass(mut client: TcpStream, upstreams: &[String], fault: Fault) -> Result<()> {
    if fault == Fault::LoseRequest {
        let mut some = [0; 1_024];
        let _read = client.read(&mut some).await?;
        return Ok(());
    }
    let server = connect(upstreams).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.into_split();
    if fault == Fault::Delay {
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let forward = async {
        let copied = tokio::io::copy(&mut from_client, &mut to_server).await;
        drop(to_server.shutdown().await);
        copied
    };
    let back = async {
        match fault {
            Fault::None | Fault::LoseRequest | Fault::Delay => {
                tokio::io::copy(&mut from_server, &mut to_client).await?;
            }
            Fault::LoseAnswer => {
                let mut some = [0; 1_024];
                let _read = from_server.read(&mut some).await?;
            }
            Fault::CutAnswer => {
                let mut some = [0; 1_024];
                let read = from_server.read(&mut some).await?;
                to_client.write_all(&some[..read / 2]).await?;
            }
            // Long enough for the request to leave; the answer may or may not be on its way.
            Fault::Reset => tokio::time::sleep(Duration::from_millis(3)).await,
            Fault::HalfOpen => tokio::time::sleep(SILENCE).await,
            Fault::Drip => drip(&mut from_server, &mut to_client).await?,
        }
        anyhow::Ok(())
    };
    tokio::select! {
        // The client is done sending: the answer is still to come.
        done = async { let _sent = forward.await; std::future::pending::<Result<()>>().await } => done?,
        done = back => done.context("an answer")?,
    }
    if fault == Fault::Reset {
        client.set_zero_linger()?; // the last word is RST
    }
    Ok(())
}

async fn drip(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
) -> std::io::Result<()> {
    let mut drop = vec![0; DRIP.0];
    loop {
        let read = from.read(&mut drop).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&drop[..read]).await?;
        to.flush().await?;
        tokio::time::sleep(DRIP.1).await;
    }
}
