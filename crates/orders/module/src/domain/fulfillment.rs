//! Parcels: what may be packed, where a parcel may go from where it is, what it is worth.

use std::collections::BTreeMap;

use orders_contract::{
    FulfillmentId, LineId, OrderId, OrderLine, OrdersError, ShippedLine, Totals, Tracking,
};
use tenon_kernel::{FieldError, Money, Timestamp};

/// A parcel of an order.
#[derive(Debug, Clone)]
pub(crate) struct Fulfillment {
    pub(crate) id: FulfillmentId,
    pub(crate) order_id: OrderId,
    pub(crate) version: i64,
    pub(crate) status: FulfillmentStatus,
    pub(crate) tracking: Tracking,
    pub(crate) lines: Vec<ShippedLine>,
    pub(crate) created_at: Timestamp,
    pub(crate) shipped_at: Option<Timestamp>,
    pub(crate) delivered_at: Option<Timestamp>,
}

/// Where a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FulfillmentStatus {
    /// Being packed.
    Pending,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Never left: its order was cancelled.
    Cancelled,
}

impl FulfillmentStatus {
    const ALL: [Self; 4] = [
        Self::Pending,
        Self::Shipped,
        Self::Delivered,
        Self::Cancelled,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether a parcel may go there from here; staying is no move.
    pub(crate) const fn can_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Shipped | Self::Cancelled) | (Self::Shipped, Self::Delivered)
        )
    }
}

/// Checks what shall go into a parcel against what of the order is in no parcel yet.
///
/// `packed` says how many pieces of each line are in parcels already.
pub(crate) fn check_parcel(
    lines: &[OrderLine],
    packed: &BTreeMap<LineId, i64>,
    wanted: &[(LineId, i64)],
) -> Result<Vec<ShippedLine>, OrdersError> {
    let mut errors = Vec::new();
    let mut parcel: Vec<ShippedLine> = Vec::with_capacity(wanted.len());
    if wanted.is_empty() || wanted.len() > lines.len() {
        errors.push(FieldError::new(
            "/lines",
            "out_of_range",
            "expected one to all lines of the order",
        ));
    }
    for (position, &(line_id, quantity)) in wanted.iter().enumerate() {
        let pointer = format!("/lines/{position}");
        let Some(line) = lines.iter().find(|line| line.line_id == line_id) else {
            let detail = "the order has no such line";
            errors.push(FieldError::new(
                format!("{pointer}/line_id"),
                "unknown_line",
                detail,
            ));
            continue;
        };
        if parcel.iter().any(|packed| packed.line_id == line_id) {
            errors.push(FieldError::new(
                format!("{pointer}/line_id"),
                "duplicate",
                "the line is named twice",
            ));
            continue;
        }
        let left = line.quantity - packed.get(&line_id).copied().unwrap_or(0);
        if quantity < 1 || quantity > left {
            let detail = format!("expected 1 to {left}: that many are in no parcel yet");
            errors.push(FieldError::new(
                format!("{pointer}/quantity"),
                "out_of_range",
                detail,
            ));
            continue;
        }
        parcel.push(ShippedLine {
            line_id,
            variant_id: line.variant_id,
            quantity,
        });
    }
    if errors.is_empty() {
        Ok(parcel)
    } else {
        Err(OrdersError::InvalidRequest { fields: errors })
    }
}

/// What a parcel is worth of its order's total: what is paid for its pieces, rounded down, and for the last parcel all
/// that is left.
///
/// The values of an order's parcels add up to its total.
pub(crate) fn parcel_value(
    lines: &[OrderLine],
    totals: &Totals,
    parcel: &[ShippedLine],
    shipped_before: Money,
    complete: bool,
) -> Money {
    let currency = totals.total.currency();
    let rest = totals
        .total
        .checked_sub(shipped_before)
        .unwrap_or(Money::zero(currency));
    if complete {
        return rest;
    }
    let value: i64 = parcel
        .iter()
        .filter_map(|part| {
            let line = lines.iter().find(|line| line.line_id == part.line_id)?;
            let of_part = |of_line: Money| {
                let exact = i128::from(of_line.minor()) * i128::from(part.quantity);
                i64::try_from(exact / i128::from(line.quantity)).ok()
            };
            let tax = if totals.tax_included {
                0
            } else {
                of_part(line.tax)?
            };
            Some(of_part(line.total)? + tax)
        })
        .sum();
    Money::new(value.min(rest.minor()), currency).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_kernel::Env;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().expect("known")).expect("in range")
    }

    fn line(quantity: i64, price: i64, tax: i64) -> OrderLine {
        let env = Env::system();
        OrderLine {
            line_id: env.new_id(),
            variant_id: env.new_id(),
            product_id: env.new_id(),
            sku: "TEA-1".to_owned(),
            title: "Assam".to_owned(),
            quantity,
            shipped: 0,
            unit_price: eur(price),
            discount: None,
            total: eur(price * quantity),
            tax: eur(tax),
        }
    }

    #[test]
    fn parcels_move_forward_only() {
        use FulfillmentStatus::{Cancelled, Delivered, Pending, Shipped};
        let moves: Vec<(FulfillmentStatus, FulfillmentStatus)> = FulfillmentStatus::ALL
            .into_iter()
            .flat_map(|from| FulfillmentStatus::ALL.map(|to| (from, to)))
            .filter(|(from, to)| from.can_become(*to))
            .collect();
        assert_eq!(
            moves,
            [
                (Pending, Shipped),
                (Pending, Cancelled),
                (Shipped, Delivered)
            ]
        );
    }

    #[test]
    fn nothing_is_packed_twice() {
        let lines = [line(3, 100, 0)];
        let id = lines[0].line_id;
        let packed = BTreeMap::from([(id, 2)]);
        assert!(check_parcel(&lines, &packed, &[(id, 1)]).is_ok());
        for wrong in [
            vec![(id, 2)],
            vec![(id, 0)],
            vec![(id, -1)],
            vec![],
            vec![(id, 1), (id, 1)],
        ] {
            let refused = check_parcel(&lines, &packed, &wrong);
            assert!(
                matches!(refused, Err(OrdersError::InvalidRequest { .. })),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn parcels_are_worth_the_order_together() {
        let lines = [line(3, 100, 10)];
        let totals = Totals {
            subtotal: eur(300),
            discount: None,
            shipping: eur(50),
            tax: eur(12),
            tax_included: false,
            total: eur(362),
        };
        let part = |quantity| {
            vec![ShippedLine {
                line_id: lines[0].line_id,
                variant_id: lines[0].variant_id,
                quantity,
            }]
        };
        let first = parcel_value(&lines, &totals, &part(1), eur(0), false);
        assert_eq!(first, eur(103), "one piece with its tax, rounded down");
        let last = parcel_value(&lines, &totals, &part(2), first, true);
        assert_eq!(first.checked_add(last), Ok(totals.total));
    }

    #[test]
    fn a_parcel_is_worth_what_was_paid_for_its_pieces() {
        let mut lines = [line(3, 100, 0)];
        lines[0].discount = Some(eur(50));
        lines[0].total = eur(250);
        let totals = Totals {
            subtotal: eur(300),
            discount: Some(eur(50)),
            shipping: eur(0),
            tax: eur(0),
            tax_included: true,
            total: eur(250),
        };
        let parcel = [ShippedLine {
            line_id: lines[0].line_id,
            variant_id: lines[0].variant_id,
            quantity: 2,
        }];
        assert_eq!(
            parcel_value(&lines, &totals, &parcel, eur(0), false),
            eur(166)
        );
    }
}
