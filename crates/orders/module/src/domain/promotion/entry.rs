//! Which codes a cart takes beside each other.

use orders_contract::OrdersError;

use super::Promotion;
use crate::domain::cart::Cart;

impl Cart {
    /// Enters a code: the only one, or one of several promotions that all combine. `others` are those of the cart.
    pub(crate) fn enter(
        &mut self,
        promotion: &Promotion,
        others: &[(Promotion, i64)],
        most: u8,
    ) -> Result<(), OrdersError> {
        let others = others.iter().map(|(other, _)| other);
        let all_combine = others.clone().all(|other| other.combinable);
        let stands_alone = !promotion.combinable || !all_combine;
        if stands_alone && !self.promotions.is_empty() {
            return Err(OrdersError::PromotionNotCombinable {
                codes: others.map(|other| other.code.clone()).collect(),
            });
        }
        if self.promotions.len() >= usize::from(most) {
            let detail = format!("a cart takes at most {most} codes");
            return Err(OrdersError::field("/code", "too_many_codes", detail));
        }
        self.promotions.push(promotion.id);
        Ok(())
    }
}
