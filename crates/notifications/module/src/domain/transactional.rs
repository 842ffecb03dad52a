//! Messages that staff and programs may ask for: a closed list of templates, each with typed parameters.

use std::collections::BTreeMap;

use jiff::civil::Date;
use notifications_contract::Template;
use orders_contract::OrderId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenon_kernel::FieldError;

/// Which message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TransactionalTemplate")]
pub(crate) enum Transactional {
    /// What was ordered comes later.
    DeliveryDelayed,
    /// What was ordered waits to be fetched.
    ReadyForPickup,
    /// Words of the shop, about an order or an account.
    ServiceMessage,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "MessageParameterType")]
pub(crate) enum ParameterType {
    /// Id of an order of the reader's: `ord_…`.
    OrderId,
    /// A day: `2026-12-24`.
    Date,
    /// Plain text on one line.
    Line,
    /// Plain text that may have several lines.
    Text,
}

/// A parameter of a template.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: ParameterType,
    pub(crate) is_required: bool,
    /// In characters; of text only.
    pub(crate) max_length: Option<usize>,
    /// What it says, for who asks.
    pub(crate) about: &'static str,
}

/// Every template there is.
pub(crate) const TRANSACTIONAL: &[Transactional] = &[
    Transactional::DeliveryDelayed,
    Transactional::ReadyForPickup,
    Transactional::ServiceMessage,
];

const DELIVERY_DELAYED: &[Parameter] = &[
    required("order_id", ParameterType::OrderId, None, "The order."),
    optional(
        "expected_on",
        ParameterType::Date,
        None,
        "The day on which it is expected now.",
    ),
    optional(
        "reason",
        ParameterType::Line,
        Some(300),
        "Why, as a sentence.",
    ),
];
const READY_FOR_PICKUP: &[Parameter] = &[
    required("order_id", ParameterType::OrderId, None, "The order."),
    required(
        "place",
        ParameterType::Line,
        Some(200),
        "Where it waits: name and address.",
    ),
    optional(
        "until",
        ParameterType::Date,
        None,
        "The last day on which it waits there.",
    ),
];
const SERVICE_MESSAGE: &[Parameter] = &[
    required(
        "title",
        ParameterType::Line,
        Some(120),
        "The subject of the mail, and the first line elsewhere.",
    ),
    required(
        "text",
        ParameterType::Text,
        Some(1_000),
        "What it says. Each line is a paragraph.",
    ),
    optional(
        "order_id",
        ParameterType::OrderId,
        None,
        "The order it is about.",
    ),
];

const fn required(
    name: &'static str,
    kind: ParameterType,
    max_length: Option<usize>,
    about: &'static str,
) -> Parameter {
    Parameter {
        name,
        kind,
        is_required: true,
        max_length,
        about,
    }
}

const fn optional(
    name: &'static str,
    kind: ParameterType,
    max_length: Option<usize>,
    about: &'static str,
) -> Parameter {
    Parameter {
        is_required: false,
        ..required(name, kind, max_length, about)
    }
}

/// Parameters that fit their template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameters {
    template: Transactional,
    values: BTreeMap<&'static str, String>,
    /// The order it is about.
    pub(crate) order_id: Option<OrderId>,
}

impl Transactional {
    /// How the log names it.
    pub(crate) fn template(self) -> Template {
        match self {
            Self::DeliveryDelayed => Template::DeliveryDelayed,
            Self::ReadyForPickup => Template::ReadyForPickup,
            Self::ServiceMessage => Template::ServiceMessage,
        }
    }

    /// The one that the log names so, if it is one of these.
    pub(crate) fn of_template(template: Template) -> Option<Self> {
        let mut all = TRANSACTIONAL.iter().copied();
        all.find(|one| one.template() == template)
    }

    /// What it takes.
    pub(crate) fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::DeliveryDelayed => DELIVERY_DELAYED,
            Self::ReadyForPickup => READY_FOR_PICKUP,
            Self::ServiceMessage => SERVICE_MESSAGE,
        }
    }

    /// What it is for.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::DeliveryDelayed => "What was ordered comes later than it was said.",
            Self::ReadyForPickup => "What was ordered waits to be fetched.",
            Self::ServiceMessage => "Words of the shop, about an order or an account.",
        }
    }

    /// Reads parameters as somebody sent them.
    ///
    /// # Errors
    ///
    /// Every wrong member.
    pub(crate) fn read(self, sent: &Map<String, Value>) -> Result<Parameters, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut values = BTreeMap::new();
        let mut order_id = None;
        for parameter in self.parameters() {
            match sent.get(parameter.name) {
                None | Some(Value::Null) if !parameter.is_required => {}
                None | Some(Value::Null) => {
                    let detail = "This template needs it.";
                    errors.push(wrong(parameter.name, "required", detail));
                }
                Some(Value::String(text)) => match parameter.read(text) {
                    Ok(text) => {
                        if parameter.kind == ParameterType::OrderId {
                            order_id = text.parse().ok();
                        }
                        values.insert(parameter.name, text);
                    }
                    Err(detail) => errors.push(wrong(parameter.name, "invalid_value", detail)),
                },
                Some(_) => errors.push(wrong(parameter.name, "invalid_type", "A string.")),
            }
        }
        let is_known = |name: &str| self.parameters().iter().any(|known| known.name == name);
        for name in sent.keys().filter(|name| !is_known(name)) {
            let detail = "This template has no such parameter.";
            errors.push(wrong(&escaped(name), "unknown_member", detail));
        }
        if errors.is_empty() {
            Ok(Parameters {
                template: self,
                values,
                order_id,
            })
        } else {
            Err(errors)
        }
    }
}

