//! Templates: files of this crate, never text that someone sent.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior};
use notifications_contract::Template;
use serde::Serialize;
use serde_json::Value;

use super::message::NoteText;

/// What a template may use.
#[derive(Debug, Serialize)]
pub(crate) struct Context<'a> {
    /// What the shop is called.
    pub(crate) shop_name: &'a str,
    /// Where people meet the shop.
    pub(crate) shop_url: &'a str,
    /// What to call the reader.
    pub(crate) name: Option<&'a str>,
    /// The one place to go to.
    pub(crate) link: Option<&'a str>,
    /// The one-time token, for those whose link does not open.
    pub(crate) token: Option<&'a str>,
    /// How long the token can be used.
    pub(crate) minutes: Option<u64>,
    /// What is in a parcel.
    pub(crate) items: &'a [Item],
    /// What the event said.
    pub(crate) data: &'a Value,
    /// Where the reader stops such mails.
    pub(crate) unsubscribe: Option<&'a str>,
}

/// A thing in a parcel.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    pub(crate) title: String,
    pub(crate) quantity: i64,
}

/// A finished text.
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// All templates, parsed.
pub(crate) struct Renderer(Environment<'static>);

/// Names the files of each mail; a missing one does not compile.
macro_rules! mails {
    ($($name:literal),+ $(,)?) => {
        &[$(
            (concat!($name, ".subject.txt"), include_str!(concat!("../../templates/", $name, ".subject.txt"))),
            (concat!($name, ".txt"), include_str!(concat!("../../templates/", $name, ".txt"))),
            (concat!($name, ".html"), include_str!(concat!("../../templates/", $name, ".html"))),
        )+]
    };
}

/// Names the file of each note.
macro_rules! notes {
    ($($name:literal),+ $(,)?) => {
        &[$(
            (concat!($name, ".note.txt"), include_str!(concat!("../../templates/", $name, ".note.txt"))),
        )+]
    };
}

const LAYOUTS: &[(&str, &str)] = &[
    ("layout.txt", include_str!("../../templates/layout.txt")),
    ("layout.html", include_str!("../../templates/layout.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
];

const MAILS: &[(&str, &str)] = mails!(
    "account_made",
    "already_registered",
    "api_key_changed",
    "delivery_delayed",
    "digest",
    "erasure_cancelled",
    "erasure_requested",
    "factor_added",
    "factor_guessed",
    "factor_removed",
    "identity_linked",
    "identity_removed",
    "new_device",
    "order_cancelled",
    "order_placed",
    "order_shipped",
    "password_changed",
    "passkey_suspected",
    "payment_returned",
    "ready_for_pickup",
    "recover_account",
    "recovery_code_used",
    "recovery_codes_renewed",
    "refund_succeeded",
    "return_approved",
    "return_received",
    "return_rejected",
    "return_requested",
    "service_message",
    "session_compromised",
    "verify_email",
);

const NOTES: &[(&str, &str)] = notes!(
    "delivery_delayed",
    "order_cancelled",
    "order_delivered",
    "order_placed",
    "order_shipped",
    "payment_returned",
    "ready_for_pickup",
    "refund_succeeded",
    "return_approved",
    "return_received",
    "return_rejected",
    "return_requested",
    "service_message",
    "text",
    "undelivered",
    "verify_phone",
);

impl Renderer {
    /// With all templates, parsed when they are first asked for: they are a part of the program. Text in `.html` is escaped.
    pub(crate) fn get() -> &'static Self {
        static RENDERER: LazyLock<Renderer> = LazyLock::new(Renderer::new);
        &RENDERER
    }

    fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build();
        environment.set_syntax(syntax.expect("the usual delimiters are valid"));
        for (name, source) in [LAYOUTS, MAILS, NOTES].concat() {
            environment
                .add_template(name, source)
                .expect("a test parses every template");
        }
        Self(environment)
    }

    /// Renders a mail.
    ///
    /// # Errors
    ///
    /// If the context lacks what the template uses.
    pub(crate) fn mail(
        &self,
        template: Template,
        context: &Context<'_>,
    ) -> Result<Rendered, Error> {
        let name = template_name(template);
        let part = |suffix: &str| {
            self.0
                .get_template(&format!("{name}.{suffix}"))?
                .render(Serde(context))
        };
        Ok(Rendered {
            subject: part("subject.txt")?.trim().to_owned(),
            text: with_crlf(&part("txt")?),
            html: with_crlf(&part("html")?),
        })
    }

    /// Renders what a message says where there is room for a few words only: on a telephone, in a digest.
    ///
    /// # Errors
    ///
    /// If there is no such note, or the data lacks what it uses.
    pub(crate) fn note_of(&self, template: Template, data: &Value) -> Result<NoteText, Error> {
        self.note(&template_name(template), data)
    }

    /// Renders a note: its first line is the title.
    ///
    /// # Errors
    ///
    /// If there is no such note, or the data lacks what it uses.
    pub(crate) fn note(&self, name: &str, data: &Value) -> Result<NoteText, Error> {
        let text = self
            .0
            .get_template(&format!("{name}.note.txt"))?
            .render(Serde(data))?;
        let (title, body) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
        Ok(NoteText {
            title: title.trim().to_owned(),
            body: body.trim().to_owned(),
        })
    }
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Renderer(..)")
    }
}

