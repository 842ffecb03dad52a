//! What people can be told about, over which channels, and what of it they can switch off: one table.

use notifications_contract::{Channel, Template};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a message is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "NotificationTopic")]
pub(crate) enum Topic {
    /// Sign-in, password, second factors: cannot be switched off.
    Security,
    /// Orders placed and cancelled, things sent back, money paid back.
    Orders,
    /// Parcels sent, late, to be fetched, and arrived.
    Shipping,
    /// Words of the shop to one person.
    Service,
}

/// Where somebody is told.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "NotificationChannel")]
pub(crate) enum Place {
    /// E-mail.
    Email,
    /// Text messages to telephones that the person has verified.
    Sms,
    /// The person's devices.
    Push,
    /// The inbox of the shop: `GET /v1/me/notifications`.
    InApp,
}

/// When somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "NotificationMode")]
pub(crate) enum Mode {
    /// At once.
    Instant,
    /// In one mail at the end of each hour in which there is something.
    Hourly,
    /// In one mail a day, at `digest_hour`.
    Daily,
    /// Never.
    Off,
}

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) topic: Topic,
    pub(crate) place: Place,
    /// What counts for those who have not chosen.
    pub(crate) mode: Mode,
    /// What can be chosen.
    pub(crate) modes: &'static [Mode],
}

const FIXED: &[Mode] = &[Mode::Instant];
const ON_OR_OFF: &[Mode] = &[Mode::Instant, Mode::Off];
/// Of mails that may wait. Those about security may not, and those about orders are receipts.
const GATHERED: &[Mode] = &[Mode::Instant, Mode::Hourly, Mode::Daily, Mode::Off];

/// Every topic and place there is.
pub(crate) const TABLE: &[Line] = &[
    line(Topic::Security, Place::Email, Mode::Instant, FIXED),
    line(Topic::Security, Place::InApp, Mode::Instant, FIXED),
    line(Topic::Orders, Place::Email, Mode::Instant, ON_OR_OFF),
    line(Topic::Orders, Place::Sms, Mode::Off, ON_OR_OFF),
    line(Topic::Orders, Place::Push, Mode::Instant, ON_OR_OFF),
    line(Topic::Orders, Place::InApp, Mode::Instant, ON_OR_OFF),
    line(Topic::Shipping, Place::Email, Mode::Instant, GATHERED),
    line(Topic::Shipping, Place::Sms, Mode::Off, ON_OR_OFF),
    line(Topic::Shipping, Place::Push, Mode::Instant, ON_OR_OFF),
    line(Topic::Shipping, Place::InApp, Mode::Instant, ON_OR_OFF),
    line(Topic::Service, Place::Email, Mode::Instant, GATHERED),
    line(Topic::Service, Place::Sms, Mode::Off, ON_OR_OFF),
    line(Topic::Service, Place::Push, Mode::Instant, ON_OR_OFF),
];

const fn line(topic: Topic, place: Place, mode: Mode, modes: &'static [Mode]) -> Line {
    Line {
        topic,
        place,
        mode,
        modes,
    }
}

/// The line of a topic and place, if there is one.
pub(crate) fn find(topic: Topic, place: Place) -> Option<&'static Line> {
    TABLE
        .iter()
        .find(|line| line.topic == topic && line.place == place)
}

impl Topic {
    /// What a template is about. What this version does not know cannot be switched off.
    pub(crate) fn of_template(template: Template) -> Self {
        match template {
            Template::OrderPlaced
            | Template::OrderCancelled
            | Template::PaymentReturned
            | Template::RefundSucceeded
            | Template::ReturnRequested
            | Template::ReturnApproved
            | Template::ReturnRejected
            | Template::ReturnReceived => Self::Orders,
            Template::OrderShipped | Template::DeliveryDelayed | Template::ReadyForPickup => {
                Self::Shipping
            }
            Template::ServiceMessage => Self::Service,
            _ => Self::Security,
        }
    }

    /// What an event is about, by its type.
    pub(crate) fn of_event(kind: &str) -> Self {
        match kind {
            "order.shipped" | "order.delivered" => Self::Shipping,
            _ if kind.starts_with("order.") || kind.starts_with("refund.") => Self::Orders,
            _ => Self::Security,
        }
    }

