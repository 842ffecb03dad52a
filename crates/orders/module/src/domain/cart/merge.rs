//! One cart out of two: what a guest has gathered goes into the cart of the person who signs in.

use orders_contract::{CartProblem, CartProblemCode, LeftOut, LineId, OrdersError};
use tenon_kernel::Timestamp;

use super::{Cart, CartLine, MAX_LINES, MAX_QUANTITY, Offers, problem};
use crate::domain::promotion::Promotion;

/// Most that is told of what found no room; what is older is dropped.
const MOST_LEFT_OUT: usize = 200;

impl Cart {
    /// Takes the lines of a guest's cart in the same currency and returns those that changed.
    ///
    /// Pieces of what both have add up, and cost what they cost now in the new quantity. What only the guest has comes at
    /// the price that its buyer saw: if it costs something else for this person, the cart says so. What is more than a
    /// cart may hold is left out, and told.
    pub(crate) fn take_lines(
        &mut self,
        guest: &Self,
        offers: &Offers,
        mut new_id: impl FnMut() -> LineId,
    ) -> Vec<CartLine> {
        let lines = guest.lines.iter();
        lines
            .filter_map(|line| self.take_line(line, offers, new_id()))
            .collect()
    }

    fn take_line(&mut self, theirs: &CartLine, offers: &Offers, id: LineId) -> Option<CartLine> {
        let known = self
            .lines
            .iter()
            .position(|line| line.variant_id == theirs.variant_id);
        let Some(at) = known else {
            return self.take_new_line(theirs, id);
        };
        let before = self.lines[at].clone();
        let wanted = before.quantity.saturating_add(theirs.quantity);
        let line = &mut self.lines[at];
        line.quantity = wanted.min(MAX_QUANTITY);
        line.take_price(offers.get(theirs.variant_id));
        let mut taken = line.clone();
        if self.subtotal().is_err() {
            self.lines[at] = before.clone();
            taken = before;
        }
        let left = wanted - taken.quantity;
        if left > 0 {
            let why = format!("a line has at most {MAX_QUANTITY}, and a cart a price");
            let told = left_out(CartProblemCode::QuantityLimit, theirs, left, &why);
            self.tell(CartProblem {
                line_id: Some(taken.id),
                ..told
            });
        }
        Some(taken)
    }

    fn take_new_line(&mut self, theirs: &CartLine, id: LineId) -> Option<CartLine> {
        let line = CartLine {
            id,
            position: self.lines.last().map_or(1, |last| last.position + 1),
            ..theirs.clone()
        };
        if self.lines.len() < MAX_LINES {
            self.lines.push(line.clone());
            if self.subtotal().is_ok() {
                return Some(line);
            }
            self.lines.pop();
        }
        let why = format!("a cart has at most {MAX_LINES} lines, and a price");
        let told = left_out(CartProblemCode::LineLimit, theirs, theirs.quantity, &why);
        self.tell(told);
        None
    }

    /// Enters the promotions of a guest's cart, each with how often this person has redeemed it, as far as they count now
    /// and fit beside the cart's own. Tells of the others.
    pub(crate) fn take_codes(
        &mut self,
        theirs: &[(Promotion, i64)],
        mut own: Vec<(Promotion, i64)>,
        most: u8,
        now: Timestamp,
    ) {
        for (promotion, used) in theirs {
            if self.promotions.contains(&promotion.id) {
                continue;
            }
            let refusal = if !promotion.is_on(now) {
                Some((CartProblemCode::PromotionEnded, "it does not count now"))
            } else if !promotion.is_left(*used) {
                Some((CartProblemCode::PromotionExhausted, "it is used up"))
            } else {
                match self.enter(promotion, &own, most) {
                    Ok(()) => {
                        own.push((promotion.clone(), *used));
                        None
                    }
                    Err(OrdersError::PromotionNotCombinable { .. }) => Some((
                        CartProblemCode::PromotionNotCombinable,
                        "it cannot be combined with the others",
                    )),
                    Err(_) => Some((
                        CartProblemCode::PromotionLimit,
                        "the cart takes no more codes",
                    )),
                }
            };
            if let Some((code, why)) = refusal {
                let detail = format!("the code {} was left out: {why}", promotion.code);
                self.tell(problem(code, "/promotion_codes", &detail));
            }
        }
    }

    /// Takes what a guest has said about delivery and the person has not.
    pub(crate) fn take_details(&mut self, guest: &Self) {
        let theirs = guest.clone();
        self.email = self.email.take().or(theirs.email);
        // An invoice goes with the delivery it was entered for.
        if self.shipping_address.is_none() {
            self.shipping_address = theirs.shipping_address;
            self.billing_address = self.billing_address.take().or(theirs.billing_address);
        }
        self.shipping_method = self.shipping_method.take().or(theirs.shipping_method);
    }

    /// What of merged carts found no room; a line is named where it stands now.
    pub(crate) fn left_out_problems(&self) -> Vec<CartProblem> {
        let told = self.left_out.iter().cloned();
        told.map(|mut problem| {
            let line = problem.line_id.and_then(|id| {
                let mut lines = self.lines.iter();
                lines.position(|line| line.id == id)
            });
            if let Some(position) = line {
                problem.pointer = format!("/lines/{position}");
            } else {
                problem.line_id = None; // taken out since
            }
            problem
        })
        .collect()
    }

    fn tell(&mut self, problem: CartProblem) {
        self.left_out.push(problem);
        let dropped = self.left_out.len().saturating_sub(MOST_LEFT_OUT);
        self.left_out.drain(..dropped);
    }
}

fn left_out(code: CartProblemCode, line: &CartLine, quantity: i64, why: &str) -> CartProblem {
    let detail = format!("{quantity} of {} were left out: {why}", line.title);
    CartProblem {
        left_out: Some(LeftOut {
            variant_id: line.variant_id,
            quantity,
        }),
        ..problem(code, "/lines", &detail)
    }
}

#[cfg(test)]
mod tests;
