//! What a message is, whom it is for, and how it reads; what is told outside, and how it gets there.

mod cloud_event;
mod contact_key;
mod contact_point;
mod event_log;
mod event_types;
mod links;
mod members;
mod message;
mod name;
mod preferences;
mod quiet;
mod recipient;
mod render;
mod seal;
mod topic;
mod transactional;
mod unsubscribe;
mod webhook;

pub(crate) use self::cloud_event::CloudEvent;
pub use self::contact_key::ContactKey;
pub(crate) use self::contact_point::{
    CODE_NONCE, ContactPoint, ContactStatus, Kind as ContactKind, MAX_TRIES, NewContactPoint,
    Platform, SentCode, hint,
};
pub(crate) use self::event_log::{
    Ends, EventFilter, LogPage, NewPublicEvent, PublicEvent, position_text, read_position,
};
pub(crate) use self::event_types::{Catalogue, EventType, EventTypes, name_all};
pub(crate) use self::links::{Links, web_address};
pub(crate) use self::message::{
    NewMessage, NewNote, NoteText, Outcome, Said, SendableMessage, after_attempt,
};
pub(crate) use self::name::plain_name;
pub(crate) use self::preferences::{
    Choice, DEFAULT_DIGEST_HOUR, Preferences, QuietHours, check as check_choices, effective,
};
pub(crate) use self::quiet::is_zone;
pub use self::recipient::RecipientKey;
pub(crate) use self::recipient::{Recipient, is_mail_address};
pub(crate) use self::render::{Context, Item, Rendered, Renderer};
pub(crate) use self::topic::{Mode as TopicMode, Place, Topic};
pub(crate) use self::transactional::{Parameter, ParameterType, TRANSACTIONAL, Transactional};
pub use self::unsubscribe::UnsubscribeKey;
pub(crate) use self::unsubscribe::Unsubscription;
pub use self::webhook::WebhookKey;
pub(crate) use self::webhook::{
    Attempt, AttemptPlan, DeliveryKind, DeliveryState, EndpointPatch, EndpointStatus, Mode,
    NewEndpoint, Pace, PublicKey, Reply, Secret, SecretPlace, Signature, TEST_EVENT,
    WebhookDelivery, WebhookEndpoint, Wish, after_webhook, signatures, test_event, wants,
};
