//! Starting and stopping, and the handle that tests hold.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::{Method, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::books::{Books, Webhook};
use crate::choice::Effect;
use crate::clock::Moves;
use crate::faults::Faults;
use crate::intent::Refused;
use crate::webhook::{HttpSink, deliver, hex};
use crate::{
    ApiMode, Choice, Config, Fault, Intent, Operation, SignedWebhook, WebhookMode, WebhookSink,
    api, control, pages, rates, sign,
};

/// A running simulator; it stops when the last handle is dropped.
#[derive(Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
    stop: Arc<DropGuard>,
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) address: SocketAddr,
    pub(crate) public_url: String,
    books: Mutex<Books>,
    pub(crate) moves: Moves,
    /// Calls that are taken and not answered.
    pub(crate) held_calls: AtomicUsize,
    sink: Option<Arc<dyn WebhookSink>>,
    tasks: TaskTracker,
}

impl Simulator {
    /// Binds, and serves until the last handle is dropped.
    ///
    /// # Errors
    ///
    /// If the address cannot be bound or the state file not be read.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("cannot listen on {}", config.listen))?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared::new(config, address)?);
        let router = router(Arc::clone(&shared));
        let stopped = stop.clone();
        shared.tasks.spawn(async move {
            let serving =
                axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned());
            if let Err(error) = serving.await {
                tracing::error!(%error, "the simulator stopped serving");
            }
        });
        Ok(Self {
            shared,
            stop: Arc::new(stop.drop_guard()),
        })
    }

    /// As [`Simulator::start`], without a listener of its own: whoever calls it serves the router.
    ///
    /// # Errors
    ///
    /// If the state file cannot be read.
    pub fn answering(config: Config) -> anyhow::Result<(Self, Router)> {
        let address = config.listen;
        let shared = Arc::new(Shared::new(config, address)?);
        let router = router(Arc::clone(&shared));
        let stop = Arc::new(CancellationToken::new().drop_guard());
        Ok((Self { shared, stop }, router))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Where merchants and buyers find it.
    pub fn url(&self) -> &str {
        &self.shared.public_url
    }

    /// All intents, oldest first.
    pub fn intents(&self) -> Vec<Intent> {
        self.shared
            .books()
            .saved
            .intents
            .values()
            .cloned()
            .collect()
    }

    /// An intent by its id or the merchant's reference.
    pub fn intent(&self, name: &str) -> Option<Intent> {
        self.shared.books().find(name).cloned()
    }

    /// Does what a buyer does on the hosted page; `false` if the intent is not open.
    pub fn choose(&self, name: &str, choice: Choice) -> bool {
        self.shared.choose(name, choice).is_ok()
    }

    /// Changes how the whole API behaves.
    pub fn set_api(&self, mode: ApiMode) {
        self.shared.books().api = mode;
    }

    /// Changes how webhooks are sent.
    pub fn set_webhooks(&self, mode: WebhookMode) {
        self.shared.books().webhooks = mode;
    }

    /// Makes one call go wrong: the next of its kind, or the one after the faults already waiting.
    pub fn inject(&self, operation: Operation, fault: Fault) {
        self.shared.books().faults.add(operation, fault);
    }

    /// Forgets the faults that still wait for their calls.
    pub fn forget_faults(&self) {
        self.shared.books().faults = Faults::default();
    }

    /// Whether a fault still waits for a call of this kind.
    pub fn is_waiting_for(&self, operation: Operation) -> bool {
        self.shared.books().faults.is_waiting_for(operation)
    }

    /// Takes the webhooks that nobody was sent, oldest first.
    pub fn take_webhooks(&self) -> Vec<SignedWebhook> {
        let held: Vec<Webhook> = self.shared.books().held.drain(..).collect();
        held.iter()
            .map(|webhook| self.shared.signed(webhook))
            .collect()
    }

    /// Signs any body as a webhook of this simulator.
    pub fn sign(&self, body: &str) -> String {
        sign(
            &self.shared.config.webhook_secret,
            body,
            self.shared.config.env.now(),
        )
    }

    /// Serves until `stop` completes.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        stop.await;
        drop(self.stop);
        self.shared.tasks.close();
        let _ = tokio::time::timeout(Duration::from_secs(5), self.shared.tasks.wait()).await;
    }
}

