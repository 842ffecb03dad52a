//! What may come back, until when, and how it may arrive.

use std::collections::BTreeMap;
use std::time::Duration;

use orders_contract::{LineId, OrderLine, OrderStatus, OrdersError};
use tenon_kernel::{FieldError, Timestamp};

use super::{ArrivedLine, ReturnLine, WantedLine};
use crate::domain::fulfillment::Fulfillment;

/// Whether pieces of an order can come back: something has left.
pub(crate) const fn is_returnable(status: OrderStatus) -> bool {
    matches!(
        status,
        OrderStatus::PartiallyFulfilled | OrderStatus::Fulfilled
    )
}

/// Checks what shall come back against what has left and is in no return. `returned` counts the pieces in returns.
pub(crate) fn check_return(
    lines: &[OrderLine],
    returned: &BTreeMap<LineId, i64>,
    wanted: &[WantedLine],
) -> Result<Vec<ReturnLine>, OrdersError> {
    let mut errors = Vec::new();
    let mut checked: Vec<ReturnLine> = Vec::with_capacity(wanted.len());
    if wanted.is_empty() || wanted.len() > lines.len() {
        let detail = "expected one to all lines of the order";
        errors.push(FieldError::new("/lines", "out_of_range", detail));
    }
    for (position, want) in wanted.iter().enumerate() {
        let mut refuse = |member: &str, code: &str, detail: String| {
            let pointer = format!("/lines/{position}/{member}");
            errors.push(FieldError::new(pointer, code.to_owned(), detail));
        };
        let Some(line) = lines.iter().find(|line| line.line_id == want.line_id) else {
            let detail = "the order has no such line".to_owned();
            refuse("line_id", "unknown_line", detail);
            continue;
        };
        if checked.iter().any(|other| other.line_id == want.line_id) {
            refuse("line_id", "duplicate", "the line is named twice".to_owned());
            continue;
        }
        let left = line.shipped - returned.get(&want.line_id).copied().unwrap_or(0);
        if want.quantity < 1 || want.quantity > left {
            let detail =
                format!("expected 1 to {left}: that many have left and are in no return yet");
            refuse("quantity", "out_of_range", detail);
            continue;
        }
        checked.push(ReturnLine {
            line_id: want.line_id,
            variant_id: line.variant_id,
            quantity: want.quantity,
            reason: want.reason,
            arrival: None,
        });
    }
    if errors.is_empty() {
        Ok(checked)
    } else {
        Err(OrdersError::InvalidRequest { fields: errors })
    }
}

/// Until when a buyer may send pieces of a line back: counted from the arrival of the last parcel with some, or from
/// when it left while nobody has noted that it arrived. `None` if none has left.
pub(crate) fn returnable_until(
    line: LineId,
    parcels: &[Fulfillment],
    window: Duration,
) -> Option<Timestamp> {
    parcels
        .iter()
        .filter(|parcel| parcel.lines.iter().any(|part| part.line_id == line))
        .filter_map(|parcel| parcel.delivered_at.or(parcel.shipped_at))
        .max()
        .map(|at| at + window)
}

/// Checks how the lines of a return arrived: each line once, and something at all.
pub(crate) fn check_arrival(
    lines: &[ReturnLine],
    arrived: &[ArrivedLine],
) -> Result<(), OrdersError> {
    let mut errors = Vec::new();
    for (position, it) in arrived.iter().enumerate() {
        let mut refuse = |member: &str, code: &str, detail: String| {
            let pointer = format!("/lines/{position}/{member}");
            errors.push(FieldError::new(pointer, code.to_owned(), detail));
        };
        let Some(line) = lines.iter().find(|line| line.line_id == it.line_id) else {
            let detail = "the return has no such line".to_owned();
            refuse("line_id", "unknown_line", detail);
            continue;
        };
        let before = &arrived[..position];
        if before.iter().any(|other| other.line_id == it.line_id) {
            refuse("line_id", "duplicate", "the line is named twice".to_owned());
        }
        if !(0..=line.quantity).contains(&it.received) {
            let detail = format!("expected 0 to {}", line.quantity);
            refuse("received", "out_of_range", detail);
        }
        if it.received > 0 && it.condition.is_none() {
            let detail = "say in what state they arrived".to_owned();
            refuse("condition", "missing", detail);
        }
    }
    let missing = lines.iter().any(|line| {
        let named = arrived.iter().any(|it| it.line_id == line.line_id);
        !named
    });
    if missing {
        let detail = "expected every line of the return";
        errors.push(FieldError::new("/lines", "missing", detail));
    } else if arrived.iter().all(|it| it.received == 0) {
        let detail = "nothing arrived: cancel the return instead";
        errors.push(FieldError::new("/lines", "out_of_range", detail));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(OrdersError::InvalidRequest { fields: errors })
    }
}

#[cfg(test)]
mod tests;
