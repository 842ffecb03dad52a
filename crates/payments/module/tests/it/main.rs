//! Payments on both engines, with the real simulator as provider.

mod approvals;
mod attempts;
mod bad_input;
mod captures;
mod costs;
mod guard;
mod hostile;
mod ledger;
mod ledger_model;
mod mismatch;
mod opening;
mod orders_events;
mod refunds;
mod support;
mod unknown;
mod voids;
mod webhooks;
