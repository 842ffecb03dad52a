//! Bounds, formats and patterns of two schemas of one type.

use serde_json::Value;

use super::Comparison;
use crate::contracts::difference::{First, Severity};
use crate::contracts::schema::Place;

/// Bounds, and whether a larger value lets more in.
const BOUNDS: [(&str, bool); 8] = [
    ("maxItems", true),
    ("minItems", false),
    ("maxLength", true),
    ("minLength", false),
    ("maximum", true),
    ("minimum", false),
    ("maxProperties", true),
    ("minProperties", false),
];
/// Keywords that are compared elsewhere or mean nothing to a peer.
const KNOWN: [&str; 19] = [
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "default",
    "deprecated",
    "description",
    "enum",
    "examples",
    "format",
    "items",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
    "readOnly",
    "writeOnly",
];
/// Integer formats and the values they hold.
const INTEGERS: [(&str, i128, i128); 8] = [
    ("int8", i8::MIN as i128, i8::MAX as i128),
    ("uint8", 0, u8::MAX as i128),
    ("int16", i16::MIN as i128, i16::MAX as i128),
    ("uint16", 0, u16::MAX as i128),
    ("int32", i32::MIN as i128, i32::MAX as i128),
    ("uint32", 0, u32::MAX as i128),
    ("int64", i64::MIN as i128, i64::MAX as i128),
    ("uint64", 0, u64::MAX as i128),
];

impl Comparison {
    pub(super) fn facets(&mut self, place: &str, old: &Place<'_>, new: &Place<'_>) {
        let same_format = self.format(place, old, new);
        for (keyword, larger_is_wider) in BOUNDS {
            // The lower bound of `uint32` follows from its format.
            if keyword == "minimum" && !same_format {
                continue;
            }
            self.bound(place, keyword, larger_is_wider, old, new);
        }
        match (old.text("pattern"), new.text("pattern")) {
            (None, None) => {}
            (None, Some(now)) => {
                self.note(self.role.narrowed(), place, format!("must match {now} now"));
            }
            (Some(before), None) => {
                self.note(
                    self.role.widened(),
                    place,
                    format!("need not match {before} any more"),
                );
            }
            (Some(before), Some(now)) if before == now => {}
            (Some(before), Some(now)) => self.note(
                (Severity::Breaking, First::Either),
                place,
                format!("pattern {before} became {now}"),
            ),
        }
        self.unknown_keywords(place, old, new);
    }

    fn bound(
        &mut self,
        place: &str,
        keyword: &str,
        larger_is_wider: bool,
        old: &Place<'_>,
        new: &Place<'_>,
    ) {
        let number = |place: &Place<'_>| place.schema.get(keyword).and_then(Value::as_f64);
        let (before, now) = (number(old), number(new));
        if before == now {
            return;
        }
        let wider = match (before, now) {
            (Some(_), None) => true,
            (Some(before), Some(now)) => (now > before) == larger_is_wider,
            _ => false,
        };
        let text =
            |bound: Option<f64>| bound.map_or_else(|| "none".to_owned(), |it| it.to_string());
        let what = format!("{keyword} {} became {}", text(before), text(now));
        let rule = if wider {
            self.role.bound_widened()
        } else {
            self.role.bound_narrowed()
        };
        self.note(rule, place, what);
    }

    /// Returns whether the formats are the same.
    fn format(&mut self, place: &str, old: &Place<'_>, new: &Place<'_>) -> bool {
        let (before, now) = (old.text("format"), new.text("format"));
        if before == now {
            return true;
        }
        let range = |format: Option<&str>| {
            INTEGERS
                .iter()
                .find(|(name, ..)| Some(*name) == format)
                .map(|(_, least, most)| (*least, *most))
        };
        let within =
            |small: (i128, i128), large: (i128, i128)| large.0 <= small.0 && small.1 <= large.1;
        let rule = match (range(before), range(now)) {
            (Some(before), Some(now)) if within(before, now) => self.role.widened(),
            (Some(before), Some(now)) if within(now, before) => self.role.narrowed(),
            _ if now.is_none() => self.role.widened(),
            _ if before.is_none() => self.role.narrowed(),
            _ => (Severity::Breaking, First::Either),
        };
        let name = |format: Option<&str>| format.unwrap_or("none").to_owned();
        self.note(
            rule,
            place,
            format!("format {} became {}", name(before), name(now)),
        );
        false
    }

    /// What this program cannot judge is not waved through.
    fn unknown_keywords(&mut self, place: &str, old: &Place<'_>, new: &Place<'_>) {
        let both = [old.schema, new.schema]
            .into_iter()
            .filter_map(Value::as_object);
        let mut names: Vec<&String> = both
            .flat_map(|members| members.keys())
            .filter(|name| {
                !KNOWN.contains(&name.as_str())
                    && !name.starts_with("x-")
                    && BOUNDS.iter().all(|(bound, _)| bound != &name.as_str())
            })
            .collect();
        names.sort();
        names.dedup();
        for name in names {
            if old.schema.get(name) != new.schema.get(name) {
                let rule = (Severity::Breaking, First::Either);
                self.note(
                    rule,
                    place,
                    format!("{name} changed, which cannot be judged"),
                );
            }
        }
    }
}
