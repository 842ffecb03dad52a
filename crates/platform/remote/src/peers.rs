//! Reaches modules that run in other processes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use http::Method;
use tenon_events::Feed;
use tenon_kernel::{Caller, Env};
use tenon_seam::{
    Dispatch, EdgeSettings, Executed, Peers, SeamFault, SetupError, Surface, WireCall, WireReply,
};
use tokio::time::timeout;

use crate::channel::{Ask, Channel, Dial};
use crate::feed::RemoteFeed;
use crate::identity::Identity;
use crate::{SeamSettings, frame};

/// For calls without a deadline of their own.
const LONGEST_CALL: Duration = Duration::from_secs(30);
/// The answer comes from here and not from the edge's timer, which cannot know whether the call was sent.
const MARGIN: Duration = Duration::from_millis(2);
/// How long a peer may take to prove that it is there.
const PROBE: Duration = Duration::from_secs(1);

/// Reaches modules that run in other processes; one connection for each process.
pub struct RemotePeers {
    identity: Arc<Identity>,
    dial: Dial,
    channels: Mutex<BTreeMap<(String, String), Arc<Channel>>>,
}

/// One surface of a module elsewhere.
struct RemoteEnd {
    channel: Arc<Channel>,
    module: &'static str,
    surface: Surface,
}

impl RemotePeers {
    /// Reads certificate and keys.
    ///
    /// # Errors
    ///
    /// Names the setting of `[seam]` that is missing or wrong.
    pub fn new(settings: &SeamSettings, env: Env) -> Result<Arc<Self>, SetupError> {
        Self::dialing(settings, env, Dial::tcp())
    }

    /// As [`RemotePeers::new`], over another network than the machine's.
    ///
    /// # Errors
    ///
    /// As [`RemotePeers::new`].
    pub fn dialing(settings: &SeamSettings, env: Env, dial: Dial) -> Result<Arc<Self>, SetupError> {
        Ok(Arc::new(Self {
            identity: Arc::new(Identity::load(settings, env)?),
            dial,
            channels: Mutex::default(),
        }))
    }

    /// Makes the link to the events of `source` for one consuming module.
    ///
    /// # Errors
    ///
    /// Names the setting of `[modules.<source>]` that is missing or wrong.
    pub fn feed(
        &self,
        source: &'static str,
        consumer_module: &'static str,
        settings: &EdgeSettings,
    ) -> Result<Arc<dyn Feed>, SetupError> {
        let channel = self.channel(source, settings)?;
        Ok(Arc::new(RemoteFeed::new(channel, source, consumer_module)))
    }

    /// The peers by name and address, each with what is wrong with it; connects to those that are not connected.
    pub async fn status(&self) -> Vec<(String, Option<String>)> {
        let channels: Vec<_> = {
            let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
            channels.values().cloned().collect()
        };
        join_all(channels.iter().map(|channel| async move {
            let problem = timeout(PROBE, channel.probe()).await;
            let problem = problem.unwrap_or_else(|_| Some("no answer in time".to_owned()));
            (channel.to_string(), problem)
        }))
        .await
    }

    fn channel(&self, module: &str, settings: &EdgeSettings) -> Result<Arc<Channel>, SetupError> {
        settings.check(module)?;
        let url = settings.url.as_ref().ok_or_else(|| {
            let reason = "where does the module's process listen?";
            SetupError::new(format!("modules.{module}.url"), reason)
        })?;
        let service = settings.service_of(module);
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (url.clone(), service);
        if let Some(channel) = channels.get(&key) {
            return Ok(Arc::clone(channel));
        }
        let identity = Arc::clone(&self.identity);
        let dial = self.dial.clone();
        let channel = Arc::new(Channel::new(identity, dial, module, &key.0, &key.1)?);
        channels.insert(key, Arc::clone(&channel));
        Ok(channel)
    }
}

impl Peers for RemotePeers {
    fn connect(
        &self,
        module: &'static str,
        surface: Surface,
        settings: &EdgeSettings,
    ) -> Result<Arc<dyn Dispatch>, SetupError> {
        Ok(Arc::new(RemoteEnd {
            channel: self.channel(module, settings)?,
            module,
            surface,
        }))
    }
}

impl RemoteEnd {
    async fn send(&self, call: WireCall) -> Result<WireReply, SeamFault> {
        let left = call.deadline.remaining().unwrap_or(LONGEST_CALL);
        if left <= MARGIN {
            let executed = Executed::No;
            return Err(SeamFault::DeadlineExceeded { executed });
        }
        let Caller::Module(caller) = &call.caller else {
            let rule = "only modules call modules".to_owned();
            return Err(SeamFault::Misuse { rule });
        };
        let body = frame::request(&call.head, &call.body).ok_or(SeamFault::TooLarge {
            limit: u64::from(u32::MAX),
            executed: Executed::No,
        })?;
        let path = format!("/_seam/{}/{}/{}", self.module, self.surface, call.method);
        let ask = Ask {
            module: caller,
            verb: Method::POST,
            path: &path,
            body,
            is_query: call.is_query,
            max_response: call.max_response,
        };
        let sent = AtomicBool::new(false);
        let asked = Box::pin(self.channel.ask(ask, &sent));
        let asked = timeout(left.saturating_sub(MARGIN), asked).await;
        asked.unwrap_or_else(|_| {
            let executed = if sent.load(Ordering::Relaxed) {
                Executed::Unknown
            } else {
                Executed::No
            };
            Err(SeamFault::DeadlineExceeded { executed })
        })
    }
}

#[async_trait]
impl Dispatch for RemoteEnd {
    fn module(&self) -> &'static str {
        self.module
    }

    fn surface(&self) -> Surface {
        self.surface
    }

    /// Only the other side knows.
    fn is_query(&self, _: &str) -> bool {
        false
    }

    async fn dispatch(&self, call: WireCall) -> WireReply {
        self.send(call).await.unwrap_or_else(WireReply::fault)
    }
}

impl fmt::Debug for RemotePeers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemotePeers")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
