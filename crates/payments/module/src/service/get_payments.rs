//! Returns payments by id.

use payments_contract::{FoundPayments, MAX_IDS, PaymentId, PaymentsError};
use tenon_kernel::CallCtx;

use super::{Refusal, Service, refused};
use crate::domain::payment::Payment;
use crate::store;

impl Service {
    pub(crate) async fn get_many(
        &self,
        ctx: &CallCtx,
        ids: Vec<PaymentId>,
    ) -> Result<FoundPayments, Refusal> {
        if ids.len() > MAX_IDS {
            return refused(PaymentsError::TooManyIds { limit: 200 });
        }
        let payments = store::payments::find_many(&mut self.db.read(ctx), &ids).await?;
        Ok(FoundPayments {
            payments: payments.iter().map(Payment::view).collect(),
        })
    }
}
