//! All SQL of the catalog.

pub(crate) mod candidates;
pub(crate) mod categories;
pub(crate) mod customer_groups;
pub(crate) mod invariants;
pub(crate) mod labels;
pub(crate) mod levels;
pub(crate) mod movements;
pub(crate) mod offers;
pub(crate) mod price_lists;
pub(crate) mod price_rows;
pub(crate) mod prices;
pub(crate) mod products;
pub(crate) mod reservations;
pub(crate) mod returned_stock;
pub(crate) mod search;
pub(crate) mod search_index;
pub(crate) mod variants;

use tenon_kernel::{Currency, Id, IdKind, Money};
use tenon_store::{Engine, Json, StoreError};

use crate::domain::product::Status;

/// A statement over a list, which is bound as JSON: the one place where the text depends on the engine.
struct Texts {
    sqlite: &'static str,
    postgres: &'static str,
}

/// Makes [`Texts`] over ids in `$1` of the text before and after the list.
macro_rules! by_ids {
    ($before:literal, $after:literal) => {
        $crate::store::Texts {
            sqlite: concat!(
                $before,
                " IN (SELECT unhex(value) FROM json_each($1))",
                $after
            ),
            postgres: concat!(
                $before,
                " IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text($1))",
                $after
            ),
        }
    };
}
use by_ids;

impl Texts {
    fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// Ids as both engines read them: 32 hexadecimal digits each.
fn id_list<K: IdKind>(ids: &[Id<K>]) -> Json<Vec<String>> {
    Json(
        ids.iter()
            .map(|id| id.uuid().simple().to_string())
            .collect(),
    )
}

fn status(name: &str) -> Result<Status, StoreError> {
    Status::from_name(name).ok_or_else(|| StoreError::inconsistent(format!("status {name}")))
}

fn money(amount: i64, currency: &str) -> Result<Money, StoreError> {
    let broken = || StoreError::inconsistent(format!("prices: {amount} {currency}"));
    let currency: Currency = currency.parse().map_err(|_| broken())?;
    Money::new(amount, currency).map_err(|_| broken())
}
