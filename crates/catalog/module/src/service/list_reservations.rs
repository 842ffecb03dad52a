//! Reservations, for reconciliation.

use catalog_contract::{CatalogError, ListReservations, ReservationId, ReservationPage};
use tenon_kernel::{CallCtx, Page};
use tenon_seam::{SeamError, SeamResult};
use uuid::Uuid;

use super::Service;
use crate::domain::reservation::Held;
use crate::domain::rules::Rules;
use crate::store::reservations;

/// Before the first page.
const FIRST: ReservationId = ReservationId::from_uuid(Uuid::nil());

impl Service {
    /// Lists reservations by id.
    #[tracing::instrument(name = "catalog.list_reservations", skip_all)]
    pub(crate) async fn list_reservations(
        &self,
        ctx: &CallCtx,
        req: ListReservations,
    ) -> SeamResult<ReservationPage, CatalogError> {
        let mut rules = Rules::default();
        rules.range("/page/limit", i64::from(req.page.limit), 1..=200);
        rules.finish().map_err(SeamError::Domain)?;
        let scope = format!(
            "reservations {}",
            req.status.map_or("any", |status| status.as_str())
        );
        let after = self.position(&scope, &req.page, FIRST)?;
        let mut reader = self.db.read(ctx);
        let rows = reservations::list(
            &mut reader,
            req.status,
            after,
            i64::from(req.page.limit) + 1,
        )
        .await?;
        let page = Page::from_rows(rows, req.page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        });
        let reservations = page.data.iter().map(Held::to_contract).collect();
        Ok(ReservationPage {
            reservations,
            next_cursor: page.next_cursor,
        })
    }
}
