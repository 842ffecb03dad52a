//! Before and after, for the audit log.

use catalog_contract::VariantId;
use serde_json::{Map, Value, json};
use tenon_events::Emit as _;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{StoreError, Tx};

use crate::domain::price_list::PriceList;
use crate::domain::product::Product;
use crate::domain::variant::Variant;

/// Longest text that is recorded whole: an event has little room, and a picture tells an auditor nothing.
const MAX_TEXT: usize = 500;

/// The members of a product that people edit.
pub(super) fn product_members(product: &Product) -> Map<String, Value> {
    members([
        ("slug", json!(product.slug)),
        ("title", json!(product.title)),
        ("description", json!(product.description)),
        ("image", json!(product.image)),
        (
            "category_id",
            json!(product.category.as_ref().map(|category| category.id)),
        ),
        ("status", json!(product.status.as_str())),
    ])
}

/// The members of a variant that people edit.
pub(super) fn variant_members(variant: &Variant) -> Map<String, Value> {
    members([
        ("sku", json!(variant.sku)),
        ("title", json!(variant.title)),
        ("status", json!(variant.status.as_str())),
        ("prices", json!(variant.prices)),
    ])
}

/// The members of a price list that people edit.
pub(super) fn price_list_members(list: &PriceList) -> Map<String, Value> {
    members([
        ("name", json!(list.name)),
        ("currency", json!(list.currency)),
        ("status", json!(list.status.as_str())),
        ("valid_from", json!(list.valid_from)),
        ("valid_until", json!(list.valid_until)),
        ("priority", json!(list.priority)),
        ("customer_group_ids", json!(list.groups)),
    ])
}

/// Keeps what differs: names, values before, values after.
pub(super) fn difference(
    mut before: Map<String, Value>,
    mut after: Map<String, Value>,
) -> (Vec<String>, Map<String, Value>, Map<String, Value>) {
    let changed: Vec<String> = after
        .keys()
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect();
    before.retain(|name, _| changed.contains(name));
    after.retain(|name, _| changed.contains(name));
    (changed, before, after)
}

/// Records that something was made.
pub(super) async fn created(
    tx: &mut Tx<'_>,
    action: &str,
    target: String,
    after: Map<String, Value>,
) -> Result<(), StoreError> {
    record(tx, action, target, None, Some(after)).await
}

/// Records that something was changed.
pub(super) async fn changed(
    tx: &mut Tx<'_>,
    action: &str,
    target: String,
    before: Map<String, Value>,
    after: Map<String, Value>,
) -> Result<(), StoreError> {
    record(tx, action, target, Some(before), Some(after)).await
}

/// Records a change of stock by a person.
pub(super) async fn adjusted(
    tx: &mut Tx<'_>,
    variant: VariantId,
    before: Map<String, Value>,
    after: Map<String, Value>,
) -> Result<(), StoreError> {
    record(
        tx,
        "inventory.adjusted",
        variant.to_string(),
        Some(before),
        Some(after),
    )
    .await
}

pub(super) fn members<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

async fn record(
    tx: &mut Tx<'_>,
    action: &str,
    target: String,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
) -> Result<(), StoreError> {
    let recorded = AuditRecorded {
        action: action.to_owned(),
        target,
        before: before.map(|members| Value::Object(shortened(members))),
        after: after.map(|members| Value::Object(shortened(members))),
    };
    tx.emit(&recorded).await?;
    Ok(())
}

fn shortened(mut members: Map<String, Value>) -> Map<String, Value> {
    for value in members.values_mut() {
        if let Value::String(text) = value {
            let length = text.chars().count();
            if length > MAX_TEXT {
                let start: String = text.chars().take(MAX_TEXT / 2).collect();
                *text = format!("{start}… ({length} characters)");
            }
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_recorded_and_long_texts_are_shortened() {
        let before = members([
            ("title", json!("Tea")),
            ("description", json!("a".repeat(9_000))),
        ]);
        let after = members([
            ("title", json!("Tea")),
            ("description", json!("a".repeat(9_000) + "b")),
        ]);
        let (changed, before, after) = difference(before, after);
        assert_eq!(changed, ["description"]);
        assert!(before.len() == 1 && after.len() == 1);
        let shown = shortened(after)["description"].to_string();
        assert!(
            shown.contains("(9001 characters)") && shown.len() < 400,
            "{shown}"
        );
    }
}
