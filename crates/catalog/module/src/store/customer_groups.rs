//! `customer_groups` and `customer_group_members`.

use catalog_contract::{BuyerId, CustomerGroupId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use super::{Texts, by_ids, id_list};
use crate::domain::customer_group::CustomerGroup;

const KNOWN: Texts = by_ids!("SELECT id FROM customer_groups WHERE id", "");

/// Somebody in a group.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Member {
    pub(crate) user_id: BuyerId,
    pub(crate) added_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    id: CustomerGroupId,
    name: String,
    created_at: Timestamp,
}

/// Inserts a group.
#[tracing::instrument(name = "db.catalog.insert_customer_group", skip_all, fields(group.id = %group.id), err(level = "debug"))]
pub(crate) async fn insert(tx: &mut Tx<'_>, group: &CustomerGroup) -> Result<(), StoreError> {
    tx.query("INSERT INTO customer_groups (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(group.id)
        .bind(&group.name)
        .bind(group.created_at)
        .execute()
        .await?;
    Ok(())
}

/// Finds a group.
#[tracing::instrument(name = "db.catalog.find_customer_group", skip_all, fields(group.id = %id), err(level = "debug"))]
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: CustomerGroupId,
) -> Result<Option<CustomerGroup>, StoreError> {
    let row: Option<GroupRow> = db
        .query("SELECT id, name, created_at FROM customer_groups WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(row.map(CustomerGroup::from))
}

/// Returns those of the groups that exist.
#[tracing::instrument(name = "db.catalog.known_customer_groups", skip_all, fields(groups = ids.len()), err(level = "debug"))]
pub(crate) async fn known(
    tx: &mut Tx<'_>,
    ids: &[CustomerGroupId],
) -> Result<Vec<CustomerGroupId>, StoreError> {
    let text = KNOWN.text(tx.engine());
    let rows: Vec<(CustomerGroupId,)> = tx.query(text).bind(id_list(ids)).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Lists groups older than `before`, newest first; those of one person if one is named.
#[tracing::instrument(
    name = "db.catalog.list_customer_groups",
    skip_all,
    err(level = "debug")
)]
pub(crate) async fn list(
    db: &mut dyn Queryable,
    user: Option<BuyerId>,
    before: CustomerGroupId,
    limit: i64,
) -> Result<Vec<CustomerGroup>, StoreError> {
    let rows: Vec<GroupRow> = match user {
        None => {
            db.query(
                "SELECT id, name, created_at
                   FROM customer_groups
                  WHERE id < $1
                  ORDER BY id DESC
                  LIMIT $2",
            )
            .bind(before)
            .bind(limit)
            .fetch_all()
            .await?
        }
        Some(user) => {
            db.query(
                "SELECT g.id, g.name, g.created_at
                   FROM customer_group_members m
                   JOIN customer_groups g ON g.id = m.group_id
                  WHERE m.user_id = $3 AND m.group_id < $1
                  ORDER BY m.group_id DESC
                  LIMIT $2",
            )
            .bind(before)
            .bind(limit)
            .bind(user)
            .fetch_all()
            .await?
        }
    };
    Ok(rows.into_iter().map(CustomerGroup::from).collect())
}

/// Lists who is in a group, behind `after`, by id.
#[tracing::instrument(name = "db.catalog.list_group_members", skip_all, fields(group.id = %group), err(level = "debug"))]
pub(crate) async fn members(
    db: &mut dyn Queryable,
    group: CustomerGroupId,
    after: BuyerId,
    limit: i64,
) -> Result<Vec<Member>, StoreError> {
    db.query(
        "SELECT user_id, added_at
           FROM customer_group_members
          WHERE group_id = $1 AND user_id > $2
          ORDER BY user_id
          LIMIT $3",
    )
    .bind(group)
    .bind(after)
    .bind(limit)
    .fetch_all()
    .await
}

/// Puts somebody into a group; `false` if they are in it.
#[tracing::instrument(name = "db.catalog.add_group_member", skip_all, fields(group.id = %group), err(level = "debug"))]
pub(crate) async fn add(
    tx: &mut Tx<'_>,
    group: CustomerGroupId,
    user: BuyerId,
) -> Result<bool, StoreError> {
    let now = tx.now();
    let added = tx
        .query(
            "INSERT INTO customer_group_members (group_id, user_id, added_at)
             VALUES ($1, $2, $3)
             ON CONFLICT (group_id, user_id) DO NOTHING",
        )
        .bind(group)
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(added == 1)
}

/// Takes somebody out of a group; `false` if they are not in it.
#[tracing::instrument(name = "db.catalog.remove_group_member", skip_all, fields(group.id = %group), err(level = "debug"))]
pub(crate) async fn remove(
    tx: &mut Tx<'_>,
    group: CustomerGroupId,
    user: BuyerId,
) -> Result<bool, StoreError> {
    let removed = tx
        .query("DELETE FROM customer_group_members WHERE group_id = $1 AND user_id = $2")
        .bind(group)
        .bind(user)
        .execute()
        .await?;
    Ok(removed == 1)
}

/// Takes somebody out of every group; returns those that they were in.
#[tracing::instrument(name = "db.catalog.remove_from_groups", skip_all, err(level = "debug"))]
pub(crate) async fn remove_from_all(
    tx: &mut Tx<'_>,
    user: BuyerId,
) -> Result<Vec<CustomerGroupId>, StoreError> {
    let rows: Vec<(CustomerGroupId,)> = tx
        .query("DELETE FROM customer_group_members WHERE user_id = $1 RETURNING group_id")
        .bind(user)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

impl From<GroupRow> for CustomerGroup {
    fn from(row: GroupRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            created_at: row.created_at,
        }
    }
}
