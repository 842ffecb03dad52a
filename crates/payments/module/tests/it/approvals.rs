//! Large refunds: nobody gives them back alone, and what waits is set aside.

use std::time::Duration;

use payment_simulator::{Fault, Operation};
use payments_contract::{Payment, PaymentStatus, RefundPayment, RefundStatus, UserRef};
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, TestEngine, TestReply, TestRequest, engines};

use crate::support::{World, eur};

/// A captured payment of 25.00 in a shop where one person gives back 10.00 alone.
struct Shop {
    world: World,
    payment: Payment,
    sam: Client,
    eve: Client,
}

impl Shop {
    async fn new(engine: TestEngine) -> Self {
        let world = World::limited(engine, 1_000).await;
        let opened = world.open("pm_success").await;
        world.app.settle().await;
        let payment = world.now(&opened).await;
        assert_eq!(payment.status, PaymentStatus::Captured);
        Self {
            sam: world.app.user("sam", &[Role::Staff]),
            eve: world.app.user("eve", &[Role::Staff]),
            world,
            payment,
        }
    }

    async fn refund(&self, by: &Client, key: &str, amount: i64) -> TestReply {
        let path = format!("/v1/payments/{}/refunds", self.payment.payment_id);
        let amount = json!({ "amount": amount, "currency": "EUR" });
        by.post(&path)
            .key(key)
            .json(&json!({ "amount": amount, "reason": "broken" }))
            .await
    }

    async fn look(&self, refund: &Value) -> Value {
        let path = format!("/v1/refunds/{}", refund["id"].as_str().expect("id"));
        self.sam.get(&path).await.expect(200)
    }

    fn given(&self) -> i64 {
        self.world.intent().refunded
    }
}

async fn decide(by: &Client, refund: &Value, what: &str, key: &str) -> TestReply {
    decision(by, refund, what, key).await
}

fn decision(by: &Client, refund: &Value, what: &str, key: &str) -> TestRequest {
    let path = format!("/v1/refunds/{}/{what}", refund["id"].as_str().expect("id"));
    by.post(&path)
        .key(key)
        .json(&json!({ "note": "looked at it" }))
}

#[tokio::test]
async fn a_second_person_approves_what_is_large() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        let waits = shop.refund(&shop.sam, "r1", 1_001).await.expect(202);
        assert_eq!(waits["status"], "awaiting_approval");
        assert_eq!(waits["approval"]["state"], "awaiting");
        assert_eq!(
            shop.refund(&shop.sam, "r1", 1_001).await.expect(202),
            waits,
            "a repeat asks for nothing"
        );
        shop.world.app.settle().await;
        assert_eq!(shop.given(), 0, "the provider knows nothing of it");

        let own = decide(&shop.sam, &waits, "approvals", "a1").await;
        assert_eq!(own.expect(403)["code"], "payments.approval_by_requester");
        let buyer = shop.world.app.user("ada", &[Role::Customer]);
        decide(&buyer, &waits, "approvals", "a2").await.expect(403);
        let done = decide(&shop.eve, &waits, "approvals", "a3").await;
        let done = done.expect(201);
        assert_eq!(done["status"], "succeeded");
        assert_eq!(done["approval"]["note"], "looked at it");
        assert_ne!(
            done["approval"]["decided_by"],
            done["approval"]["requested_by"]
        );
        decide(&shop.eve, &waits, "approvals", "a3")
            .await
            .expect(201);
        let again = decide(&shop.eve, &waits, "approvals", "a4").await;
        assert_eq!(again.expect(409)["refund_status"], "succeeded");
        assert_eq!(shop.given(), 1_001);

        let audited = shop.world.events("audit.recorded").await;
        let actions: Vec<_> = audited.iter().map(|entry| &entry["action"]).collect();
        assert_eq!(
            actions,
            ["payment.refund_requested", "payment.refund_approved"]
        );
        let asked = shop.world.events("refund.approval_requested").await;
        assert_eq!(asked.len(), 1);
        assert_eq!(shop.world.events("refund.requested").await.len(), 1);
        shop.world.assert_sound().await;
    }
}

#[tokio::test]
async fn small_parts_of_a_large_refund_are_a_large_refund() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        shop.refund(&shop.sam, "r1", 600).await.expect(201);
        shop.refund(&shop.eve, "r2", 400).await.expect(201);
        let waits = shop.refund(&shop.sam, "r3", 1).await.expect(202);
        assert_eq!(waits["status"], "awaiting_approval");
        assert_eq!(shop.given(), 1_000);
    }
}

