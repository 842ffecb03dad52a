//! The ledger beside a model of it: random commands, and between them attempts to bend it by hand.

use payments_contract::{Payment, PaymentId};
use serde_json::json;
use tenon_testkit::{Dice, engines, rounds};

use crate::support::World;

/// What a payment of these tests promises.
const AMOUNT: i64 = 2_500;
/// Payments beyond which no new one is opened.
const MOST_PAYMENTS: usize = 12;

/// What the database must refuse, whatever stands in it.
const BENT: [&str; 9] = [
    "UPDATE ledger_transfers SET amount = amount + 1",
    "UPDATE ledger_transfers SET credit_account = 'refunds' WHERE kind = 'authorization'",
    "DELETE FROM ledger_transfers",
    "DELETE FROM ledger_balances",
    "UPDATE ledger_balances SET debits = debits - 1 WHERE debits > 0",
    "INSERT INTO ledger_transfers (line_no, source_id, payment_id, debit_account, credit_account, amount,
                                   entry_id, kind, order_id, currency, shard, posted_at)
     SELECT line_no, source_id, payment_id, debit_account, credit_account, amount,
            entry_id, kind, order_id, currency, shard, posted_at FROM ledger_transfers",
    "INSERT INTO ledger_transfers (line_no, source_id, payment_id, debit_account, credit_account, amount,
                                   entry_id, kind, order_id, currency, shard, posted_at)
     SELECT 99, source_id, payment_id, debit_account, debit_account, amount,
            entry_id, kind, order_id, currency, shard, posted_at FROM ledger_transfers",
    "INSERT INTO ledger_transfers (line_no, source_id, payment_id, debit_account, credit_account, amount,
                                   entry_id, kind, order_id, currency, shard, posted_at)
     SELECT 99, source_id, payment_id, debit_account, credit_account, -amount,
            entry_id, kind, order_id, currency, shard, posted_at FROM ledger_transfers",
    "INSERT INTO ledger_transfers (line_no, source_id, payment_id, debit_account, credit_account, amount,
                                   entry_id, kind, order_id, currency, shard, posted_at)
     SELECT 99, source_id, payment_id, debit_account, NULL, amount,
            entry_id, kind, order_id, currency, shard, posted_at FROM ledger_transfers",
];

/// A payment as it should be.
struct Model {
    payment: Payment,
    captured: i64,
    refunded: i64,
    is_void: bool,
}

impl Model {
    fn capturable(&self) -> i64 {
        if self.is_void {
            0
        } else {
            AMOUNT - self.captured
        }
    }

    fn refundable(&self) -> i64 {
        self.captured - self.refunded
    }
}

/// Debits less credits of all accounts of a kind, added up from the transfers.
const TAKEN: &str = "
    SELECT CAST(COALESCE(SUM(CASE WHEN debit_account LIKE 'psp_receivable/%' THEN amount
                                  WHEN credit_account LIKE 'psp_receivable/%' THEN -amount
                                  ELSE 0 END), 0) AS bigint) FROM ledger_transfers";
const KEPT: &str =
    "SELECT CAST(COALESCE(SUM(debits) - SUM(credits), 0) AS bigint) FROM ledger_balances";
const TRANSFERS: &str = "SELECT CAST(COUNT(*) AS bigint) FROM ledger_transfers";

async fn step(world: &World, models: &mut Vec<Model>, dice: &mut Dice, number: usize) -> String {
    let amount = 1 + i64::try_from(dice.roll(1_500)).expect("a small number");
    let money = json!({ "amount": { "amount": amount, "currency": "EUR" } });
    let key = format!("step-{number}");
    let what = dice.roll(10);
    if models.is_empty() || (what == 0 && models.len() < MOST_PAYMENTS) {
        let payment = world.open_on_ship("pm_success").await;
        models.push(Model {
            payment,
            captured: 0,
            refunded: 0,
            is_void: false,
        });
        return "open".to_owned();
    }
    let which = dice.roll(models.len());
    let model = &mut models[which];
    match what {
        0..=3 => {
            let reply = world
                .command(&model.payment, "captures", &key, &money)
                .await;
            // 201 also says that the provider refused, as it may after a refund.
            let total = reply.json()["captured"]["amount"] == model.captured + amount;
            let taken = reply.status().as_u16() == 201 && total;
            let allowed = amount <= model.capturable();
            assert!(!taken || allowed, "{reply:?}");
            assert!(taken || !allowed || model.refunded > 0, "{reply:?}");
            if taken {
                model.captured += amount;
            }
            format!("capture {amount} of {which}: {taken}")
        }
        4..=6 => {
            let refund = json!({ "amount": money["amount"], "reason": "broken" });
            let reply = world
                .command(&model.payment, "refunds", &key, &refund)
                .await;
            // 201 also says that the provider refused.
            let given = reply.status().as_u16() == 201 && reply.json()["status"] == "succeeded";
            assert_eq!(given, amount <= model.refundable(), "{reply:?}");
            if given {
                model.refunded += amount;
            }
            format!("refund {amount} of {which}: {given}")
        }
        7 if model.captured == 0 => {
            let void = json!({ "reason": "not wanted" });
            let reply = world.command(&model.payment, "voids", &key, &void).await;
            assert_eq!(reply.status().as_u16(), 202, "{reply:?}");
            model.is_void = true;
            format!("void {which}")
        }
        _ => {
            let sql = dice.pick(&BENT);
            let before = world.count(TRANSFERS).await;
            assert!(!world.takes(sql).await, "it took {sql}");
            assert_eq!(world.count(TRANSFERS).await, before);
            "bend".to_owned()
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_is_what_its_model_says_after_every_command() {
    for engine in engines() {
        let world = World::new(engine).await;
        let (mut models, mut steps) = (Vec::new(), Vec::new());
        let mut dice = Dice::of_round(0);
        for number in 0..rounds(80) {
            steps.push(step(&world, &mut models, &mut dice, number).await);
            world.app.settle().await;
            let told = format!("{engine:?}, seed {}: {steps:#?}", dice.seed());
            let taken: i64 = models.iter().map(Model::refundable).sum();
            assert_eq!(world.count(TAKEN).await, taken, "{told}");
            assert_eq!(world.count(KEPT).await, 0, "{told}");
            if number % 16 == 0 {
                world.assert_sound().await;
            }
        }
        for model in &models {
            let now = world.now(&model.payment).await;
            let id: PaymentId = now.payment_id;
            assert_eq!(
                (now.captured.minor(), now.refunded.minor()),
                (model.captured, model.refunded),
                "{id}: {steps:#?}"
            );
        }
        world.assert_sound().await;
    }
}
