//! What a module does when another module's event arrives.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tenon_jobs::work::Lease;
use tenon_kernel::CallCtx;
use tenon_seam::{Event, SeamError};
use tenon_store::{StoreError, Tx};

use crate::Envelope;

/// Reacts to one kind of event. Implemented by a module's service, one file for each event.
///
/// Delivery is at least once; the effect is once, because it commits together with the [`Receipt`].
#[async_trait]
pub trait Handle<E: Event>: Send + Sync + 'static {
    /// Applies the effect. Open the transaction with [`Receipt::begin`]; a handler that has its effect
    /// elsewhere (an idempotent command) may drop the receipt, which is then signed after `Ok`.
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: E,
        receipt: Receipt,
    ) -> Result<(), HandlerError>;
}

/// Reacts to any event.
#[async_trait]
pub trait HandleAny: Send + Sync + 'static {
    /// As [`Handle::handle`].
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: &Envelope,
        receipt: Receipt,
    ) -> Result<(), HandlerError>;
}

/// Writes events down as they arrive, a page of them in the transaction that moves the cursor: for a consumer that keeps what
/// it is told, can refuse nothing, and would pay for an inbox with a transaction for each event.
#[async_trait]
pub trait Keep: Send + Sync + 'static {
    /// Writes events of one feed down, in its order; returns what is to be done once they are committed. The same event can
    /// come again.
    ///
    /// # Errors
    ///
    /// What the store says: the whole page comes again.
    async fn keep(&self, tx: &mut Tx<'_>, events: &[&Envelope]) -> Result<AfterCommit, StoreError>;
}

/// Runs once the events of a page are committed.
pub type AfterCommit = Box<dyn FnOnce() + Send>;

/// Proof that the event was taken; signed in the effect's own transaction.
#[derive(Debug)]
pub struct Receipt {
    envelope: Arc<Envelope>,
    lease: Lease,
}

impl Receipt {
    pub(crate) fn new(envelope: Arc<Envelope>, lease: Lease) -> Self {
        Self { envelope, lease }
    }

    /// The event with its envelope.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.lease.attempt()
    }

    /// Opens the effect's transaction in the consumer's store and signs the receipt inside it.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] if another worker has the event by now: stop, nothing was written.
    pub async fn begin<'c>(
        self,
        ctx: &'c mut CallCtx,
        name: &'static str,
    ) -> Result<Tx<'c>, StoreError> {
        self.lease.begin(ctx, name).await
    }
}

/// Why an event was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandlerError {
    /// Try again later.
    #[error("the event could not be handled now")]
    Retry(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Trying again will not help: the event goes to the dead letters.
    #[error("the event can never be handled: {reason}")]
    Dead {
        /// For the person who looks at the dead letters.
        reason: String,
    },
}

impl From<StoreError> for HandlerError {
    fn from(error: StoreError) -> Self {
        Self::Retry(Box::new(error))
    }
}

impl<E: fmt::Debug + fmt::Display + Send + Sync + 'static> From<SeamError<E>> for HandlerError {
    fn from(error: SeamError<E>) -> Self {
        Self::Retry(Box::new(error))
    }
}

/// The events of one source that one consumer reacts to.
///
/// A new subscription begins with the oldest event that the producer still has.
#[derive(Clone)]
pub struct Subscription {
    pub(crate) consumer: &'static str,
    pub(crate) source: &'static str,
    pub(crate) reactions: Reactions,
}

/// Who handles which kind of event of one source.
#[derive(Clone, Default)]
pub(crate) struct Reactions {
    pub(crate) by_type: HashMap<&'static str, Arc<dyn HandleAny>>,
    pub(crate) any: Option<Arc<dyn HandleAny>>,
    kept: HashMap<&'static str, Arc<dyn Keep>>,
    any_kept: Option<Arc<dyn Keep>>,
    /// Of kinds with a reaction of their own: which events it is for.
    concerned: HashMap<&'static str, Concern>,
}

/// Says of an event's data whether there is anything to do.
type Concern = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

impl Subscription {
    /// `consumer` is the durable name of the cursor (`notifications`), `source` the producing module.
    pub fn new(consumer: &'static str, source: &'static str) -> Self {
        Self {
            consumer,
            source,
            reactions: Reactions::default(),
        }
    }

    /// Adds a reaction to one kind of event.
    ///
    /// # Panics
    ///
    /// If there is one already: an event is handled once for each consumer.
    #[must_use]
    pub fn on<E: Event>(mut self, handler: Arc<dyn Handle<E>>) -> Self {
        let taken = self
            .reactions
            .by_type
            .insert(E::TYPE, Arc::new(Typed(handler)));
        assert!(
            taken.is_none(),
            "{} already reacts to {}",
            self.consumer,
            E::TYPE
        );
        self
    }

