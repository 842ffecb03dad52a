//! Rows of a price list, many at once: all of them or none.

use std::collections::BTreeMap;

use catalog_contract::{CatalogError, PriceChanged, PriceListId, ProductId, VariantId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Queryable, StoreError, Tx, retrying};

use super::{Service, audit, refused};
use crate::domain::price_list::PriceList;
use crate::domain::price_rows::{RowChange, WantedRow, check_rows, row_changes};
use crate::domain::rules::Rules;
use crate::store::{price_lists, price_rows};

/// Rows that an entry of the audit log shows; the events tell of all.
const AUDITED: usize = 50;

/// What a request did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RowsSet {
    /// Version of the list after it.
    pub(crate) version: i64,
    /// Rows that are new or have another amount.
    pub(crate) written: usize,
    pub(crate) removed: usize,
    /// Rows that were so already.
    pub(crate) unchanged: usize,
}

impl Service {
    /// Writes rows of a list, and removes those that are wanted without an amount.
    ///
    /// Writers of one list go one after another. All write, and number their events, in the order of variants, so that
    /// writers of several lists do not wait for each other in a circle.
    ///
    /// # Errors
    ///
    /// [`CatalogError::PriceListNotFound`]; [`CatalogError::Invalid`] naming every wrong row: then nothing is stored.
    #[tracing::instrument(name = "catalog.set_price_rows", skip_all, fields(list.id = %id, rows = rows.len()))]
    pub(crate) async fn set_price_rows(
        &self,
        ctx: &CallCtx,
        id: PriceListId,
        rows: &[WantedRow],
    ) -> SeamResult<RowsSet, CatalogError> {
        let list = self.get_price_list(ctx, id).await?;
        check_rows(list.currency, rows).map_err(SeamError::Domain)?;
        let done = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "catalog.set_price_rows").await?;
            let done = set(&mut tx, id, rows).await?;
            if done.written + done.removed > 0 {
                tx.commit().await?;
            }
            Ok::<_, SeamError<CatalogError>>(done)
        })
        .await?;
        Ok(done)
    }
}

pub(super) async fn set(
    tx: &mut Tx<'_>,
    id: PriceListId,
    rows: &[WantedRow],
) -> SeamResult<RowsSet, CatalogError> {
    let Some(list) = price_lists::lock(tx, id).await? else {
        return refused(CatalogError::PriceListNotFound { price_list_id: id });
    };
    let (products, changes) = compare(tx, id, rows).await?;
    let removed = changes.iter().filter(|it| it.new.is_none()).count();
    let done = RowsSet {
        // Without a change the unit is rolled back, and the version with it.
        version: list.version - i64::from(changes.is_empty()),
        written: changes.len() - removed,
        removed,
        unchanged: rows.len() - changes.len(),
    };
    if changes.is_empty() {
        return Ok(done);
    }
    price_rows::change(tx, id, &changes).await?;
    for change in &changes {
        let event = announcement(&list, change, &products, tx.now())?;
        tx.emit(&event).await?;
    }
    let (before, after) = (
        audited(&changes, |it| it.old),
        audited(&changes, |it| it.new),
    );
    audit::changed(
        tx,
        "price_list.prices_changed",
        id.to_string(),
        before,
        after,
    )
    .await?;
    Ok(done)
}

/// Compares rows with what is there: the products of their variants, and what would change.
pub(super) async fn compare(
    db: &mut dyn Queryable,
    id: PriceListId,
    rows: &[WantedRow],
) -> SeamResult<(BTreeMap<VariantId, ProductId>, Vec<RowChange>), CatalogError> {
    let mut variants: Vec<VariantId> = rows.iter().map(|row| row.variant_id).collect();
    variants.sort_unstable();
    variants.dedup();
    let products = price_rows::products_of(db, &variants).await?;
    let products: BTreeMap<VariantId, ProductId> = products.into_iter().collect();
    check_variants(rows, &products)?;
    let known = price_rows::of_variants(db, id, &variants).await?;
    let changes = row_changes(&known, rows).map_err(SeamError::Domain)?;
    Ok((products, changes))
}

fn check_variants(
    rows: &[WantedRow],
    products: &BTreeMap<VariantId, ProductId>,
) -> SeamResult<(), CatalogError> {
    let mut rules = Rules::default();
    for row in rows {
        rules.check(
            products.contains_key(&row.variant_id),
            format_args!("/prices/{}/variant_id", row.position),
            "not_found",
            "the variant does not exist",
        );
    }
    rules.finish().map_err(SeamError::Domain)
}

fn announcement(
    list: &PriceList,
    change: &RowChange,
    products: &BTreeMap<VariantId, ProductId>,
    now: tenon_kernel::Timestamp,
) -> Result<PriceChanged, StoreError> {
    let broken = || StoreError::inconsistent(format!("price_list_prices: {change:?}"));
    let money = |amount: Option<i64>| {
        let money = amount.map(|amount| Money::new(amount, list.currency));
        money.transpose().map_err(|_| broken())
    };
    let product_id = products.get(&change.variant_id).ok_or_else(broken)?;
    Ok(PriceChanged {
        variant_id: change.variant_id,
        product_id: *product_id,
        list_id: Some(list.id),
        min_quantity: Some(change.min_quantity),
        old: money(change.old)?,
        new: money(change.new)?,
        valid_from: list.valid_from.map_or(now, |from| from.max(now)),
    })
}

/// `{"rows": 3, "prices": [["var_…", 10, 450]]}`: how many there are, and the first of them.
fn audited(
    changes: &[RowChange],
    amount: impl Fn(&RowChange) -> Option<i64>,
) -> serde_json::Map<String, Value> {
    let row = |it: &RowChange| json!([it.variant_id, it.min_quantity, amount(it)]);
    let rows: Vec<Value> = changes.iter().take(AUDITED).map(row).collect();
    audit::members([("rows", json!(changes.len())), ("prices", json!(rows))])
}
