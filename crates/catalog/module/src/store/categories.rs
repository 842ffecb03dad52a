//! `categories`.

use catalog_contract::CategoryId;
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError, Tx};

use crate::domain::category::{Category, NewCategory};
use crate::domain::product::CategoryRef;

#[derive(sqlx::FromRow)]
struct CategoryRow {
    id: CategoryId,
    slug: String,
    title: String,
    description: String,
    position: i64,
    version: i64,
    created_at: Timestamp,
}

/// Lists categories behind a place in the order of shelves.
#[tracing::instrument(name = "db.catalog.list_categories", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    db: &mut dyn Queryable,
    after: (i64, CategoryId),
    limit: i64,
) -> Result<Vec<Category>, StoreError> {
    let rows: Vec<CategoryRow> = db
        .query(
            "SELECT id, slug, title, description, position, version, created_at
               FROM categories
              WHERE (position, id) > ($1, $2)
              ORDER BY position, id
              LIMIT $3",
        )
        .bind(after.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(Category::from).collect())
}

/// Finds a category by its place in URLs.
#[tracing::instrument(
    name = "db.catalog.find_category_by_slug",
    skip_all,
    err(level = "debug")
)]
pub(crate) async fn find_by_slug(
    db: &mut dyn Queryable,
    slug: &str,
) -> Result<Option<Category>, StoreError> {
    let row: Option<CategoryRow> = db
        .query(
            "SELECT id, slug, title, description, position, version, created_at FROM categories WHERE slug = $1",
        )
        .bind(slug)
        .fetch_optional()
        .await?;
    Ok(row.map(Category::from))
}

/// Finds what a product needs to know of its category.
#[tracing::instrument(name = "db.catalog.find_category", skip_all, fields(category.id = %id), err(level = "debug"))]
pub(crate) async fn find_ref(
    tx: &mut Tx<'_>,
    id: CategoryId,
) -> Result<Option<CategoryRef>, StoreError> {
    let found: Option<(String, String)> = tx
        .query("SELECT slug, title FROM categories WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await?;
    Ok(found.map(|(slug, title)| CategoryRef { id, slug, title }))
}

/// Inserts a category at version 1.
#[tracing::instrument(name = "db.catalog.insert_category", skip_all, fields(category.id = %id), err(level = "debug"))]
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: CategoryId,
    new: &NewCategory,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO categories (id, slug, title, description, position, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 1, $6, $6)",
    )
    .bind(id)
    .bind(&new.slug)
    .bind(&new.title)
    .bind(&new.description)
    .bind(new.position)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

impl From<CategoryRow> for Category {
    fn from(row: CategoryRow) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            title: row.title,
            description: row.description,
            position: row.position,
            version: row.version,
            created_at: row.created_at,
        }
    }
}