#[tokio::test]
async fn what_waits_cannot_be_given_back_otherwise() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        let waits = shop.refund(&shop.sam, "r1", 2_000).await.expect(202);
        let more = shop.refund(&shop.sam, "r2", 501).await.expect(422);
        assert_eq!(more["refundable"]["amount"], 500);
        let rejected = decide(&shop.sam, &waits, "rejections", "x1").await;
        let rejected = rejected.expect(201);
        assert_eq!(
            (&rejected["status"], &rejected["approval"]["state"]),
            (&json!("failed"), &json!("rejected")),
            "who asked may take it back"
        );
        let again = decide(&shop.eve, &waits, "approvals", "a1").await;
        assert_eq!(again.expect(409)["code"], "payments.refund_not_awaiting");
        shop.refund(&shop.sam, "r3", 501).await.expect(201);
        let failed = shop.world.events("refund.failed").await;
        assert_eq!(failed[0]["failure"], "approval_rejected");
        shop.world.assert_sound().await;
    }
}

#[tokio::test]
async fn nobody_decides_for_ever() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        let waits = shop.refund(&shop.sam, "r1", 2_000).await.expect(202);
        shop.world.app.kit().advance(Duration::from_hours(73));
        let late = decide(&shop.eve, &waits, "approvals", "a1").await;
        late.expect(409);
        shop.world.app.settle().await;
        let now = shop.look(&waits).await;
        assert_eq!(
            (&now["status"], &now["approval"]["state"]),
            (&json!("failed"), &json!("expired"))
        );
        let failed = shop.world.events("refund.failed").await;
        assert_eq!(failed[0]["failure"], "approval_expired");
        assert_eq!(shop.given(), 0);
        shop.world.assert_sound().await;
    }
}

/// Several approve and reject at once: one decision, and money moves once if at all.
#[tokio::test]
async fn there_is_one_decision() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        let waits = shop.refund(&shop.sam, "r1", 2_000).await.expect(202);
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let what = ["approvals", "rejections"][n % 2];
                let request = decision(&shop.eve, &waits, what, &format!("d{n}"));
                tokio::spawn(async move { request.await.status().as_u16() })
            })
            .collect();
        let mut decided = 0;
        for task in tasks {
            match task.await.expect("no panic") {
                201 | 202 => decided += 1,
                409 => {}
                other => panic!("nobody promised {other}"),
            }
        }
        assert_eq!(decided, 1);
        shop.world.app.settle().await;
        let now = shop.look(&waits).await;
        let given = if now["status"] == "succeeded" {
            2_000
        } else {
            0
        };
        assert_eq!(shop.given(), given, "{now}");
        shop.world.assert_sound().await;
    }
}

#[tokio::test]
async fn other_ways_to_give_back_know_the_limit() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        let void = format!("/v1/payments/{}/voids", shop.payment.payment_id);
        let refused = shop
            .sam
            .post(&void)
            .key("v1")
            .json(&json!({ "reason": "x" }));
        let refused = refused.await.expect(409);
        assert_eq!(refused["code"], "payments.approval_required");
        assert_eq!(refused["limit"]["amount"], 1_000);

        // Orders asks on behalf of a person: the return of something expensive.
        let person: UserRef = shop.world.app.kit().env().new_id();
        let wanted = |requested_by| RefundPayment {
            payment_id: shop.payment.payment_id,
            refund_id: shop.world.app.kit().env().new_id(),
            amount: eur(1_200),
            reason: "return".to_owned(),
            requested_by,
        };
        let ctx = shop.world.ctx();
        let payments = &shop.world.payments;
        let waits = payments.refund_payment(&ctx, wanted(Some(person))).await;
        assert_eq!(
            waits.expect("recorded").status,
            RefundStatus::AwaitingApproval
        );
        let programs = payments.refund_payment(&ctx, wanted(None)).await;
        assert_eq!(programs.expect("sent").status, RefundStatus::Succeeded);

        // The order is cancelled: the payment is undone as a whole, and nobody has to decide any more.
        let undo = payments_contract::VoidPayment {
            payment_id: shop.payment.payment_id,
            reason: "order_cancelled".to_owned(),
        };
        payments.void_payment(&ctx, undo).await.expect("accepted");
        shop.world.app.settle().await;
        let failed = shop.world.events("refund.failed").await;
        assert_eq!(failed[0]["failure"], "payment_undone");
        assert_eq!(shop.given(), 2_500);
        shop.world.assert_sound().await;
    }
}