    /// Adds a reaction to those events of one kind for which there is something to do. The others cost no place in the inbox
    /// and no transaction, so the choice may only look at the event.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[must_use]
    pub fn on_where<E: Event>(
        mut self,
        handler: Arc<dyn Handle<E>>,
        concerns: fn(&E) -> bool,
    ) -> Self {
        // What cannot be read goes the way of all events, to the dead letters.
        let concerned: Concern = Arc::new(move |data: &Value| match E::deserialize(data) {
            Ok(event) => concerns(&event),
            Err(_) => true,
        });
        self.reactions.concerned.insert(E::TYPE, concerned);
        self.on(handler)
    }

    /// Has one kind of event written down as it arrives, without an inbox.
    ///
    /// # Panics
    ///
    /// If there is a reaction to it already.
    #[must_use]
    pub fn keep<E: Event>(mut self, keeper: Arc<dyn Keep>) -> Self {
        let taken = self.reactions.by_type.contains_key(E::TYPE)
            || self.reactions.kept.insert(E::TYPE, keeper).is_some();
        assert!(!taken, "{} already reacts to {}", self.consumer, E::TYPE);
        self
    }

    /// Adds a reaction to every kind of event, known or not: audit, feeds to the outside. A kind that has a
    /// reaction of its own goes there instead.
    ///
    /// # Panics
    ///
    /// If there is one already.
    #[must_use]
    pub fn on_any(mut self, handler: Arc<dyn HandleAny>) -> Self {
        let taken = self.reactions.any.replace(handler);
        assert!(
            taken.is_none(),
            "{} already reacts to any event of {}",
            self.consumer,
            self.source
        );
        self
    }

    /// Has every kind of event written down as it arrives that has no reaction of its own. What an earlier version took into
    /// the inbox still goes to [`on_any`](Self::on_any).
    ///
    /// # Panics
    ///
    /// If there is a keeper already.
    #[must_use]
    pub fn keep_any(mut self, keeper: Arc<dyn Keep>) -> Self {
        let taken = self.reactions.any_kept.replace(keeper).is_some();
        assert!(
            !taken,
            "{} already keeps any event of {}",
            self.consumer, self.source
        );
        self
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("consumer", &self.consumer)
            .field("source", &self.source)
            .field("types", &self.reactions.by_type.keys())
            .field("any", &self.reactions.any.is_some())
            .field("kept", &self.reactions.kept.keys())
            .field("any_kept", &self.reactions.any_kept.is_some())
            .finish()
    }
}

impl Reactions {
    /// Returns who handles a kind of event.
    pub(crate) fn find(&self, event_type: &str) -> Option<&Arc<dyn HandleAny>> {
        self.by_type.get(event_type).or(self.any.as_ref())
    }

    /// Says whether anybody here listens to a kind of event.
    pub(crate) fn hears(&self, event_type: &str) -> bool {
        self.find(event_type).is_some() || self.keeper(event_type).is_some()
    }

    /// Says whether an event is for anybody here.
    pub(crate) fn take(&self, event_type: &str, data: &Value) -> bool {
        let concerned = self.concerned.get(event_type);
        self.hears(event_type) && concerned.is_none_or(|concerned| concerned(data))
    }

    /// Returns who writes a kind of event down as it arrives.
    pub(crate) fn keeper(&self, event_type: &str) -> Option<&Arc<dyn Keep>> {
        let handled = self.by_type.contains_key(event_type);
        let any = self.any_kept.as_ref().filter(|_| !handled);
        self.kept.get(event_type).or(any)
    }

    /// Whether any kind of event goes through the inbox.
    pub(crate) fn needs_inbox(&self) -> bool {
        self.any.is_some() || !self.by_type.is_empty()
    }

    /// Adds those of another subscription to the same source.
    pub(crate) fn merge(&mut self, other: Self, consumer: &str) {
        for (event_type, handler) in other.by_type {
            let taken = self.by_type.insert(event_type, handler);
            assert!(taken.is_none(), "{consumer} already reacts to {event_type}");
        }
        self.concerned.extend(other.concerned);
        for (event_type, keeper) in other.kept {
            let taken = self.kept.insert(event_type, keeper).is_some()
                || self.by_type.contains_key(event_type);
            assert!(!taken, "{consumer} already reacts to {event_type}");
        }
        if let Some(keeper) = other.any_kept {
            let taken = self.any_kept.replace(keeper).is_some();
            assert!(!taken, "{consumer} already keeps any event");
        }
        if let Some(handler) = other.any {
            assert!(
                self.any.replace(handler).is_none(),
                "{consumer} already reacts to any event"
            );
        }
    }
}

/// A handler of one kind of event, with the kind erased.
struct Typed<E>(Arc<dyn Handle<E>>);

#[async_trait]
impl<E: Event> HandleAny for Typed<E> {
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: &Envelope,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        // Data that cannot be read stays unreadable: contracts forbid such a change within a version.
        let data =
            serde_json::from_value(event.data.clone()).map_err(|error| HandlerError::Dead {
                reason: format!(
                    "the data of {} cannot be read as {}/{}: {error}",
                    event.dataschema,
                    E::TYPE,
                    E::VERSION
                ),
            })?;
        self.0.handle(ctx, data, receipt).await
    }
}
