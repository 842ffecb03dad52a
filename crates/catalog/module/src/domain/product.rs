//! A product and its life: draft, then active, then archived and perhaps active again.

use catalog_contract::{CatalogError, CategoryId, ProductId};
use tenon_kernel::Timestamp;

use super::patch::Patch;
use super::rules::Rules;
use super::variant::{NewVariant, Variant};

/// Most variants of one product.
pub(crate) const MAX_VARIANTS: usize = 100;

/// A product with everything its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) id: ProductId,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) image: Option<String>,
    pub(crate) category: Option<CategoryRef>,
    pub(crate) status: Status,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) variants: Vec<Variant>,
}

/// The category of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CategoryRef {
    pub(crate) id: CategoryId,
    pub(crate) slug: String,
    pub(crate) title: String,
}

/// Where a product or variant is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Draft,
    Active,
    Archived,
}

/// A product to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewProduct {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) image: Option<String>,
    pub(crate) category_id: Option<CategoryId>,
    pub(crate) status: Status,
    pub(crate) variants: Vec<NewVariant>,
}

/// Members of a product to be changed; `None` leaves a member as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProductPatch {
    pub(crate) slug: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) image: Patch<String>,
    pub(crate) category_id: Patch<CategoryId>,
    pub(crate) status: Option<Status>,
}

impl Status {
    /// The name in stores and documents.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// Reads the name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "draft" => Some(Self::Draft),
            "active" => Some(Self::Active),
            "archived" => Some(Self::Archived),
            _ => None,
        }
    }

    /// What was once for sale does not become a draft again: orders and links point at it.
    fn may_become(self, next: Self) -> bool {
        self == next || next != Self::Draft
    }
}

impl NewProduct {
    /// Checks every member.
    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        let mut rules = Rules::default();
        product_members(
            &mut rules,
            Some(&self.slug),
            Some(&self.title),
            Some(&self.description),
            self.image.as_deref(),
        );
        rules.check(
            self.status != Status::Archived,
            "/status",
            "invalid_value",
            "a new product is draft or active",
        );
        rules.count("/variants", self.variants.len(), 0..=MAX_VARIANTS);
        for (position, variant) in self.variants.iter().enumerate() {
            variant.check(&mut rules, &format!("/variants/{position}"));
            let first = self
                .variants
                .iter()
                .position(|other| other.sku == variant.sku)
                == Some(position);
            rules.check(
                first,
                format_args!("/variants/{position}/sku"),
                "duplicate",
                "the SKU is there twice",
            );
        }
        rules.finish()
    }
}

impl ProductPatch {
    /// Checks every member that is to change.
    pub(crate) fn check(&self, product: &Product) -> Result<(), CatalogError> {
        let mut rules = Rules::default();
        let image = self.image.as_set().map(String::as_str);
        product_members(
            &mut rules,
            self.slug.as_deref(),
            self.title.as_deref(),
            self.description.as_deref(),
            image,
        );
        if let Some(next) = self.status {
            let detail = format!(
                "an {} product does not become a draft again",
                product.status.as_str()
            );
            rules.check(
                product.status.may_become(next),
                "/status",
                "invalid_transition",
                detail,
            );
        }
        rules.finish()
    }
}

impl Product {
    /// What `q` looks into.
    pub(crate) fn search_text(
        title: &str,
        skus: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> String {
        let mut text = title.to_lowercase();
        for sku in skus {
            text.push(' ');
            text.push_str(&sku.as_ref().to_lowercase());
        }
        text
    }
}

fn product_members(
    rules: &mut Rules,
    slug: Option<&str>,
    title: Option<&str>,
    description: Option<&str>,
    image: Option<&str>,
) {
    if let Some(slug) = slug {
        rules.slug("/slug", slug);
    }
    if let Some(title) = title {
        rules.line("/title", title, 1..=200);
    }
    if let Some(description) = description {
        rules.text("/description", description, 0..=10_000);
    }
    if let Some(image) = image {
        rules.image("/image", image);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_for_sale_never_becomes_a_draft() {
        assert!(Status::Draft.may_become(Status::Active));
        assert!(Status::Archived.may_become(Status::Active));
        assert!(Status::Draft.may_become(Status::Draft));
        assert!(!Status::Active.may_become(Status::Draft));
        assert!(!Status::Archived.may_become(Status::Draft));
    }

    #[test]
    fn all_wrong_members_are_named_at_once() {
        let new = NewProduct {
            slug: "Tea".to_owned(),
            title: String::new(),
            description: String::new(),
            image: Some("ftp://x".to_owned()),
            category_id: None,
            status: Status::Archived,
            variants: Vec::new(),
        };
        let Err(CatalogError::Invalid { errors }) = new.check() else {
            panic!("refused")
        };
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/slug", "/title", "/image", "/status"]);
    }
}