/// The name a template has in files, in the store and in the contract.
fn template_name(template: Template) -> String {
    match serde_json::to_value(template) {
        Ok(Value::String(name)) => name,
        other => unreachable!("a template is a JSON string, not {other:?}"),
    }
}

/// Mail has CRLF at the end of each line, and no room for runs of empty ones.
fn with_crlf(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_some_and(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\r\n") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Topic;
    use serde_json::json;

    /// Everything that any template may use.
    fn render(template: Template, data: &Value) -> Rendered {
        let items = [Item {
            title: "Tea & <b>biscuits</b>".to_owned(),
            quantity: 2,
        }];
        let context = Context {
            shop_name: "Tea & Co",
            shop_url: "https://shop.test",
            name: Some("<Ada>"),
            link: Some("https://shop.test/x"),
            token: Some("t0ken"),
            minutes: Some(30),
            items: &items,
            data,
            unsubscribe: Some("https://shop.test/stop"),
        };
        Renderer::get()
            .mail(template, &context)
            .expect("the template renders")
    }

    fn order() -> Value {
        json!({
            "number": "100001", "title": "About 100001", "body": "Something", "code": "100001", "shop_name": "Tea & Co",
            "lines": [{ "title": "Tea & <b>biscuits</b>", "quantity": 2, "total": "9.00 EUR" }],
            "subtotal": "9.00 EUR", "discount": null, "shipping": "4.90 EUR", "tax": "1.44 EUR", "tax_included": true, "total": "13.90 EUR",
            "amount": "13.90 EUR", "refund_due": "13.90 EUR", "by_customer": true, "out_of_stock": false,
            "reason": "Tea & <b>biscuits</b>", "expected_on": "4 December 2026", "place": "<b>biscuits</b>", "until": "24 December 2026",
            "text": ["Tea & <b>biscuits</b>"], "topic": "your parcels",
            "entries": [{ "title": "<b>biscuits</b>", "body": "Something", "link": "https://shop.test/x" }, { "title": "Two", "body": "Else", "link": null }],
            "note": "Tea & <b>biscuits</b>", "pieces": 2, "refund": "9.00 EUR",
            "erase_on": "8 December 2026", "change": "created", "key": "Tea <b>biscuits</b>", "of_program": true, "was_last": true, "provider": "acme <b>biscuits</b>", "made_account": false, "left": 9, "carrier": "DHL", "tracking_number": "JJD1", "tracking_url": "https://carrier.test/JJD1",
        })
    }

    const ALL: [Template; 31] = [
        Template::VerifyEmail,
        Template::RecoverAccount,
        Template::AlreadyRegistered,
        Template::AccountMade,
        Template::PasswordChanged,
        Template::FactorAdded,
        Template::FactorRemoved,
        Template::FactorGuessed,
        Template::PasskeySuspected,
        Template::RecoveryCodesRenewed,
        Template::RecoveryCodeUsed,
        Template::IdentityLinked,
        Template::IdentityRemoved,
        Template::ErasureRequested,
        Template::ErasureCancelled,
        Template::ApiKeyChanged,
        Template::NewDevice,
        Template::SessionCompromised,
        Template::OrderPlaced,
        Template::OrderCancelled,
        Template::OrderShipped,
        Template::PaymentReturned,
        Template::RefundSucceeded,
        Template::ReturnRequested,
        Template::ReturnApproved,
        Template::ReturnRejected,
        Template::ReturnReceived,
        Template::DeliveryDelayed,
        Template::ReadyForPickup,
        Template::ServiceMessage,
        Template::Digest,
    ];

    #[test]
    fn every_mail_renders_and_escapes() {
        for template in ALL {
            let mail = render(template, &order());
            assert!(
                !mail.subject.is_empty() && !mail.subject.contains('\n'),
                "{template:?}: {:?}",
                mail.subject
            );
            assert!(
                mail.text.contains("Tea & Co"),
                "{template:?}: {}",
                mail.text
            );
            assert!(
                !mail.html.contains("<b>biscuits") && !mail.html.contains("<Ada>"),
                "{template:?}: {}",
                mail.html
            );
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert!(
                    !part.contains("{{") && !part.contains("{%"),
                    "{template:?}: {part}"
                );
            }
            assert!(
                !mail.html.contains("src=") && !mail.html.contains("url("),
                "{template:?} loads something"
            );
        }
    }

    #[test]
    fn the_confirmation_tells_lines_and_totals() {
        let mail = render(Template::OrderPlaced, &order());
        for expected in [
            "100001",
            "Tea & <b>biscuits</b>",
            "9.00 EUR",
            "4.90 EUR",
            "13.90 EUR",
        ] {
            assert!(
                mail.text.contains(expected),
                "{expected} is missing in {}",
                mail.text
            );
        }
        assert!(
            mail.html
                .contains("Tea &amp; &lt;b&gt;biscuits&lt;&#x2f;b&gt;"),
            "{}",
            mail.html
        );
        assert!(mail.subject.contains("100001"));
    }

    #[test]
    fn a_token_is_shown_where_it_is_asked_for_and_nowhere_else() {
        for template in ALL {
            let has_token = matches!(
                template,
                Template::VerifyEmail
                    | Template::RecoverAccount
                    | Template::AlreadyRegistered
                    | Template::AccountMade
            );
            let mail = render(template, &order());
            assert_eq!(mail.text.contains("t0ken"), has_token, "{template:?}");
            assert_eq!(mail.html.contains("t0ken"), has_token, "{template:?}");
            assert!(!mail.subject.contains("t0ken"), "{template:?}");
            assert!(mail.text.contains("https://shop.test/x"), "{template:?}");
        }
    }

    #[test]
    fn every_note_has_a_title_and_a_body() {
        let renderer = Renderer::get();
        for (file, _) in NOTES {
            let name = file.strip_suffix(".note.txt").expect("a note's name");
            let note = renderer.note(name, &order()).expect("the note renders");
            assert!(note.title.contains("100001"), "{name}: {note:?}");
            assert!(
                !note.body.is_empty() && !note.title.contains('\n'),
                "{name}: {note:?}"
            );
        }
    }

    /// A digest says of each mail what its note says.
    #[test]
    fn whatever_can_be_gathered_has_a_note() {
        let gathered = ALL.map(|template| (template, Topic::of_template(template)));
        let gathered = gathered.iter().filter(|(_, topic)| topic.can_be_gathered());
        let mut counted = 0;
        for (template, _) in gathered {
            let note = Renderer::get().note_of(*template, &order());
            assert!(!note.expect("a note").title.is_empty(), "{template:?}");
            counted += 1;
        }
        assert_eq!(counted, 4);
    }

    #[test]
    fn a_template_that_lacks_something_fails_instead_of_saying_nothing() {
        let context = Context {
            shop_name: "Shop",
            shop_url: "https://shop.test",
            name: None,
            link: None,
            token: None,
            minutes: None,
            items: &[],
            data: &json!({}),
            unsubscribe: None,
        };
        assert!(
            Renderer::get()
                .mail(Template::OrderPlaced, &context)
                .is_err()
        );
    }
}
