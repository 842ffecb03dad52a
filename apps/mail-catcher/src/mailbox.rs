//! The last messages, in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mail_parser::MessageParser;
use serde::Serialize;
use tenon_kernel::Timestamp;

/// A caught message: the envelope it came in, and what a reader sees.
#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    /// Counts up from 1.
    pub id: u64,
    /// When its last byte arrived.
    pub received_at: Timestamp,
    /// Sender of the envelope.
    pub from: String,
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Empty if it has none.
    pub subject: String,
    /// Without the angle brackets.
    pub message_id: Option<String>,
    /// The plain text part.
    pub text: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// All headers as they came, unfolded, in order.
    pub headers: Vec<Header>,
    /// Size as sent, in bytes.
    pub size: usize,
    /// The message as sent.
    #[serde(skip)]
    pub raw: Arc<[u8]>,
}

/// One header of a message.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Header {
    /// As sent, for example `Message-ID`.
    pub name: String,
    /// Unfolded, not decoded.
    pub value: String,
}

/// What the SMTP side hands over.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) received_at: Timestamp,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) raw: Vec<u8>,
}

/// Keeps the last messages. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Mailbox {
    keep: usize,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    last_id: u64,
    mails: VecDeque<Mail>,
}

impl Mail {
    /// Returns the value of a header, whatever its letter case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// Returns the web addresses in the plain text, in order.
    pub fn links(&self) -> Vec<&str> {
        self.text
            .as_deref()
            .unwrap_or_default()
            .split_whitespace()
            .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
            .collect()
    }

    fn read(id: u64, delivery: Delivery) -> Self {
        let parsed = MessageParser::default().parse(&delivery.raw);
        let message = parsed.as_ref();
        Self {
            id,
            received_at: delivery.received_at,
            from: delivery.from,
            to: delivery.to,
            subject: message
                .and_then(|message| message.subject())
                .unwrap_or_default()
                .to_owned(),
            message_id: message
                .and_then(|message| message.message_id())
                .map(str::to_owned),
            text: message
                .and_then(|message| message.body_text(0))
                .map(std::borrow::Cow::into_owned),
            html: message
                // Without an HTML part the parser would wrap the text: show only what was sent.
                .filter(|message| {
                    message
                        .html_bodies()
                        .any(mail_parser::MessagePart::is_text_html)
                })
                .and_then(|message| message.body_html(0))
                .map(std::borrow::Cow::into_owned),
            headers: message.map(read_headers).unwrap_or_default(),
            size: delivery.raw.len(),
            raw: delivery.raw.into(),
        }
    }
}

fn read_headers(message: &mail_parser::Message<'_>) -> Vec<Header> {
    message
        .headers_raw()
        .map(|(name, value)| Header {
            name: name.to_owned(),
            value: value.replace("\r\n", "").trim().to_owned(),
        })
        .collect()
}

impl Mailbox {
    /// Keeps at most `keep` messages.
    pub(crate) fn keeping(keep: usize) -> Self {
        Self {
            keep,
            shelf: Arc::default(),
        }
    }

    /// Adds a message; the oldest one makes room.
    pub(crate) fn add(&self, delivery: Delivery) {
        let mut kept = self.shelf();
        kept.last_id += 1;
        let mail = Mail::read(kept.last_id, delivery);
        kept.mails.push_back(mail);
        let too_many = kept.mails.len().saturating_sub(self.keep);
        kept.mails.drain(..too_many);
    }

    /// Returns the messages to `recipient` (any, if absent), oldest first.
    pub(crate) fn list(&self, recipient: Option<&str>) -> Vec<Mail> {
        let wanted = |mail: &&Mail| match recipient {
            Some(recipient) => mail.to.iter().any(|to| to.eq_ignore_ascii_case(recipient)),
            None => true,
        };
        self.shelf().mails.iter().filter(wanted).cloned().collect()
    }

    /// Whether a message with this id is kept.
    pub(crate) fn knows(&self, message_id: &str) -> bool {
        let kept = self.shelf();
        let mut ids = kept.mails.iter().map(|mail| mail.message_id.as_deref());
        ids.any(|id| id == Some(message_id))
    }

    /// Returns one message.
    pub(crate) fn find(&self, id: u64) -> Option<Mail> {
        self.shelf()
            .mails
            .iter()
            .find(|mail| mail.id == id)
            .cloned()
    }

    /// Forgets all messages.
    pub(crate) fn clear(&self) {
        self.shelf().mails.clear();
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(raw: &str) -> Delivery {
        Delivery {
            received_at: Timestamp::EPOCH,
            from: "shop@example.com".to_owned(),
            to: vec!["ada@example.com".to_owned()],
            raw: raw.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_message_is_read_as_its_reader_sees_it() {
        let mail = Mail::read(
            1,
            delivery(
                "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <a@b>\r\n\r\nSee https://shop.test/x\r\nand more\r\n",
            ),
        );
        assert_eq!(mail.subject, "Grüße");
        assert_eq!(mail.message_id.as_deref(), Some("a@b"));
        assert_eq!(mail.links(), ["https://shop.test/x"]);
        assert_eq!(mail.html, None);
        assert_eq!(mail.header("message-id"), Some("<a@b>"));
    }

    #[test]
    fn the_oldest_message_makes_room() {
        let mailbox = Mailbox::keeping(2);
        for subject in ["one", "two", "three"] {
            mailbox.add(delivery(&format!("Subject: {subject}\r\n\r\n")));
        }
        let subjects: Vec<_> = mailbox
            .list(None)
            .into_iter()
            .map(|mail| mail.subject)
            .collect();
        assert_eq!(subjects, ["two", "three"]);
        assert_eq!(mailbox.find(1).map(|mail| mail.id), None);
    }

    #[test]
    fn bytes_that_are_no_message_are_kept_all_the_same() {
        let mailbox = Mailbox::keeping(1);
        mailbox.add(delivery("\u{0}\u{1}"));
        assert_eq!(mailbox.list(Some("ADA@example.com")).len(), 1);
        assert_eq!(mailbox.list(Some("eve@example.com")).len(), 0);
    }
}
