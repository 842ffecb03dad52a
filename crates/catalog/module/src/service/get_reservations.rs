//! Reservations by id.

use catalog_contract::{CatalogError, GetReservations, MAX_IDS, Reservations};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::Service;
use crate::domain::reservation::Held;
use crate::domain::rules::Rules;
use crate::store::reservations;

impl Service {
    /// Returns those of the reservations that exist.
    #[tracing::instrument(name = "catalog.get_reservations", skip_all)]
    pub(crate) async fn get_reservations(
        &self,
        ctx: &CallCtx,
        req: GetReservations,
    ) -> SeamResult<Reservations, CatalogError> {
        let mut rules = Rules::default();
        rules.count("/reservation_ids", req.reservation_ids.len(), 0..=MAX_IDS);
        rules.finish().map_err(SeamError::Domain)?;
        let mut reader = self.db.read(ctx);
        let found = reservations::get(&mut reader, &req.reservation_ids).await?;
        Ok(Reservations {
            reservations: found.iter().map(Held::to_contract).collect(),
        })
    }
}
