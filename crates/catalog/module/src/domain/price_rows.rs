//! Rows of a price list, many at once.

use std::collections::{BTreeMap, BTreeSet};

use catalog_contract::{CatalogError, MAX_QUANTITY, PriceListId, VariantId};
use tenon_kernel::{Currency, Money};

use super::rules::Rules;

mod chunks;

pub(crate) use self::chunks::{by_variant, end_of_chunk};

/// Most rows of one request.
pub(crate) const MAX_ROWS: usize = 20_000;
/// Most rows that are written while their sender waits.
pub(crate) const MAX_ROWS_AT_ONCE: usize = 1_000;
/// Most wrong members that a refusal names.
pub(crate) const MAX_ERRORS: usize = 1_000;
/// Most quantities at which one list changes the price of one variant.
pub(crate) const MAX_TIERS: usize = 20;

/// From so many pieces of a variant on, each costs this much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PriceRow {
    pub(crate) price_list_id: PriceListId,
    pub(crate) variant_id: VariantId,
    pub(crate) min_quantity: i64,
    /// In the list's currency.
    pub(crate) amount: i64,
}

/// A row to be written, or to be removed if it has no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WantedRow {
    /// Its place in the request.
    pub(crate) position: usize,
    pub(crate) variant_id: VariantId,
    pub(crate) min_quantity: i64,
    pub(crate) amount: Option<i64>,
}

/// A row that is another now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowChange {
    pub(crate) variant_id: VariantId,
    pub(crate) min_quantity: i64,
    pub(crate) old: Option<i64>,
    pub(crate) new: Option<i64>,
}

/// Checks the rows of a request by themselves, each by its place.
pub(crate) fn check_rows(currency: Currency, rows: &[WantedRow]) -> Result<(), CatalogError> {
    let mut rules = Rules::default();
    rules.count("/prices", rows.len(), 1..=MAX_ROWS);
    let mut seen = BTreeSet::new();
    // Beyond the limit only the limit is told.
    for row in rows.iter().take(MAX_ROWS) {
        let at = format!("/prices/{}", row.position);
        rules.range(
            format_args!("{at}/min_quantity"),
            row.min_quantity,
            1..=MAX_QUANTITY,
        );
        let is_price = |amount| amount >= 0 && Money::new(amount, currency).is_ok();
        rules.check(
            row.amount.is_none_or(is_price),
            format_args!("{at}/amount"),
            "out_of_range",
            "expected 0 to 9007199254740991 minor units",
        );
        rules.check(
            seen.insert((row.variant_id, row.min_quantity)),
            &at,
            "duplicate",
            "a row of this request is about this variant and quantity already",
        );
    }
    rules.finish()
}

