//! Whatever a provider says, in whatever order: no money is lost, invented or counted twice.

use payments_contract::{AttemptId, OrderRef, PaymentId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::*;
use crate::domain::payment::VoidIntent;

const ASKED: i64 = 1_000;

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().expect("known")).expect("in range")
}

fn payment() -> Payment {
    Payment {
        id: PaymentId::from_uuid(Uuid::nil()),
        order_id: OrderRef::from_uuid(Uuid::nil()),
        customer_id: None,
        provider: "simulator".to_owned(),
        amount: eur(ASKED),
        capture_mode: CaptureMode::OnShip,
        return_url: None,
        attempts: 1,
        current: Current {
            state: AttemptState::ToSend,
            next_action_url: None,
            decline_class: None,
            unknown_since: None,
        },
        winner: None,
        authorized: eur(0),
        captured: eur(0),
        refunded: eur(0),
        failed: false,
        void: None,
        voided_at: None,
        version: 1,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
    }
}

fn attempt(no: u32) -> Attempt {
    Attempt {
        id: AttemptId::from_uuid(Uuid::from_u128(u128::from(no))),
        payment_id: PaymentId::from_uuid(Uuid::nil()),
        number: no,
        payment_method: None,
        state: AttemptState::ToSend,
        provider_ref: None,
        revision: 0,
        posted: false,
        next_action_url: None,
        decline_class: None,
        decline_code: None,
        polls: 0,
        next_poll_at: Some(Timestamp::EPOCH),
        created_at: Timestamp::EPOCH,
    }
}

fn seen(revision: i64, state: SeenState, amount: i64) -> Told {
    Told::Seen {
        revision,
        provider_ref: "int_1".to_owned(),
        state,
        amount,
        currency: "EUR".to_owned(),
    }
}

fn anything() -> impl Strategy<Value = Told> {
    let states = select(vec![
        SeenState::Processing,
        SeenState::ActionRequired {
            url: "https://pay.example".to_owned(),
        },
        SeenState::Authorized,
        SeenState::Declined {
            class: DeclineClass::Declined,
            code: "no".to_owned(),
        },
        SeenState::Canceled,
        SeenState::Unrecognized,
    ]);
    prop_oneof![
        6 => (0_i64..6, states, select(vec![ASKED, ASKED, ASKED, ASKED + 1]))
            .prop_map(|(revision, state, amount)| seen(revision, state, amount)),
        1 => Just(Told::NotFound),
        1 => Just(Told::Nothing),
        1 => Just(Told::Refused { code: "invalid_request".to_owned() }),
    ]
}

proptest! {
    /// Two attempts, a void at some time, and a provider that says anything at all.
    #[test]
    fn the_books_hold_whatever_is_said(
        script in vec((select(vec![1_u32, 2]), anything()), 0..24), void_at in 0_usize..48,
    ) {
        let mut payment = payment();
        payment.attempts = 2;
        let mut attempts = [attempt(1), attempt(2)];
        let mut promised = 0_i64;
        let mut won = 0;
        for (place, (no, told)) in script.into_iter().enumerate() {
            if place == void_at {
                payment.void = Some(VoidIntent { at: Timestamp::EPOCH, reason: "test".to_owned() });
            }
            let attempt = &mut attempts[no as usize - 1];
            let (_, effects) = transition(&mut payment, attempt, &told, Timestamp::EPOCH);
            for effect in effects {
                match effect {
                    Effect::Post { kind: EntryKind::Authorization, amount } => promised += amount.minor(),
                    Effect::Post { kind: EntryKind::Void, amount } => promised -= amount.minor(),
                    Effect::Authorized => {
                        won += 1;
                        prop_assert!(payment.void.is_none(), "nobody wants the money of a payment that is to be undone");
                    }
                    _ => {}
                }
            }
            let posted = attempts.iter().filter(|attempt| attempt.posted).count();
            prop_assert_eq!(promised, ASKED * i64::try_from(posted).expect("few"));
            prop_assert!(payment.authorized.minor() == 0 || payment.authorized == payment.amount);
            prop_assert!(attempts.iter().filter(|attempt| attempt.state == AttemptState::Authorized).count() <= 1);
            for attempt in &attempts {
                prop_assert!(attempt.next_poll_at.is_some() || !attempt.state.is_in_motion(), "{:?}", attempt.state);
                prop_assert!(attempt.posted || attempt.state != AttemptState::Authorized);
            }
        }
        prop_assert!(won <= 1, "one payment is authorised once");
    }
}

#[test]
fn a_second_success_is_let_go_and_both_stand_in_the_ledger() {
    let (mut payment, mut first, mut second) = (payment(), attempt(1), attempt(2));
    payment.attempts = 2;
    let told = seen(1, SeenState::Authorized, ASKED);
    let (_, effects) = transition(&mut payment, &mut first, &told, Timestamp::EPOCH);
    assert!(effects.contains(&Effect::Authorized));
    let (step, effects) = transition(&mut payment, &mut second, &told, Timestamp::EPOCH);
    assert_eq!(step, Step::Release);
    let post = Effect::Post {
        kind: EntryKind::Authorization,
        amount: eur(ASKED),
    };
    assert_eq!(
        effects,
        vec![
            post,
            Effect::Release {
                reason: "surplus".to_owned()
            }
        ]
    );
    assert_eq!(payment.status(), PaymentStatus::Authorized);
}

#[test]
fn a_cent_too_much_fails_the_payment_and_is_let_go() {
    let (mut payment, mut attempt) = (payment(), attempt(1));
    let told = seen(1, SeenState::Authorized, ASKED + 1);
    let (_, effects) = transition(&mut payment, &mut attempt, &told, Timestamp::EPOCH);
    assert_eq!(payment.status(), PaymentStatus::Failed);
    assert_eq!(payment.authorized, eur(0));
    assert!(effects.contains(&Effect::Release {
        reason: "mismatch".to_owned()
    }));
}

#[test]
fn an_older_report_says_nothing() {
    let (mut payment, mut attempt) = (payment(), attempt(1));
    transition(
        &mut payment,
        &mut attempt,
        &seen(2, SeenState::Canceled, ASKED),
        Timestamp::EPOCH,
    );
    let late = seen(1, SeenState::Authorized, ASKED);
    assert_eq!(
        transition(&mut payment, &mut attempt, &late, Timestamp::EPOCH),
        (Step::Stay, vec![])
    );
    assert_eq!(attempt.state, AttemptState::Voided);
}

#[test]
fn a_doubt_that_ends_is_said_before_what_ended_it() {
    let (mut payment, mut attempt) = (payment(), attempt(1));
    let (_, effects) = transition(&mut payment, &mut attempt, &Told::Nothing, Timestamp::EPOCH);
    assert_eq!(effects, vec![Effect::Doubted]);
    assert_eq!(payment.current.unknown_since, Some(Timestamp::EPOCH));
    let told = seen(
        1,
        SeenState::Declined {
            class: DeclineClass::Declined,
            code: "no".to_owned(),
        },
        ASKED,
    );
    let (_, effects) = transition(&mut payment, &mut attempt, &told, Timestamp::EPOCH);
    assert_eq!(
        effects,
        vec![
            Effect::Resolved,
            Effect::Declined {
                class: DeclineClass::Declined
            }
        ]
    );
}
