//! Variants as buyers meet them.

use catalog_contract::{CatalogError, GetVariants, MAX_IDS, Variants};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::Service;
use crate::domain::rules::Rules;
use crate::store::offers;

impl Service {
    /// Returns those of the variants that exist.
    #[tracing::instrument(name = "catalog.get_variants", skip_all, fields(variants = req.variant_ids.len()))]
    pub(crate) async fn get_variants(
        &self,
        ctx: &CallCtx,
        req: GetVariants,
    ) -> SeamResult<Variants, CatalogError> {
        let mut rules = Rules::default();
        rules.count("/variant_ids", req.variant_ids.len(), 0..=MAX_IDS);
        rules.finish().map_err(SeamError::Domain)?;
        let mut reader = self.db.read(ctx);
        let variants = offers::get(&mut reader, &req.variant_ids, req.currency).await?;
        Ok(Variants { variants })
    }
}
