//! `products`, read together with their variants, prices and what can be had of them.

use catalog_contract::{CategoryId, ProductId, VariantId};
use tenon_kernel::Timestamp;
use tenon_module::IdRange;
use tenon_store::{Queryable, StoreError, Tx};

use super::{Texts, id_list, money, status};
use crate::domain::product::{CategoryRef, NewProduct, Product, Status};
use crate::domain::variant::Variant;

/// One statement, so that a page is one moment's truth: a product is as many rows as it has prices.
macro_rules! select_products {
    ($condition:literal) => {
        concat!(
            "SELECT p.id, p.slug, p.title, p.description, p.image, p.status, p.version, p.created_at, p.updated_at,
                    c.id AS category_id, c.slug AS category_slug, c.title AS category_title,
                    v.id AS variant_id, v.sku, v.title AS variant_title, v.status AS variant_status,
                    v.version AS variant_version, r.currency, r.amount,
                    (SELECT CAST(COALESCE(SUM(s.on_hand - s.reserved), 0) AS bigint)
                       FROM stock_levels s
                      WHERE s.variant_id = v.id) AS available
               FROM products p
               LEFT JOIN categories c ON c.id = p.category_id
               LEFT JOIN variants v ON v.product_id = p.id
               LEFT JOIN prices r ON r.variant_id = v.id
              WHERE ",
            $condition,
            " ORDER BY p.id DESC, v.position, v.id, r.currency"
        )
    };
}

const ON_SALE: Texts = Texts {
    sqlite: select_products!(
        "p.status = 'active' AND p.id IN (SELECT unhex(value) FROM json_each($1))"
    ),
    postgres: select_products!(
        "p.status = 'active' AND p.id IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text($1))"
    ),
};

#[derive(sqlx::FromRow)]
struct ProductRow {
    id: ProductId,
    slug: String,
    title: String,
    description: String,
    image: Option<String>,
    status: String,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    category_id: Option<CategoryId>,
    category_slug: Option<String>,
    category_title: Option<String>,
    variant_id: Option<VariantId>,
    sku: Option<String>,
    variant_title: Option<String>,
    variant_status: Option<String>,
    variant_version: Option<i64>,
    currency: Option<String>,
    amount: Option<i64>,
    available: i64,
}

/// Which products a list is about.
#[derive(Debug, Clone)]
pub(crate) struct ProductFilter {
    pub(crate) status: Status,
    /// Slug of a category.
    pub(crate) category: Option<String>,
    /// Part of the title or of a SKU.
    pub(crate) text: Option<String>,
}

/// Finds a product.
#[tracing::instrument(name = "db.catalog.find_product", skip_all, fields(product.id = %id), err(level = "debug"))]
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: ProductId,
) -> Result<Option<Product>, StoreError> {
    let rows = db
        .query(select_products!("p.id = $1"))
        .bind(id)
        .fetch_all()
        .await?;
    Ok(assemble(rows)?.pop())
}

/// Finds a product by its place in URLs.
#[tracing::instrument(
    name = "db.catalog.find_product_by_slug",
    skip_all,
    err(level = "debug")
)]
pub(crate) async fn find_by_slug(
    db: &mut dyn Queryable,
    slug: &str,
) -> Result<Option<Product>, StoreError> {
    let rows = db
        .query(select_products!("p.slug = $1"))
        .bind(slug)
        .fetch_all()
        .await?;
    Ok(assemble(rows)?.pop())
}

/// Returns those of the products that are on sale, in the order of `ids`.
#[tracing::instrument(name = "db.catalog.products_on_sale", skip_all, fields(products = ids.len()), err(level = "debug"))]
pub(crate) async fn on_sale(
    db: &mut dyn Queryable,
    ids: &[ProductId],
) -> Result<Vec<Product>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = ON_SALE.text(db.engine());
    let rows = db.query(text).bind(id_list(ids)).fetch_all().await?;
    let mut products = assemble(rows)?;
    products.sort_by_key(|product| ids.iter().position(|id| *id == product.id));
    Ok(products)
}

/// Returns the products of a stretch.
pub(crate) async fn in_range(
    db: &mut dyn Queryable,
    range: &IdRange,
) -> Result<Vec<Product>, StoreError> {
    let rows = db
        .query(select_products!("p.id > $1 AND p.id <= $2"))
        .bind(range.after)
        .bind(range.until)
        .fetch_all()
        .await?;
    assemble(rows)
}

/// Lists products older than `before`, newest first.
#[tracing::instrument(name = "db.catalog.list_products", skip_all, err(level = "debug"))]
pub(crate) async fn list(
    db: &mut dyn Queryable,
    filter: &ProductFilter,
    before: ProductId,
    limit: i64,
) -> Result<Vec<Product>, StoreError> {
    let pattern = like_pattern(filter.text.as_deref());
    let rows = match &filter.category {
        None => {
            db.query(select_products!(
                "p.id IN (SELECT q.id
                            FROM products q
                           WHERE q.status = $1 AND q.id < $2 AND q.search_text LIKE $3 ESCAPE '!'
                           ORDER BY q.id DESC
                           LIMIT $4)"
            ))
            .bind(filter.status.as_str())
            .bind(before)
            .bind(pattern)
            .bind(limit)
            .fetch_all()
            .await?
        }
        Some(category) => {
            db.query(select_products!(
                "p.id IN (SELECT q.id
                            FROM products q
                           WHERE q.category_id = (SELECT k.id FROM categories k WHERE k.slug = $5)
                             AND q.status = $1 AND q.id < $2 AND q.search_text LIKE $3 ESCAPE '!'
                           ORDER BY q.id DESC
                           LIMIT $4)"
            ))
            .bind(filter.status.as_str())
            .bind(before)
            .bind(pattern)
            .bind(limit)
            .bind(category)
            .fetch_all()
            .await?
        }
    };
    assemble(rows)
}