impl Shared {
    fn new(config: Config, address: SocketAddr) -> anyhow::Result<Self> {
        let sink = match (&config.webhook_sink, &config.webhook_url) {
            (Some(sink), _) => Some(Arc::clone(sink)),
            (None, Some(url)) => Some(Arc::new(HttpSink::new(url.clone())?) as _),
            (None, None) => None,
        };
        let public_url = config
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{address}"));
        Ok(Self {
            books: Mutex::new(Books::open(config.state_file.as_deref())?),
            public_url: public_url.trim_end_matches('/').to_owned(),
            moves: Moves::new(),
            held_calls: AtomicUsize::new(0),
            tasks: TaskTracker::new(),
            config,
            address,
            sink,
        })
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books
            .lock()
            .expect("no request panics while it holds the books")
    }

    /// Makes an id that sorts by time.
    pub(crate) fn new_id(&self, prefix: &str) -> String {
        format!(
            "{prefix}_{:012x}{}",
            self.config.env.now().as_micros() / 1_000,
            hex(&self.config.env.random::<8>())
        )
    }

    /// Applies a choice and tells the merchant.
    pub(crate) fn choose(&self, name: &str, choice: Choice) -> Result<(Intent, Effect), Refused> {
        let (intent, effect) = {
            let mut books = self.books();
            let intent = books.find_mut(name).ok_or(Refused("not_found"))?;
            let effect = choice.apply(intent, self.config.env.now())?;
            let intent = intent.clone();
            books.save(self.config.state_file.as_deref());
            (intent, effect)
        };
        if let Some(event) = effect.event {
            self.send(&intent, event, 1);
        }
        Ok((intent, effect))
    }

    /// Makes a webhook about an intent as it is now.
    pub(crate) fn webhook(&self, intent: &Intent, event: &str) -> Webhook {
        let event_id = self.new_id("evt");
        let body = json!({
            "id": event_id,
            "type": event,
            "created": self.config.env.now(),
            "data": intent.view(&self.public_url),
        });
        let webhook = Webhook {
            event_id,
            body: body.to_string(),
        };
        self.books()
            .saved
            .last_webhook
            .insert(intent.id.clone(), webhook.clone());
        webhook
    }

    /// Sends a webhook in the background, as often as the mode says.
    pub(crate) fn send(&self, intent: &Intent, event: &str, copies: usize) {
        let webhook = self.webhook(intent, event);
        for _ in 0..copies {
            self.dispatch(webhook.clone());
        }
    }

    /// Sends a webhook, or holds or drops it, as the mode says.
    pub(crate) fn dispatch(&self, webhook: Webhook) {
        let mode = self.books().webhooks;
        match (mode, &self.sink) {
            (WebhookMode::Drop, _) => {}
            (WebhookMode::Hold, _) | (WebhookMode::Deliver, None) => {
                self.books().held.push_back(webhook);
            }
            (WebhookMode::Deliver, Some(sink)) => {
                let again = self.signer(webhook);
                let (moves, env) = (self.moves.clone(), self.config.env.clone());
                self.tasks
                    .spawn(deliver(Arc::clone(sink), again, moves, env));
            }
        }
    }

    /// Sends a webhook and waits until it is taken or given up.
    pub(crate) async fn dispatch_and_wait(&self, webhook: Webhook) {
        match &self.sink {
            Some(sink) if self.books().webhooks == WebhookMode::Deliver => {
                sink.deliver(self.signed(&webhook)).await;
            }
            _ => self.dispatch(webhook),
        }
    }

    pub(crate) fn signed(&self, webhook: &Webhook) -> SignedWebhook {
        self.signer(webhook.clone())()
    }

    fn signer(&self, webhook: Webhook) -> impl Fn() -> SignedWebhook + Send + 'static {
        let secret = self.config.webhook_secret.clone();
        let env = self.config.env.clone();
        move || SignedWebhook {
            event_id: webhook.event_id.clone(),
            signature: sign(&secret, &webhook.body, env.now()),
            body: webhook.body.clone(),
        }
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .merge(api::routes(&shared))
        .merge(control::routes())
        .merge(pages::routes())
        .merge(rates::routes())
        .layer(middleware::from_fn(refuse_other_sites))
        .with_state(shared)
}

/// A page of another site must not press the buttons here.
async fn refuse_other_sites(request: Request, next: Next) -> Response {
    let from_elsewhere = request
        .headers()
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site" || site == "same-site");
    if request.method() != Method::GET && from_elsewhere {
        return (StatusCode::FORBIDDEN, "cross-site requests are refused\n").into_response();
    }
    next.run(request).await
}