/// Compares what is wanted with what there is of the same variants; what changes comes in the order of rows, the same
/// for all who write.
///
/// # Errors
///
/// Names the first row of each variant that would have more than [`MAX_TIERS`].
pub(crate) fn row_changes(
    known: &[PriceRow],
    wanted: &[WantedRow],
) -> Result<Vec<RowChange>, CatalogError> {
    let mut tiers: BTreeMap<VariantId, BTreeMap<i64, i64>> = BTreeMap::new();
    for row in known {
        let of_variant = tiers.entry(row.variant_id).or_default();
        of_variant.insert(row.min_quantity, row.amount);
    }
    let mut changes = Vec::new();
    for row in wanted {
        let of_variant = tiers.entry(row.variant_id).or_default();
        let old = match row.amount {
            Some(amount) => of_variant.insert(row.min_quantity, amount),
            None => of_variant.remove(&row.min_quantity),
        };
        if old != row.amount {
            changes.push(RowChange {
                variant_id: row.variant_id,
                min_quantity: row.min_quantity,
                old,
                new: row.amount,
            });
        }
    }
    let mut rules = Rules::default();
    let mut told = BTreeSet::new();
    for row in wanted {
        let count = tiers.get(&row.variant_id).map_or(0, BTreeMap::len);
        if count > MAX_TIERS && told.insert(row.variant_id) {
            let detail = format!("a list has at most {MAX_TIERS} quantities for a variant");
            rules.check(
                false,
                format!("/prices/{}", row.position),
                "too_many",
                detail,
            );
        }
    }
    rules.finish()?;
    changes.sort_unstable_by_key(|change| (change.variant_id, change.min_quantity));
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_kernel::Env;

    fn refusals(refused: Result<impl std::fmt::Debug, CatalogError>) -> Vec<(String, String)> {
        let Err(CatalogError::Invalid { errors }) = refused else {
            panic!("accepted")
        };
        let names = errors.into_iter().map(|error| (error.pointer, error.code));
        names.collect()
    }

    fn want(variant_id: VariantId, min_quantity: i64, amount: Option<i64>) -> WantedRow {
        WantedRow {
            position: 0,
            variant_id,
            min_quantity,
            amount,
        }
    }

    /// The rows with their places.
    fn placed<const N: usize>(mut rows: [WantedRow; N]) -> [WantedRow; N] {
        for (position, row) in rows.iter_mut().enumerate() {
            row.position = position;
        }
        rows
    }

    #[test]
    fn every_bad_row_is_named_by_its_place() {
        let (env, eur) = (Env::system(), "EUR".parse().expect("known"));
        let tea = env.new_id();
        let rows = placed([
            want(tea, 1, Some(100)),
            want(tea, 0, Some(100)),
            want(tea, 10_000, None),
            want(tea, 5, Some(-1)),
            want(tea, 6, Some(9_007_199_254_740_992)),
            want(tea, 1, None),
        ]);
        let expected = [
            ("/prices/1/min_quantity", "out_of_range"),
            ("/prices/2/min_quantity", "out_of_range"),
            ("/prices/3/amount", "out_of_range"),
            ("/prices/4/amount", "out_of_range"),
            ("/prices/5", "duplicate"),
        ];
        let told = refusals(check_rows(eur, &rows));
        let told: Vec<_> = told.iter().map(|(at, code)| (&**at, &**code)).collect();
        assert_eq!(told, expected);
        assert_eq!(refusals(check_rows(eur, &[]))[0].0, "/prices");
        let many: Vec<_> = (0..=MAX_ROWS)
            .map(|_| want(env.new_id(), 1, None))
            .collect();
        assert_eq!(
            refusals(check_rows(eur, &many)),
            [("/prices".to_owned(), "out_of_range".to_owned())]
        );
    }

    #[test]
    fn only_what_differs_changes_and_in_one_order() {
        let env = Env::system();
        let list: PriceListId = env.new_id();
        let mut variants: [VariantId; 2] = [env.new_id(), env.new_id()];
        variants.sort_unstable();
        let [first, second] = variants;
        let known = [(1, 100), (10, 90)].map(|(min_quantity, amount)| PriceRow {
            price_list_id: list,
            variant_id: first,
            min_quantity,
            amount,
        });
        let wanted = [
            want(second, 1, Some(7)),
            want(first, 10, None),
            want(first, 1, Some(100)),
            want(first, 50, None),
        ];
        let changes = row_changes(&known, &wanted).expect("few tiers");
        let named: Vec<_> = changes
            .iter()
            .map(|it| (it.variant_id, it.min_quantity, it.old, it.new))
            .collect();
        assert_eq!(
            named,
            [(first, 10, Some(90), None), (second, 1, None, Some(7))]
        );
    }

    #[test]
    fn a_variant_has_few_tiers() {
        let tea = Env::system().new_id();
        let rows: Vec<_> = (1..=21).map(|from| want(tea, from, Some(1))).collect();
        assert!(row_changes(&[], &rows[..20]).is_ok());
        let told = refusals(row_changes(&[], &rows));
        assert_eq!(told, [("/prices/0".to_owned(), "too_many".to_owned())]);
    }
}
