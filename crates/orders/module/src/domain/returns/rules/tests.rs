//! Which returns may be, which pieces they may hold, and where they may go.

use super::*;
use crate::domain::returns::{RefundState, RestockState, ReturnStatus};
use orders_contract::{ReturnCondition, ReturnReason};
use tenon_kernel::{Env, Money};

fn line(quantity: i64, shipped: i64) -> OrderLine {
    let env = Env::system();
    let money = Money::zero("EUR".parse().expect("known"));
    OrderLine {
        line_id: env.new_id(),
        variant_id: env.new_id(),
        product_id: env.new_id(),
        sku: "TEA-1".to_owned(),
        title: "Assam".to_owned(),
        quantity,
        shipped,
        unit_price: money,
        discount: None,
        total: money,
        tax: money,
    }
}

fn want(line_id: LineId, quantity: i64) -> WantedLine {
    WantedLine {
        line_id,
        quantity,
        reason: ReturnReason::Damaged,
    }
}

#[test]
fn returns_move_forward_only() {
    use ReturnStatus::{Approved, Cancelled, Received, Rejected, Requested};
    let moves: Vec<_> = ReturnStatus::ALL
        .iter()
        .flat_map(|from| ReturnStatus::ALL.iter().map(move |to| (*from, *to)))
        .filter(|(from, to)| from.can_become(*to))
        .collect();
    let expected = [
        (Requested, Approved),
        (Requested, Rejected),
        (Requested, Cancelled),
        (Approved, Received),
        (Approved, Cancelled),
    ];
    assert_eq!(moves, expected);
}

#[test]
fn words_are_read_back() {
    for state in ReturnStatus::ALL {
        assert_eq!(ReturnStatus::parse(state.as_str()), Some(*state));
    }
    for state in RefundState::ALL {
        assert_eq!(RefundState::parse(state.as_str()), Some(*state));
    }
    for state in RestockState::ALL {
        assert_eq!(RestockState::parse(state.as_str()), Some(*state));
    }
    assert_eq!(RefundState::parse("lost"), None);
}

#[test]
fn only_what_has_left_comes_back_and_only_once() {
    let lines = [line(5, 3)];
    let id = lines[0].line_id;
    let returned = BTreeMap::from([(id, 1)]);
    assert!(check_return(&lines, &returned, &[want(id, 2)]).is_ok());
    let stranger: LineId = Env::system().new_id();
    for wrong in [
        vec![want(id, 3)],
        vec![want(id, 0)],
        vec![want(id, -1)],
        vec![want(stranger, 1)],
        vec![want(id, 1), want(id, 1)],
        vec![],
    ] {
        let refused = check_return(&lines, &returned, &wrong);
        assert!(
            matches!(refused, Err(OrdersError::InvalidRequest { .. })),
            "{wrong:?}"
        );
    }
}

#[test]
fn every_line_must_be_accounted_for() {
    let lines = [line(5, 3), line(1, 1)];
    let wanted = [want(lines[0].line_id, 2), want(lines[1].line_id, 1)];
    let asked = check_return(&lines, &BTreeMap::new(), &wanted).expect("they have left");
    let arrived = |position: usize, received, condition| ArrivedLine {
        line_id: asked[position].line_id,
        received,
        restock: true,
        condition,
    };
    let new = Some(ReturnCondition::New);
    assert!(check_arrival(&asked, &[arrived(0, 2, new), arrived(1, 0, None)]).is_ok());
    for wrong in [
        vec![arrived(0, 2, new)],
        vec![arrived(0, 3, new), arrived(1, 0, None)],
        vec![arrived(0, -1, new), arrived(1, 1, new)],
        vec![arrived(0, 1, None), arrived(1, 0, None)],
        vec![arrived(0, 0, None), arrived(1, 0, None)],
        vec![arrived(0, 1, new), arrived(1, 1, new), arrived(1, 1, new)],
    ] {
        assert!(check_arrival(&asked, &wrong).is_err(), "{wrong:?}");
    }
}
