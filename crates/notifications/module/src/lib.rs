//! Mail from templates, the in-app inbox, the message log, the log of public events, and webhooks; driven by events, and by
//! what staff asks for.
//!
//! **Architecture invariant:** no address, text or token of a message is ever stored, except what people give to this module
//! itself, sealed: numbers and tokens, and what a message was asked to say, until it is closed. A message names the thing
//! that knows its reader, and its owner is asked at the moment of sending.
//! Checked by `nothing_personal_is_stored` and `an_address_is_stored_sealed_and_suppressed_when_it_is_dead` in this module's
//! tests. Of an event, the log has what is told outside and
//! nothing else: `domain/event_types`.
//!
//! Mail is sent at least once: SMTP has no key by which a server could recognise a repeat. A reader can get a message
//! twice only if the process or the connection dies between the server's taking it and our writing that down; the
//! `Message-ID` stays the same then, and `uncertain` in the message log counts how often it may have happened.

mod asyncapi;
mod domain;
mod http;
mod invariants;
mod jobs;
mod mail;
mod service;
mod settings;
mod store;
mod subscribers;
mod texts;
mod webhook_sender;

use std::sync::Arc;

use identity_contract::Identity;
use orders_contract::Orders;
use tenon_kernel::CursorKey;
use tenon_module::{AssembleError, Module, NodeParts, Progress};
use tenon_outbound::{Egress, SystemLookup};
use tenon_store::{Db, Migrations};

pub use self::asyncapi::asyncapi_document;
pub use self::domain::{ContactKey, RecipientKey, UnsubscribeKey, WebhookKey};
pub use self::mail::{Mail, MailError, Mailer, SmtpMailer};
use self::service::{EventLog, Service, Webhooks};
pub use self::settings::{
    EventSettings, LinkSettings, NotificationsSettings, NotificationsSettingsError, SmtpSettings,
    SmtpTls, TextSettings, WebhookSettings,
};
pub use self::texts::{HttpTextSender, Text, TextSender};
pub use self::webhook_sender::WebhookSender;

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("../../../migrations/notifications/sqlite");
static POSTGRES: sqlx::migrate::Migrator =
    sqlx::migrate!("../../../migrations/notifications/postgres");

/// Contracts this module calls; the seam refuses calls to any other.
pub const USES: &[&str] = &["identity", "orders"];

/// Modules whose events this module takes.
pub const LISTENS: &[&str] = &["catalog", "identity", "orders", "payments"];

/// Tables of this module.
pub const MIGRATIONS: Migrations = Migrations {
    module: "notifications",
    sqlite: Some(&SQLITE),
    postgres: Some(&POSTGRES),
};

/// The notifications module, ready to run.
pub struct Notifications {
    /// For the platform.
    pub module: Module,
    /// For other modules.
    pub contract: Arc<dyn notifications_contract::Notifications>,
}

/// What the module needs from outside.
pub struct Deps {
    /// Its store.
    pub db: Db,
    /// Knows people's addresses, and the one-time tokens of challenges.
    pub identity: Arc<dyn Identity>,
    /// Knows the addresses of buyers.
    pub orders: Arc<dyn Orders>,
    /// Takes mail to people: [`SmtpMailer::new`], or a fake.
    pub mailer: Arc<dyn Mailer>,
    /// Takes text messages to telephones; absent if nothing is sent so.
    pub sms: Option<Arc<dyn TextSender>>,
    /// Takes messages to devices; absent if nothing is sent so.
    pub push: Option<Arc<dyn TextSender>>,
    /// Seals numbers and tokens, and makes codes.
    pub contact_key: ContactKey,
    /// Makes the hashes by which events and the message log tell addresses apart.
    pub recipient_key: RecipientKey,
    /// Signs the links in mails that stop further ones.
    pub unsubscribe_key: UnsubscribeKey,
    /// Signs page cursors.
    pub cursor_key: CursorKey,
    /// Seals the secrets of those who receive webhooks.
    pub webhook_key: WebhookKey,
    /// Takes webhooks to their receivers: [`Egress`], or a fake.
    pub webhook_sender: Arc<dyn WebhookSender>,
}

impl Notifications {
    /// Puts the module together from what a process has and the contracts of [`USES`], in that order. Links in mail
    /// lead to the public address, and mail goes out by SMTP.
    ///
    /// # Errors
    ///
    /// [`AssembleError`], naming the setting that cannot be.
    pub fn assemble(
        settings: &NotificationsSettings,
        parts: &NodeParts,
        identity: Arc<dyn Identity>,
        orders: Arc<dyn Orders>,
    ) -> Result<Self, AssembleError> {
        let mut settings = settings.clone();
        settings.shop_url.clone_from(&parts.public_url);
        let mailer = SmtpMailer::new(&settings)
            .map_err(|error| AssembleError::new("notifications", error))?;
        let sender = settings
            .webhooks
            .egress()
            .map_err(|error| AssembleError::new("notifications", error))?;
        let sender = Egress::new(sender, Arc::new(SystemLookup))
            .map_err(|error| AssembleError::new("notifications", error))?;
        let texts = |name, settings| {
            HttpTextSender::new(name, settings)
                .map(|sender| sender.map(|sender| Arc::new(sender) as Arc<dyn TextSender>))
                .map_err(|error| AssembleError::new("notifications", error))
        };
        let (sms, push) = (texts("sms", &settings.sms)?, texts("push", &settings.push)?);
        let secret = parts.application_secret.expose().as_bytes();
        let deps = Deps {
            db: parts.db.clone(),
            identity,
            orders,
            mailer: Arc::new(mailer),
            sms,
            push,
            contact_key: ContactKey::new(secret),
            recipient_key: RecipientKey::new(secret),
            unsubscribe_key: UnsubscribeKey::new(secret),
            cursor_key: parts.cursor_key.clone(),
            webhook_key: WebhookKey::new(secret),
            webhook_sender: Arc::new(sender),
        };
        Self::build(settings, deps).map_err(|error| AssembleError::new("notifications", error))
    }

    /// Puts the module together.
    ///
    /// # Errors
    ///
    /// [`NotificationsSettingsError`] naming the first wrong key.
    pub fn build(
        settings: NotificationsSettings,
        deps: Deps,
    ) -> Result<Self, NotificationsSettingsError> {
        settings.validate()?;
        let db = deps.db.clone();
        let log = Arc::new(EventLog::new(
            db.clone(),
            deps.cursor_key.clone(),
            &settings.events,
        ));
        let webhooks = Arc::new(Webhooks::new(
            db.clone(),
            Arc::clone(&log),
            deps.cursor_key.clone(),
            deps.webhook_key.clone(),
            Arc::clone(&deps.webhook_sender),
            &settings.webhooks,
        ));
        let retention = settings.webhooks.retention();
        let service = Arc::new(Service::new(settings, deps));
        let module = Module {
            name: "notifications",
            endpoints: http::endpoints(&service, &log, &webhooks),
            subscriptions: subscribers::subscriptions(&service, &log),
            jobs: jobs::kinds(&service, &log, &webhooks),
            schedules: jobs::schedules(),
            sagas: Vec::new(),
            invariants: invariants::all(&db, retention),
            db,
            progress: Progress::default(),
        };
        Ok(Self {
            module,
            contract: service,
        })
    }
}
