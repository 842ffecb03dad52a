//! Mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tenon_kernel::Timestamp;
use tokio::time::timeout;

use super::{Mail, MailError, Mailer};
use crate::settings::{NotificationsSettings, NotificationsSettingsError, SmtpTls};

/// How long to wait for a polite end of a conversation whose work is done.
const GOODBYE: Duration = Duration::from_secs(1);

/// Sends each mail over a connection of its own.
///
/// lettre's pool is not used: a send that is given up half-way would go back to it as good, and the next mail would
/// read the answer to this one. lettre's own timeout covers connecting only, so both phases are timed here.
pub struct SmtpMailer {
    host: String,
    port: u16,
    tls: Option<(SmtpTls, TlsParameters)>,
    credentials: Option<Credentials>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    hello: ClientId,
    patience: Duration,
}

impl SmtpMailer {
    /// Makes a mailer; does not connect yet.
    ///
    /// # Errors
    ///
    /// [`NotificationsSettingsError`] naming the first wrong key.
    pub fn new(settings: &NotificationsSettings) -> Result<Self, NotificationsSettingsError> {
        settings.validate()?;
        let smtp = &settings.smtp;
        let from = settings.sender()?;
        let tls = match smtp.tls {
            SmtpTls::None => None,
            SmtpTls::StartTls | SmtpTls::Implicit => {
                let parameters = TlsParameters::new(smtp.host.clone()).map_err(|error| {
                    NotificationsSettingsError {
                        key: "smtp.host",
                        problem: format!("cannot be checked by certificate: {error}"),
                    }
                })?;
                Some((smtp.tls, parameters))
            }
        };
        Ok(Self {
            host: smtp.host.clone(),
            port: smtp.port,
            tls,
            credentials: (!smtp.username.is_empty()).then(|| {
                Credentials::new(smtp.username.clone(), smtp.password.expose().to_owned())
            }),
            hello: ClientId::Domain(from.email.domain().to_owned()),
            from,
            reply_to: settings.reply_to()?,
            patience: Duration::from_secs(u64::from(smtp.timeout_seconds)),
        })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let implicit = self
            .tls
            .as_ref()
            .filter(|(kind, _)| *kind == SmtpTls::Implicit);
        let server = (self.host.as_str(), self.port);
        let parameters = implicit.map(|(_, parameters)| parameters.clone());
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(self.patience),
            &self.hello,
            parameters,
            None,
        )
        .await?;
        if let Some((SmtpTls::StartTls, parameters)) = &self.tls {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await?;
        }
        Ok(connection)
    }

    /// Writes the mail down as it travels. Header values come from typed builders, which encode line breaks away.
    fn message(&self, mail: &Mail) -> Result<lettre::Message, MailError> {
        let address: Address = mail.to.parse().map_err(|_| MailError::Unsendable)?;
        let name = mail
            .to_name
            .as_deref()
            .map(one_line)
            .filter(|name| !name.is_empty());
        let mut builder = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .subject(one_line(&mail.subject))
            .date(system_time(mail.date))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            // RFC 3834: out-of-office replies leave it alone.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        if let Some(url) = &mail.unsubscribe {
            // RFC 2369 §3.2 and RFC 8058 §3.1. The link is our own: nothing in it needs encoding.
            for (name, value) in [
                ("List-Unsubscribe", format!("<{url}>")),
                (
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".to_owned(),
                ),
            ] {
                let name = HeaderName::new_from_ascii_str(name);
                builder = builder.raw_header(HeaderValue::dangerous_new_pre_encoded(
                    name,
                    value.clone(),
                    value,
                ));
            }
        }
        builder
            .multipart(MultiPart::alternative_plain_html(
                mail.text.clone(),
                mail.html.clone(),
            ))
            .map_err(|_| MailError::Unsendable)
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    #[tracing::instrument(name = "smtp.send", skip_all, fields(message.id = %mail.id))]
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        let mut connection = match timeout(self.patience, self.connect()).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(not_connected(&error)),
            Err(_elapsed) => return Err(MailError::Unavailable),
        };
        let crossing = tenon_chaos::crossing(format_args!("send smtp"));
        match timeout(
            self.patience,
            connection.send(message.envelope(), &message.formatted()),
        )
        .await
        {
            Ok(Ok(_taken)) => crossing.done(),
            Ok(Err(error)) => return Err(not_taken(&error)),
            Err(_elapsed) => return Err(MailError::Unknown),
        }
        // The mail is theirs; how the conversation ends changes nothing.
        if timeout(GOODBYE, connection.quit()).await.is_err() {
            tracing::debug!("the mail server did not say goodbye");
        }
        Ok(())
    }
}

