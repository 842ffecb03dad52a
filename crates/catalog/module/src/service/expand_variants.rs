//! What variants are called: one look for a whole page of stock.

use std::collections::BTreeMap;

use catalog_contract::{CatalogError, VariantId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;

use super::Service;
use crate::store::labels::{self, VariantLabel};

impl Service {
    /// Returns the labels of variants, each once however often it is named.
    #[tracing::instrument(name = "catalog.expand_variants", skip_all)]
    pub(crate) async fn expand_variants(
        &self,
        ctx: &CallCtx,
        mut ids: Vec<VariantId>,
    ) -> SeamResult<BTreeMap<VariantId, VariantLabel>, CatalogError> {
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = labels::get(&mut self.db.read(ctx), &ids).await?;
        Ok(found.into_iter().map(|label| (label.id, label)).collect())
    }
}
