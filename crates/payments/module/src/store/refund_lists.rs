//! Lists of refunds, newest first.

use payments_contract::{PaymentId, RefundId};
use tenon_kernel::Timestamp;
use tenon_store::{Queryable, StoreError};
use uuid::Uuid;

use super::refunds::{Row, select};
use crate::domain::operation::Refund;

/// Later than any refund there will be.
const LATEST: Timestamp = Timestamp::from_unix_seconds(253_402_300_799);

/// Where a refund stands, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A second person is waited for.
    Awaiting,
    /// On its way.
    Pending,
    /// Nobody can say yet.
    Unknown,
    /// Done.
    Succeeded,
    /// Over without effect.
    Failed,
}

/// Which refunds; all given members must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefundFilter {
    pub(crate) payment: Option<PaymentId>,
    pub(crate) stage: Option<Stage>,
}

/// Place of a refund in the list. Ids alone say nothing: some are derived from what asked for the refund.
pub(crate) type Place = (Timestamp, RefundId);

/// Refunds behind the place `($1, $2)`, of a payment if there is one.
macro_rules! page {
    ($condition:literal) => {
        select!(
            "WHERE ",
            $condition,
            " AND ($3 IS NULL OR payment_id = $3)
              AND (created_at, id) < ($1, $2)
            ORDER BY created_at DESC, id DESC
            LIMIT $4"
        )
    };
}

/// Lists refunds behind a place; one row more than `limit` says that there is more.
pub(crate) async fn list(
    db: &mut dyn Queryable,
    filter: RefundFilter,
    before: Option<Place>,
    limit: u32,
) -> Result<Vec<Refund>, StoreError> {
    let sql = match filter.stage {
        None => page!("TRUE"),
        Some(Stage::Awaiting) => page!("approval = 'awaiting'"),
        Some(Stage::Pending) => page!(
            "status IN ('to_send', 'in_flight') AND (approval IS NULL OR approval <> 'awaiting')"
        ),
        Some(Stage::Unknown) => page!("status = 'unknown'"),
        Some(Stage::Succeeded) => page!("status = 'succeeded'"),
        Some(Stage::Failed) => page!("status = 'failed'"),
    };
    let (created_at, id) = before.map_or((LATEST, Uuid::max()), |(at, id)| (at, id.uuid()));
    let rows = db
        .query(sql)
        .bind(created_at)
        .bind(id)
        .bind(filter.payment)
        .bind(i64::from(limit) + 1)
        .fetch_all::<Row>()
        .await?;
    rows.into_iter().map(Row::into_refund).collect()
}
