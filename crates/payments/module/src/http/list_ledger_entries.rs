//! `GET /v1/ledger/entries`

use std::sync::Arc;

use axum::extract::State;
use payments_contract::{LedgerEntryId, OrderRef, PaymentId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Money, Role, Timestamp};
use tenon_web::{ApiQuery, Ctx, Endpoint, ListView, Problem, Reply, page_request};

use super::TAG;
use crate::service::Service;
use crate::store::ledger::Entry;

/// Query members.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListLedgerEntriesQuery {
    /// Items of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only entries about this payment.
    payment_id: Option<PaymentId>,
}

/// One fact and the amounts it moved. Never changed; a correction is a new entry.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerEntry")]
struct EntryView {
    id: LedgerEntryId,
    /// `authorization`, `void`, `capture` or `refund`.
    kind: &'static str,
    payment_id: PaymentId,
    order_id: OrderRef,
    transfers: Vec<TransferView>,
    posted_at: Timestamp,
}

/// One amount from one account to another.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LedgerTransfer")]
struct TransferView {
    /// `psp_receivable/simulator`
    debit: String,
    /// `sales_clearing`
    credit: String,
    amount: Money,
}

pub(super) fn endpoint(service: &Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/ledger/entries",
        "list_ledger_entries",
        Policy::Has(Role::Staff),
    )
    .tag(TAG)
    .summary("Lists the ledger, newest entry first.")
    .query::<ListLedgerEntriesQuery>()
    .answers::<ListView<EntryView>>(200, "A page of entries.")
    .problem(400, "payments.invalid_cursor")
    .handler(handler, Arc::clone(service))
}

/// Lists entries.
async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiQuery(query): ApiQuery<ListLedgerEntriesQuery>,
) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let page = service.ledger_entries(&ctx, query.payment_id, page).await?;
    Ok(Reply::page(page.map(EntryView::from)))
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let transfers = entry
            .transfers
            .into_iter()
            .map(|transfer| TransferView {
                debit: transfer.debit,
                credit: transfer.credit,
                amount: transfer.amount,
            })
            .collect();
        Self {
            id: entry.id,
            kind: entry.kind.as_str(),
            payment_id: entry.payment_id,
            order_id: entry.order_id,
            transfers,
            posted_at: entry.posted_at,
        }
    }
}
