//! The REST API of payments, one endpoint a file.

mod capture_payment;
mod decide_refund;
mod get_payment;
mod get_refund;
mod list_ledger_entries;
mod list_refunds;
mod reconcile_payment;
mod refund_payment;
mod view;
mod void_payment;
mod webhook;

use std::sync::Arc;

use tenon_web::Endpoint;

use crate::service::Service;

/// Groups the operations in the documentation.
const TAG: &str = "payments";

pub(crate) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        get_payment::endpoint(service),
        capture_payment::endpoint(service),
        void_payment::endpoint(service),
        refund_payment::endpoint(service),
        list_refunds::endpoint(service),
        get_refund::endpoint(service),
        decide_refund::approval(service),
        decide_refund::rejection(service),
        reconcile_payment::endpoint(service),
        list_ledger_entries::endpoint(service),
        webhook::endpoint(service),
    ]
}
