//! A new promotion.

use orders_contract::{OrdersError, PromotionId};
use serde_json::{Value, json};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::{SeamError, audit::AuditRecorded};
use tenon_store::{Claim, StoreError, retrying};

use super::{Outcome, Service};
use crate::domain::promotion::{Amounts, NewPromotion, Off, Promotion, Rule};
use crate::store;

pub(crate) const OPERATION: &str = "create_promotion";

impl Service {
    /// Creates a promotion. Only its id is kept under the idempotency key: a repeat answers with the promotion as it is
    /// then.
    ///
    /// # Errors
    ///
    /// [`OrdersError::InvalidRequest`], [`OrdersError::PromotionCodeTaken`].
    #[tracing::instrument(name = "orders.create_promotion", skip_all)]
    pub(crate) async fn create_promotion(
        &self,
        ctx: &CallCtx,
        new: NewPromotion,
    ) -> Outcome<Promotion> {
        let env = self.db.env();
        let promotion = new
            .check(env.new_id(), env.now())
            .map_err(SeamError::Domain)?;
        let id = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.create_promotion").await?;
            match tx.claim_key::<PromotionId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => return outcome.map_err(SeamError::Domain),
                Claim::Fresh => {}
            }
            store::promotions::insert(&mut tx, &promotion)
                .await
                .map_err(|error| code_taken(error, &promotion.code))?;
            tx.emit(&AuditRecorded {
                action: "promotion.created".to_owned(),
                target: promotion.id.to_string(),
                before: None,
                after: Some(audited(&promotion)),
            })
            .await?;
            let (outcome, resource) = (Ok(promotion.id), Some(promotion.id.to_string()));
            tx.commit_outcome::<PromotionId, OrdersError>(OPERATION, &outcome, resource)
                .await?;
            Ok(promotion.id)
        })
        .await?;
        self.get_promotion(ctx, id).await
    }
}

fn code_taken(error: StoreError, code: &str) -> SeamError<OrdersError> {
    if error.is_duplicate("promotions.code") {
        return SeamError::Domain(OrdersError::PromotionCodeTaken {
            taken: code.to_owned(),
        });
    }
    error.into()
}

/// What the audit log keeps of a promotion.
pub(super) fn audited(promotion: &Promotion) -> Value {
    let amounts = |amounts: &Amounts| {
        let amounts = amounts.iter();
        let amounts = amounts.filter_map(|(currency, minor)| Money::new(*minor, *currency).ok());
        amounts.collect::<Vec<Money>>()
    };
    let takes = match &promotion.rule {
        Rule::Percent(rate) => json!(Off::Rate(rate.to_string())),
        Rule::Fixed(fixed) => json!({ "amounts": amounts(fixed) }),
    };
    json!({
        "code": promotion.code,
        "takes": takes,
        "minimum_subtotals": amounts(&promotion.minimum_subtotals),
        "valid_from": promotion.valid_from,
        "valid_until": promotion.valid_until,
        "status": promotion.status.as_str(),
        "total_limit": promotion.total_limit,
        "customer_limit": promotion.customer_limit,
        "combinable": promotion.combinable,
    })
}