/// A server that refuses the connection, our encryption or our password may be well again later.
fn not_connected(error: &SmtpError) -> MailError {
    let code = error.status().map(u16::from);
    tracing::warn!(code, tls = error.is_tls(), "the mail server cannot be used");
    MailError::Unavailable
}

fn not_taken(error: &SmtpError) -> MailError {
    match error.status().map(u16::from) {
        // What it wants is another way of signing in, not another mail (RFC 4954 §6).
        Some(530 | 534 | 535 | 538) => MailError::Unavailable,
        Some(code) if error.is_permanent() => MailError::Refused { code },
        Some(code) => MailError::Deferred { code },
        // Before anything was said, by lettre itself: the server lacks something this mail needs.
        None if error.is_client() => MailError::Unsendable,
        None => MailError::Unknown,
    }
}

/// Makes one line of a text: line breaks and other control characters become spaces.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn system_time(at: Timestamp) -> std::time::SystemTime {
    std::time::UNIX_EPOCH + at.since(Timestamp::EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mail(subject: &str, to: &str, to_name: &str) -> Mail {
        Mail {
            id: notifications_contract::MessageId::from_uuid(uuid::Uuid::from_u128(7)),
            date: Timestamp::from_unix_seconds(1_780_315_200),
            to: to.to_owned(),
            to_name: Some(to_name.to_owned()),
            subject: subject.to_owned(),
            text: "Hello\r\n".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            unsubscribe: None,
        }
    }

    fn mailer() -> SmtpMailer {
        SmtpMailer::new(&NotificationsSettings::default()).expect("the defaults work")
    }

    /// Names of all headers before the first empty line.
    fn header_names(message: &lettre::Message) -> Vec<String> {
        let bytes = message.formatted();
        let text = String::from_utf8(bytes).expect("headers are ASCII");
        let (head, _) = text.split_once("\r\n\r\n").expect("there is a body");
        head.split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| {
                line.split_once(':')
                    .expect("a header has a colon")
                    .0
                    .to_ascii_lowercase()
            })
            .collect()
    }

    const EXPECTED: [&str; 8] = [
        "auto-submitted",
        "content-type",
        "date",
        "from",
        "message-id",
        "mime-version",
        "subject",
        "to",
    ];

    fn sorted(mut names: Vec<String>) -> Vec<String> {
        names.sort();
        names
    }

    #[test]
    fn the_same_mail_has_the_same_id_and_date_each_time() {
        let message = mailer()
            .message(&mail("Hi", "ada@example.com", "Ada"))
            .expect("it can be sent");
        let text = String::from_utf8(message.formatted()).expect("ASCII");
        assert!(
            text.contains("Message-ID: <msg_00000000000000000000000007@localhost>\r\n"),
            "{text}"
        );
        assert!(
            text.contains("Date: Mon, 01 Jun 2026 12:00:00 +0000\r\n"),
            "{text}"
        );
        assert!(
            text.contains("Auto-Submitted: auto-generated\r\n"),
            "{text}"
        );
    }

    #[test]
    fn a_mail_that_can_be_stopped_says_how() {
        let mail = Mail {
            unsubscribe: Some(format!("https://shop.test/{}", "x".repeat(90))),
            ..mail("Hi", "ada@example.com", "Ada")
        };
        let message = mailer().message(&mail).expect("it can be sent");
        let text = String::from_utf8(message.formatted()).expect("ASCII");
        let expected = format!(
            "List-Unsubscribe: <https://shop.test/{}>\r\n",
            "x".repeat(90)
        );
        assert!(text.contains(&expected), "{text}");
        assert!(
            text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
            "{text}"
        );
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for wrong in [
            "",
            "ada",
            "ada@example.com\r\nBcc: eve@example.com",
            "<ada@example.com>",
            "a@b, c@d",
        ] {
            assert_eq!(
                mailer().message(&mail("Hi", wrong, "Ada")).err(),
                Some(MailError::Unsendable),
                "{wrong}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_becomes_a_header(subject in "(\\PC|[\r\n\t:]){0,60}", name in "(\\PC|[\r\n\t:<>\"]){0,60}") {
            let injected = format!("{subject}\r\nBcc: eve@example.com\r\n\r\n<script>");
            let message = mailer().message(&mail(&injected, "ada@example.com", &format!("{name}\nBcc: eve@example.com")))
                .expect("it can be sent");
            prop_assert_eq!(sorted(header_names(&message)), EXPECTED);
        }
    }
}