impl Parameter {
    /// Reads one value; otherwise says what it must be.
    fn read(&self, text: &str) -> Result<String, String> {
        match self.kind {
            ParameterType::OrderId => match text.parse::<OrderId>() {
                Ok(id) => Ok(id.to_string()),
                Err(_) => Err("The id of an order: `ord_…`.".to_owned()),
            },
            ParameterType::Date => match text.parse::<Date>() {
                Ok(day) if text.len() == 10 && day.year() >= 2000 => Ok(text.to_owned()),
                _ => Err("A day: `2026-12-24`.".to_owned()),
            },
            ParameterType::Line | ParameterType::Text => {
                let longest = self.max_length.unwrap_or(usize::MAX);
                let has_lines = self.kind == ParameterType::Text;
                let text = text.replace("\r\n", "\n");
                let text = text.trim();
                let is_plain = text
                    .chars()
                    .all(|c| is_plain(c) || (has_lines && c == '\n'));
                if is_plain && (1..=longest).contains(&text.chars().count()) {
                    return Ok(text.to_owned());
                }
                let lines = if has_lines { "" } else { " on one line" };
                Err(format!("Plain text of 1 to {longest} characters{lines}."))
            }
        }
    }
}

impl Parameters {
    /// What the template uses: every parameter, null where nothing was said, days in words, text in lines; and the number of
    /// the order, which people know it by.
    pub(crate) fn data(&self, order_number: Option<&str>) -> Value {
        let mut data = Map::new();
        for parameter in self.template.parameters() {
            let value = self.values.get(parameter.name);
            let value = value.map(|text| match parameter.kind {
                ParameterType::Date => Value::from(in_words(text)),
                ParameterType::Text => {
                    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                    lines.collect()
                }
                ParameterType::OrderId | ParameterType::Line => Value::from(text.as_str()),
            });
            data.insert(parameter.name.to_owned(), value.unwrap_or_default());
        }
        data.insert("number".to_owned(), Value::from(order_number));
        Value::Object(data)
    }
}

fn wrong(name: &str, code: &'static str, detail: impl Into<String>) -> FieldError {
    FieldError::new(format!("/parameters/{name}"), code, detail)
}

/// A name as a part of a JSON pointer (RFC 6901 §3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Characters that do nothing but stand there: neither controls nor what turns the direction of text.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `24 December 2026`.
fn in_words(day: &str) -> String {
    day.parse::<Date>().map_or_else(
        |_| day.to_owned(),
        |day| day.strftime("%-d %B %Y").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ORDER: &str = "ord_00000000000000000000000001";

    fn read(template: Transactional, sent: &Value) -> Result<Parameters, Vec<(String, String)>> {
        template
            .read(sent.as_object().expect("an object"))
            .map_err(|errors| {
                let errors = errors.into_iter();
                errors.map(|e| (e.pointer, e.code)).collect()
            })
    }

    #[test]
    fn good_parameters_become_what_the_template_says() {
        let sent = json!({ "order_id": ORDER, "expected_on": "2026-12-04", "reason": null });
        let read = read(Transactional::DeliveryDelayed, &sent).expect("they fit");
        assert_eq!(read.order_id, ORDER.parse().ok());
        assert_eq!(
            read.data(Some("100001")),
            json!({ "order_id": ORDER, "expected_on": "4 December 2026", "reason": null, "number": "100001" })
        );
    }

    #[test]
    fn text_keeps_its_lines_and_nothing_else() {
        let sent = json!({ "title": " Hello ", "text": "One\r\n\r\nTwo\n" });
        let read = read(Transactional::ServiceMessage, &sent).expect("they fit");
        assert_eq!(
            read.data(None),
            json!({ "title": "Hello", "text": ["One", "Two"], "order_id": null, "number": null })
        );
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let all = json!({ "order_id": "ord_1", "place": 7, "until": "tomorrow", "a/b~c": 1 });
        let expected = [
            ("/parameters/order_id", "invalid_value"),
            ("/parameters/place", "invalid_type"),
            ("/parameters/until", "invalid_value"),
            ("/parameters/a~1b~0c", "unknown_member"),
        ];
        let expected = expected.map(|(at, code)| (at.to_owned(), code.to_owned()));
        assert_eq!(
            read(Transactional::ReadyForPickup, &all),
            Err(expected.to_vec())
        );
        for (member, value) in [
            ("title", "Two\nlines"),
            ("title", " "),
            ("title", "turned \u{202e}round"),
            ("title", "\u{0}"),
            ("text", ""),
        ] {
            let mut sent = json!({ "title": "Hello", "text": "You" });
            sent[member] = json!(value);
            let errors = read(Transactional::ServiceMessage, &sent).expect_err(value);
            assert_eq!(errors[0].0, format!("/parameters/{member}"));
        }
        let long = json!({ "title": "x".repeat(121), "text": "x".repeat(1_001) });
        let errors = read(Transactional::ServiceMessage, &long).expect_err("too long");
        assert_eq!(errors.len(), 2);
        let none = read(Transactional::ServiceMessage, &json!({})).expect_err("two are needed");
        assert_eq!(none.len(), 2);
    }

    #[test]
    fn a_day_is_a_day() {
        for wrong in ["2026-02-30", "2026-12-24T00:00", "24.12.2026", "0001-01-01"] {
            let sent = json!({ "order_id": ORDER, "expected_on": wrong });
            assert!(
                read(Transactional::DeliveryDelayed, &sent).is_err(),
                "{wrong}"
            );
        }
    }
}
