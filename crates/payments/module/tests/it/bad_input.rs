//! Requests that are wrong, member by member; nothing is stored for any of them.

use payments_contract::{GetPayments, OpenPayment, PaymentsError};
use serde_json::{Value, json};
use tenon_kernel::Money;
use tenon_testkit::engines;

use crate::support::{World, eur};

#[tokio::test]
async fn what_cannot_be_opened_is_refused_and_leaves_nothing() {
    for engine in engines() {
        let world = World::new(engine).await;
        let good = || world.request(Some("pm_success"));
        let long = |length: usize| Some("x".repeat(length));
        let wrong = [
            OpenPayment {
                amount: eur(0),
                ..good()
            },
            OpenPayment {
                amount: eur(-1),
                ..good()
            },
            OpenPayment {
                payment_method: long(256),
                ..good()
            },
            OpenPayment {
                return_url: long(2_049),
                ..good()
            },
            OpenPayment {
                return_url: Some("javascript:alert(1)".to_owned()),
                ..good()
            },
        ];
        for request in wrong {
            let error = world.try_open(request).await.expect_err("refused");
            assert!(
                matches!(
                    error.domain(),
                    Some(PaymentsError::InvalidAmount | PaymentsError::InvalidRequest { .. })
                ),
                "{error:?}"
            );
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM payment_ids").await, 0);
        let ids = (0..201).map(|_| world.app.kit().env().new_id()).collect();
        let error = world
            .payments
            .get_payments(&world.ctx(), GetPayments { ids })
            .await
            .expect_err("too many");
        assert_eq!(
            error.domain(),
            Some(&PaymentsError::TooManyIds { limit: 200 })
        );
    }
}

#[tokio::test]
async fn wrong_members_are_named() {
    for engine in engines() {
        let world = World::new(engine).await;
        let opened = world.open("pm_success").await;
        world.app.settle().await;
        let money = |amount: i64, currency: &str| json!({ "amount": amount, "currency": currency });
        let cases: [(&str, Value, u16, &str, &str); 10] = [
            (
                "refunds",
                json!({ "amount": money(0, "EUR"), "reason": "x" }),
                422,
                "payments.invalid_amount",
                "/amount",
            ),
            (
                "refunds",
                json!({ "amount": money(-5, "EUR"), "reason": "x" }),
                422,
                "payments.invalid_amount",
                "/amount",
            ),
            (
                "refunds",
                json!({ "amount": money(5, "USD"), "reason": "x" }),
                422,
                "payments.currency_mismatch",
                "/amount/currency",
            ),
            (
                "refunds",
                json!({ "reason": "x".repeat(501) }),
                422,
                "payments.invalid_request",
                "/reason",
            ),
            (
                "refunds",
                json!({ "reason": 5 }),
                400,
                "invalid_request",
                "/reason",
            ),
            (
                "refunds",
                json!({ "reason": "x", "extra": 1 }),
                400,
                "invalid_request",
                "/extra",
            ),
            (
                "refunds",
                json!({ "amount": money(5, "XXX"), "reason": "x" }),
                400,
                "invalid_request",
                "/amount/currency",
            ),
            (
                "captures",
                json!({ "amount": { "amount": 1.5, "currency": "EUR" } }),
                400,
                "invalid_request",
                "/amount/amount",
            ),
            ("voids", json!({}), 400, "invalid_request", "/reason"),
            (
                "voids",
                json!({ "reason": "x".repeat(501) }),
                422,
                "payments.invalid_request",
                "/reason",
            ),
        ];
        for (number, (what, body, status, code, pointer)) in cases.into_iter().enumerate() {
            let reply = world
                .command(&opened, what, &format!("k{number}"), &body)
                .await;
            let problem = reply.json();
            assert_eq!(
                (reply.status().as_u16(), problem["code"].as_str()),
                (status, Some(code)),
                "{body}: {problem}"
            );
            assert_eq!(
                problem["errors"][0]["pointer"], pointer,
                "{body}: {problem}"
            );
        }
        assert_eq!(world.intent().refunded, 0);
        assert_eq!(
            world.now(&opened).await.status,
            payments_contract::PaymentStatus::Captured
        );
    }
}

#[tokio::test]
async fn wrong_ids_are_told_apart() {
    for engine in engines() {
        let world = World::new(engine).await;
        let staff = world.staff();
        for (path, status, code) in [
            (
                "/v1/payments/ord_00000000000000000000000000",
                400,
                "wrong_id_type",
            ),
            (
                "/v1/payments/pay_00000000000000000000000000",
                404,
                "payments.not_found",
            ),
            (
                "/v1/refunds/rfd_00000000000000000000000000",
                404,
                "payments.refund_not_found",
            ),
            (
                "/v1/refunds/pay_00000000000000000000000000",
                400,
                "wrong_id_type",
            ),
            (
                "/v1/ledger/entries?payment_id=ord_00000000000000000000000000",
                400,
                "wrong_id_type",
            ),
        ] {
            let reply = staff.get(path).await;
            let problem = reply.json();
            assert_eq!(
                (reply.status().as_u16(), problem["code"].as_str()),
                (status, Some(code)),
                "{path}: {problem}"
            );
        }
    }
}

#[tokio::test]
async fn a_currency_without_cents_is_paid_to_the_unit() {
    for engine in engines() {
        let world = World::new(engine).await;
        let yen = Money::new(1_200, "JPY".parse().expect("known")).expect("in range");
        let opened = world
            .try_open(OpenPayment {
                amount: yen,
                ..world.request(Some("pm_success"))
            })
            .await
            .expect("opens");
        world.app.settle().await;
        assert_eq!(world.now(&opened).await.captured, yen);
        assert_eq!(
            (world.intent().captured, world.intent().currency),
            (1_200, "JPY".to_owned())
        );
        world.assert_sound().await;
    }
}