/// Inserts a product without variants; it starts at version 1.
#[tracing::instrument(name = "db.catalog.insert_product", skip_all, fields(product.id = %id), err(level = "debug"))]
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    id: ProductId,
    new: &NewProduct,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.query(
        "INSERT INTO products (id, slug, title, description, image, category_id, status, search_text,
                               version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)",
    )
    .bind(id)
    .bind(&new.slug)
    .bind(&new.title)
    .bind(&new.description)
    .bind(new.image.as_deref())
    .bind(new.category_id)
    .bind(new.status.as_str())
    .bind(Product::search_text(&new.title, new.variants.iter().map(|variant| &variant.sku)))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Writes a changed product, its version raised by one; returns `false` if somebody else was faster.
#[tracing::instrument(name = "db.catalog.update_product", skip_all, fields(product.id = %product.id), err(level = "debug"))]
pub(crate) async fn update(tx: &mut Tx<'_>, product: &Product) -> Result<bool, StoreError> {
    let now = tx.now();
    let changed = tx
        .query(
            "UPDATE products
                SET slug = $3, title = $4, description = $5, image = $6, category_id = $7, status = $8,
                    search_text = $9, version = version + 1, updated_at = $10
              WHERE id = $1 AND version = $2",
        )
        .bind(product.id)
        .bind(product.version)
        .bind(&product.slug)
        .bind(&product.title)
        .bind(&product.description)
        .bind(product.image.as_deref())
        .bind(product.category.as_ref().map(|category| category.id))
        .bind(product.status.as_str())
        .bind(Product::search_text(&product.title, product.variants.iter().map(|variant| &variant.sku)))
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Raises the version because a part of the product's page changed; locks the row until the commit.
///
/// Returns the new version and the slug.
#[tracing::instrument(name = "db.catalog.touch_product", skip_all, fields(product.id = %id), err(level = "debug"))]
pub(crate) async fn touch(
    tx: &mut Tx<'_>,
    id: ProductId,
) -> Result<Option<(i64, String)>, StoreError> {
    let now = tx.now();
    tx.query("UPDATE products SET version = version + 1, updated_at = $2 WHERE id = $1 RETURNING version, slug")
        .bind(id)
        .bind(now)
        .fetch_optional()
        .await
}

/// Writes again what `q` looks into, after a SKU came or changed.
#[tracing::instrument(name = "db.catalog.index_product", skip_all, fields(product.id = %id), err(level = "debug"))]
pub(crate) async fn index(
    tx: &mut Tx<'_>,
    id: ProductId,
    search_text: &str,
) -> Result<(), StoreError> {
    tx.query("UPDATE products SET search_text = $2 WHERE id = $1")
        .bind(id)
        .bind(search_text)
        .execute()
        .await?;
    Ok(())
}

/// Matches any text that contains `part`, whose own wildcards mean themselves.
fn like_pattern(part: Option<&str>) -> String {
    let mut pattern = String::from("%");
    for character in part.unwrap_or_default().to_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    if pattern.len() > 1 {
        pattern.push('%');
    }
    pattern
}

/// Rows of one product, and of one variant within it, stand together.
fn assemble(rows: Vec<ProductRow>) -> Result<Vec<Product>, StoreError> {
    let mut products: Vec<Product> = Vec::new();
    for row in rows {
        if products.last().is_none_or(|last| last.id != row.id) {
            products.push(Product {
                id: row.id,
                slug: row.slug,
                title: row.title,
                description: row.description,
                image: row.image,
                category: row
                    .category_id
                    .zip(row.category_slug.zip(row.category_title))
                    .map(|(id, (slug, title))| CategoryRef { id, slug, title }),
                status: status(&row.status)?,
                version: row.version,
                created_at: row.created_at,
                updated_at: row.updated_at,
                variants: Vec::new(),
            });
        }
        let Some(product) = products.last_mut() else {
            continue;
        };
        let (Some(id), Some(sku), Some(title), Some(variant_status), Some(version)) = (
            row.variant_id,
            row.sku,
            row.variant_title,
            row.variant_status,
            row.variant_version,
        ) else {
            continue; // a product without variants
        };
        if product.variants.last().is_none_or(|last| last.id != id) {
            product.variants.push(Variant {
                id,
                product_id: product.id,
                sku,
                title,
                status: status(&variant_status)?,
                version,
                prices: Vec::new(),
                available: row.available,
            });
        }
        if let (Some(variant), Some(amount), Some(currency)) =
            (product.variants.last_mut(), row.amount, row.currency)
        {
            variant.prices.push(money(amount, &currency)?);
        }
    }
    Ok(products)
}

#[cfg(test)]
mod tests {
    use super::like_pattern;

    #[test]
    fn wildcards_in_a_search_mean_themselves() {
        assert_eq!(like_pattern(None), "%");
        assert_eq!(like_pattern(Some("Earl")), "%earl%");
        assert_eq!(like_pattern(Some("100%_!")), "%100!%!_!!%");
    }
}