    /// The byte that stands for it in links; never given to another one.
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Security => 0,
            Self::Orders => 1,
            Self::Shipping => 2,
            Self::Service => 3,
        }
    }

    /// The topic of a byte.
    pub(crate) fn of_byte(byte: u8) -> Option<Self> {
        TABLE
            .iter()
            .map(|line| line.topic)
            .find(|topic| topic.byte() == byte)
    }

    /// Whether mails about it can be gathered.
    pub(crate) fn can_be_gathered(self) -> bool {
        let line = find(self, Place::Email);
        line.is_some_and(|line| line.modes.contains(&Mode::Daily))
    }

    /// Whether messages about it can be switched off in this place.
    pub(crate) fn can_be_off(self, place: Place) -> bool {
        find(self, place).is_some_and(|line| line.modes.contains(&Mode::Off))
    }

    /// In words, for people.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Security => "the security of your account",
            Self::Orders => "your orders",
            Self::Shipping => "your parcels",
            Self::Service => "questions of yours",
        }
    }
}

impl Place {
    /// Where a message over a channel arrives; `None` for channels that are not chosen by people.
    pub(crate) fn of_channel(channel: Channel) -> Option<Self> {
        match channel {
            Channel::Email => Some(Self::Email),
            Channel::Sms => Some(Self::Sms),
            Channel::Push => Some(Self::Push),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_and_the_note_of_the_same_event_are_about_the_same() {
        for (template, event) in [
            (Template::OrderPlaced, "order.placed"),
            (Template::OrderCancelled, "order.cancelled"),
            (Template::OrderShipped, "order.shipped"),
            (Template::PaymentReturned, "order.payment_returned"),
            (Template::RefundSucceeded, "refund.succeeded"),
            (Template::ReturnRequested, "order.return_requested"),
            (Template::ReturnApproved, "order.return_approved"),
            (Template::ReturnRejected, "order.return_rejected"),
            (Template::ReturnReceived, "order.return_received"),
            (Template::NewDevice, "session.created"),
        ] {
            assert_eq!(Topic::of_template(template), Topic::of_event(event));
        }
    }

    fn word(value: impl Serialize) -> String {
        let value = serde_json::to_value(value).expect("a word");
        value.as_str().expect("a word").to_owned()
    }

    #[test]
    fn every_line_is_there_once_and_allows_its_default() {
        for (n, line) in TABLE.iter().enumerate() {
            assert!(line.modes.contains(&line.mode), "{line:?}");
            let twins = TABLE
                .iter()
                .filter(|other| (other.topic, other.place) == (line.topic, line.place));
            assert_eq!(twins.count(), 1, "line {n}: {line:?}");
        }
    }

    #[test]
    fn security_cannot_be_switched_off() {
        for line in TABLE.iter().filter(|line| line.topic == Topic::Security) {
            assert_eq!(line.modes, FIXED, "{line:?}");
        }
        assert!(!Topic::of_template(Template::Unknown).can_be_off(Place::Email));
    }

    #[test]
    fn security_and_receipts_cannot_be_gathered() {
        for template in [
            Template::VerifyEmail,
            Template::OrderPlaced,
            Template::OrderCancelled,
            Template::RefundSucceeded,
            Template::PaymentReturned,
            Template::Unknown,
        ] {
            assert!(
                !Topic::of_template(template).can_be_gathered(),
                "{template:?}"
            );
        }
        for line in TABLE.iter().filter(|line| line.place != Place::Email) {
            assert!(!line.modes.contains(&Mode::Daily), "{line:?}");
            assert!(!line.modes.contains(&Mode::Hourly), "{line:?}");
        }
    }

    #[test]
    fn a_byte_names_its_topic() {
        for line in TABLE {
            assert_eq!(Topic::of_byte(line.topic.byte()), Some(line.topic));
        }
        assert_eq!(Topic::of_byte(255), None);
    }

    /// The guide has the same table.
    #[test]
    fn the_guide_tells_the_table() {
        let guide = include_str!("../../../../../docs/notifications.md");
        for line in TABLE {
            let modes: Vec<_> = line.modes.iter().map(word).collect();
            let expected = format!(
                "| `{}` | `{}` | `{}` | {} |",
                word(line.topic),
                word(line.place),
                word(line.mode),
                modes.join(", ")
            );
            assert!(
                guide.contains(&expected),
                "docs/notifications.md lacks {expected}"
            );
        }
    }
}