/// The server stops after the approval's commit and before the provider was asked: the sweeper sends it.
#[tokio::test]
async fn an_approved_refund_is_sent_however_the_approval_ends() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        let waits = shop.refund(&shop.sam, "r1", 2_000).await.expect(202);
        shop.world
            .simulator
            .inject(Operation::Refund, Fault::LoseAnswer);
        let answer = decide(&shop.eve, &waits, "approvals", "a1").await;
        assert_eq!(answer.expect(202)["status"], "unknown");
        for _ in 0..4 {
            shop.world.app.kit().advance(Duration::from_mins(2));
            shop.world.app.settle().await;
        }
        assert_eq!(shop.look(&waits).await["status"], "succeeded");
        assert_eq!(shop.given(), 2_000);
        shop.world.assert_sound().await;
    }
}

/// Ids of a page, and the cursor of the next.
async fn page(by: &Client, query: &str) -> (Vec<Value>, Option<String>) {
    let body = by.get(&format!("/v1/refunds?{query}")).await.expect(200);
    let data = body["data"].as_array().expect("a list").iter();
    let cursor = body["next_cursor"].as_str().map(str::to_owned);
    (data.map(|it| it["id"].clone()).collect(), cursor)
}

#[tokio::test]
async fn staff_finds_what_waits_for_a_second_person() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        let eve = &shop.eve;
        assert_eq!(page(eve, "status=awaiting_approval").await, (vec![], None));
        let small = shop.refund(&shop.sam, "r1", 1_000).await.expect(201);
        let mut waiting = Vec::new();
        for key in ["r2", "r3", "r4"] {
            shop.world.app.kit().advance(Duration::from_secs(1));
            waiting.push(shop.refund(&shop.sam, key, 100).await.expect(202));
        }
        let [first, second, third] = [0, 1, 2].map(|at| waiting[at]["id"].clone());
        let awaiting = page(eve, "status=awaiting_approval&limit=2").await;
        let cursor = awaiting.1.expect("there is more");
        assert_eq!(awaiting.0, [third.clone(), second.clone()], "newest first");
        let rest = format!("status=awaiting_approval&limit=2&cursor={cursor}");
        assert_eq!(page(eve, &rest).await, (vec![first.clone()], None));
        let found = eve.get("/v1/refunds?status=awaiting_approval").await;
        assert_eq!(found.expect(200)["data"][2], shop.look(&waiting[0]).await);
        let few = eve.get("/v1/refunds?status=awaiting_approval&limit=1&fields=id,amount");
        let few = few.await.expect(200);
        assert_eq!(
            few["data"],
            json!([{ "id": third, "amount": { "amount": 100, "currency": "EUR" } }])
        );

        decide(eve, &waiting[0], "approvals", "a1")
            .await
            .expect(201);
        decide(eve, &waiting[1], "rejections", "a2")
            .await
            .expect(201);
        for (query, expected) in [
            ("status=awaiting_approval", vec![&third]),
            ("status=succeeded", vec![&first, &small["id"]]),
            ("status=failed", vec![&second]),
            ("status=pending", vec![]),
            ("status=unknown", vec![]),
            ("", vec![&third, &second, &first, &small["id"]]),
        ] {
            let (found, _) = page(eve, query).await;
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
        }
        let of = |payment: &str| format!("status=succeeded&payment_id={payment}");
        let payment = shop.payment.payment_id.to_string();
        assert_eq!(page(eve, &of(&payment)).await.0.len(), 2);
        let none = "pay_00000000000000000000000000";
        assert_eq!(page(eve, &of(none)).await, (vec![], None));

        // A cursor belongs to its filter.
        let mixed = eve.get(&format!("/v1/refunds?cursor={cursor}")).await;
        assert_eq!(mixed.expect(400)["code"], "payments.invalid_cursor");
        for wrong in [
            "status=lost",
            "limit=0",
            "limit=201",
            "payment_id=ord_1",
            "state=failed",
        ] {
            eve.get(&format!("/v1/refunds?{wrong}")).await.expect(400);
        }
        let buyer = shop.world.app.user("ada", &[Role::Customer]);
        buyer.get("/v1/refunds").await.expect(403);
        shop.world
            .app
            .anonymous()
            .get("/v1/refunds")
            .await
            .expect(401);
        shop.world.assert_sound().await;
    }
}

/// What nobody can say anything about yet is listed as that.
#[tokio::test]
async fn what_waits_for_the_provider_waits_for_nobody() {
    for engine in engines() {
        let shop = Shop::new(engine).await;
        shop.world
            .simulator
            .inject(Operation::Refund, Fault::LoseAnswer);
        let sent = shop.refund(&shop.sam, "r1", 100).await.expect(202);
        assert_eq!(sent["status"], "unknown");
        let unknown = page(&shop.eve, "status=unknown").await;
        assert_eq!(unknown, (vec![sent["id"].clone()], None));
        for query in ["status=awaiting_approval", "status=pending"] {
            assert_eq!(page(&shop.eve, query).await, (vec![], None), "{query}");
        }
    }
}
