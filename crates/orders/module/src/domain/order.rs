//! The states of an order, as a total function of state and happening.

use orders_contract::OrderStatus;

/// What happens to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    /// Its payment was authorised for exactly its total.
    Placed,
    /// Money came after it had been given up, and stock could be had.
    PlacedLate,
    /// It was given up.
    Cancelled,
    /// A parcel left; `complete` if nothing is left to send.
    Shipped { complete: bool },
}

/// Returns the state after a happening; `None` if it cannot happen in this state.
pub(crate) const fn next(status: OrderStatus, happening: Happening) -> Option<OrderStatus> {
    match (status, happening) {
        (OrderStatus::PendingPayment, Happening::Placed)
        | (OrderStatus::Cancelled, Happening::PlacedLate) => Some(OrderStatus::Placed),
        (OrderStatus::PendingPayment | OrderStatus::Placed, Happening::Cancelled) => {
            Some(OrderStatus::Cancelled)
        }
        (
            OrderStatus::Placed | OrderStatus::PartiallyFulfilled,
            Happening::Shipped { complete },
        ) => Some(if complete {
            OrderStatus::Fulfilled
        } else {
            OrderStatus::PartiallyFulfilled
        }),
        _ => None,
    }
}

/// Whether parcels may be packed.
pub(crate) const fn can_be_packed(status: OrderStatus) -> bool {
    next(status, Happening::Shipped { complete: true }).is_some()
}

/// The stored name of a status.
pub(crate) const fn status_name(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::PendingPayment => "pending_payment",
        OrderStatus::Placed => "placed",
        OrderStatus::PartiallyFulfilled => "partially_fulfilled",
        OrderStatus::Fulfilled => "fulfilled",
        OrderStatus::Cancelled => "cancelled",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderStatus::{Cancelled, Fulfilled, PartiallyFulfilled, PendingPayment, Placed};

    #[test]
    fn each_state_allows_exactly_its_happenings() {
        let states = [
            PendingPayment,
            Placed,
            PartiallyFulfilled,
            Fulfilled,
            Cancelled,
            OrderStatus::Unknown,
        ];
        let happenings = [
            Happening::Placed,
            Happening::PlacedLate,
            Happening::Cancelled,
            Happening::Shipped { complete: false },
            Happening::Shipped { complete: true },
        ];
        let allowed: Vec<(OrderStatus, Happening, OrderStatus)> = states
            .into_iter()
            .flat_map(|state| happenings.map(|happening| (state, happening)))
            .filter_map(|(state, happening)| {
                next(state, happening).map(|after| (state, happening, after))
            })
            .collect();
        let expected = [
            (PendingPayment, Happening::Placed, Placed),
            (PendingPayment, Happening::Cancelled, Cancelled),
            (Placed, Happening::Cancelled, Cancelled),
            (
                Placed,
                Happening::Shipped { complete: false },
                PartiallyFulfilled,
            ),
            (Placed, Happening::Shipped { complete: true }, Fulfilled),
            (
                PartiallyFulfilled,
                Happening::Shipped { complete: false },
                PartiallyFulfilled,
            ),
            (
                PartiallyFulfilled,
                Happening::Shipped { complete: true },
                Fulfilled,
            ),
            (Cancelled, Happening::PlacedLate, Placed),
        ];
        assert_eq!(allowed, expected);
    }
}
