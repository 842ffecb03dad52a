//! `price_lists` and `price_list_groups`.

use std::collections::BTreeMap;

use catalog_contract::{CustomerGroupId, PriceListId};
use tenon_kernel::{Currency, Timestamp};
use tenon_store::{Queryable, StoreError, Tx};

use super::{Texts, by_ids, id_list, status};
use crate::domain::price_list::PriceList;
use crate::domain::product::Status;

macro_rules! columns {
    () => {
        "id, name, currency, status, valid_from, valid_until, priority, version, created_at, updated_at"
    };
}

const GROUPS: Texts = by_ids!(
    "SELECT price_list_id, group_id FROM price_list_groups WHERE price_list_id",
    " ORDER BY price_list_id, group_id"
);

/// `$1` is a list of group ids.
const INSERT_GROUPS: Texts = Texts {
    sqlite: "INSERT INTO price_list_groups (price_list_id, group_id)
             SELECT $2, unhex(value) FROM json_each($1)",
    postgres: "INSERT INTO price_list_groups (price_list_id, group_id)
               SELECT CAST($2 AS uuid), CAST(value AS uuid) FROM jsonb_array_elements_text($1)",
};

#[derive(sqlx::FromRow)]
struct ListRow {
    id: PriceListId,
    name: String,
    currency: String,
    status: String,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    priority: i64,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Finds a price list.
#[tracing::instrument(name = "db.catalog.find_price_list", skip_all, fields(list.id = %id), err(level = "debug"))]
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: PriceListId,
) -> Result<Option<PriceList>, StoreError> {
    let rows = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM price_lists WHERE id = $1"
        ))
        .bind(id)
        .fetch_all()
        .await?;
    Ok(with_groups(db, rows).await?.pop())
}

/// Locks a price list and gives it its next version; the unit rolls back if nothing comes of it. Whoever writes rows
/// of a list holds it first, so that writers of one list go one after another.
#[tracing::instrument(name = "db.catalog.lock_price_list", skip_all, fields(list.id = %id), err(level = "debug"))]
pub(crate) async fn lock(
    tx: &mut Tx<'_>,
    id: PriceListId,
) -> Result<Option<PriceList>, StoreError> {
    let now = tx.now();
    let rows = tx
        .query(concat!(
            "UPDATE price_lists SET version = version + 1, updated_at = $2 WHERE id = $1 RETURNING ",
            columns!()
        ))
        .bind(id)
        .bind(now)
        .fetch_all()
        .await?;
    Ok(with_groups(tx, rows).await?.pop())
}

/// Lists price lists older than `before`, newest first.
#[tracing::instrument(name = "db.catalog.list_price_lists", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    db: &mut dyn Queryable,
    (status, currency): (Option<Status>, Option<Currency>),
    before: PriceListId,
    limit: i64,
) -> Result<Vec<PriceList>, StoreError> {
    let rows = db
        .query(concat!(
            "SELECT ",
            columns!(),
            " FROM price_lists
               WHERE id < $1
                 AND (CAST($3 AS text) IS NULL OR status = $3)
                 AND (CAST($4 AS text) IS NULL OR currency = $4)
               ORDER BY id DESC
               LIMIT $2"
        ))
        .bind(before)
        .bind(limit)
        .bind(status.map(Status::as_str))
        .bind(currency.map(|it| it.code().to_owned()))
        .fetch_all()
        .await?;
    with_groups(db, rows).await
}

/// Inserts a price list with its groups.
#[tracing::instrument(name = "db.catalog.insert_price_list", skip_all, fields(list.id = %list.id), err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx<'_>, list: &PriceList) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO price_lists (id, name, currency, status, valid_from, valid_until, priority, for_everyone, version,
                                  created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
    )
    .bind(list.id)
    .bind(&list.name)
    .bind(list.currency.code())
    .bind(list.status.as_str())
    .bind(list.valid_from)
    .bind(list.valid_until)
    .bind(list.priority)
    .bind(list.groups.is_empty())
    .bind(list.created_at)
    .execute()
    .await?;
    insert_groups(tx, list).await
}

/// Writes the members of a locked price list.
#[tracing::instrument(name = "db.catalog.update_price_list", skip_all, fields(list.id = %list.id), err(level = "debug"))]
pub(crate) async fn update(tx: &mut Tx<'_>, list: &PriceList) -> Result<(), StoreError> {
    tx.query(
        "UPDATE price_lists
            SET name = $2, status = $3, valid_from = $4, valid_until = $5, priority = $6, for_everyone = $7
          WHERE id = $1",
    )
    .bind(list.id)
    .bind(&list.name)
    .bind(list.status.as_str())
    .bind(list.valid_from)
    .bind(list.valid_until)
    .bind(list.priority)
    .bind(list.groups.is_empty())
    .execute()
    .await?;
    tx.query("DELETE FROM price_list_groups WHERE price_list_id = $1")
        .bind(list.id)
        .execute()
        .await?;
    insert_groups(tx, list).await
}

async fn insert_groups(tx: &mut Tx<'_>, list: &PriceList) -> Result<(), StoreError> {
    if list.groups.is_empty() {
        return Ok(());
    }
    let text = INSERT_GROUPS.text(tx.engine());
    tx.query(text)
        .bind(id_list(&list.groups))
        .bind(list.id)
        .execute()
        .await?;
    Ok(())
}

async fn with_groups(
    db: &mut dyn Queryable,
    rows: Vec<ListRow>,
) -> Result<Vec<PriceList>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let text = GROUPS.text(db.engine());
    let pairs: Vec<(PriceListId, CustomerGroupId)> =
        db.query(text).bind(id_list(&ids)).fetch_all().await?;
    let mut groups: BTreeMap<PriceListId, Vec<CustomerGroupId>> = BTreeMap::new();
    for (list, group) in pairs {
        groups.entry(list).or_default().push(group);
    }
    rows.into_iter()
        .map(|row| {
            let groups = groups.remove(&row.id).unwrap_or_default();
            row.into_list(groups)
        })
        .collect()
}

impl ListRow {
    fn into_list(self, groups: Vec<CustomerGroupId>) -> Result<PriceList, StoreError> {
        let broken = || StoreError::inconsistent(format!("price_lists.currency {}", self.currency));
        Ok(PriceList {
            currency: self.currency.parse().map_err(|_| broken())?,
            status: status(&self.status)?,
            id: self.id,
            name: self.name,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            priority: self.priority,
            groups,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}
