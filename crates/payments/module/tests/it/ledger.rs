//! The ledger: what the database itself refuses, and what the oracle finds.

use payments_contract::ListSettlements;
use tenon_kernel::PageRequest;
use tenon_testkit::{TestEngine, engines};

use crate::support::{World, order};

/// Inserts a copy of the refund's row with other values in six columns.
macro_rules! copy {
    ($six:literal) => {
        concat!(
            "INSERT INTO ledger_transfers (line_no, source_id, payment_id, debit_account, credit_account, amount,
                                           entry_id, kind, order_id, currency, shard, posted_at)
             SELECT ",
            $six,
            ", entry_id, kind, order_id, currency, shard, posted_at FROM ledger_transfers WHERE kind = 'refund'"
        )
    };
}

async fn with_entries(engine: TestEngine) -> World {
    let world = World::new(engine).await;
    let paid = world.open("pm_success").await;
    world.app.settle().await;
    world.refund(&paid, 700).await.expect("refunded");
    world.assert_sound().await;
    world
}

#[tokio::test]
async fn the_database_refuses_to_change_or_forget_an_entry() {
    for engine in engines() {
        let world = with_entries(engine).await;
        for sql in [
            "UPDATE ledger_transfers SET amount = amount + 1",
            "UPDATE ledger_transfers SET debit_account = 'refunds' WHERE kind = 'capture'",
            "UPDATE ledger_transfers SET posted_at = posted_at",
            "DELETE FROM ledger_transfers",
            "DELETE FROM ledger_transfers WHERE line_no = 1",
            "DELETE FROM ledger_balances",
            "UPDATE ledger_balances SET debits = 0",
            "UPDATE ledger_balances SET debits = debits - 1 WHERE debits > 0",
            "UPDATE ledger_balances SET account = 'refunds' WHERE account = 'sales_clearing'",
        ] {
            assert!(!world.takes(sql).await, "{engine:?} took {sql}");
        }
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn the_database_refuses_an_entry_out_of_balance() {
    for engine in engines() {
        let world = with_entries(engine).await;
        // Copies of a good row, each with one thing wrong: a side missing, both the same, nothing or less moved,
        // an account nobody knows, a payment that does not exist, and a fact that stands there already.
        for sql in [
            copy!("9, source_id, payment_id, debit_account, NULL, amount"),
            copy!("9, source_id, payment_id, debit_account, debit_account, amount"),
            copy!("9, source_id, payment_id, debit_account, credit_account, 0"),
            copy!("9, source_id, payment_id, debit_account, credit_account, -amount"),
            copy!("9, source_id, payment_id, 'pocket', credit_account, amount"),
            copy!("9, source_id, source_id, debit_account, credit_account, amount"),
            copy!("1, source_id, payment_id, debit_account, credit_account, amount"),
        ] {
            assert!(!world.takes(sql).await, "{engine:?} took {sql}");
        }
        world.assert_sound().await;
        // The statement itself is good: a whole line is taken, and its balances with it.
        assert!(
            world
                .takes(copy!(
                    "9, source_id, payment_id, debit_account, credit_account, amount"
                ))
                .await
        );
        let sum = "SELECT CAST(SUM(debits) - SUM(credits) AS bigint) FROM ledger_balances";
        assert_eq!(world.count(sum).await, 0);
    }
}

#[tokio::test]
async fn sqlite_does_not_let_an_entry_be_replaced() {
    let world = with_entries(TestEngine::Sqlite).await;
    let replace = "INSERT OR REPLACE INTO ledger_transfers
                   SELECT position, entry_id, line_no, kind, source_id, payment_id, order_id, debit_account,
                          credit_account, amount + 1, currency, shard, posted_at FROM ledger_transfers";
    assert!(!world.takes(replace).await);
    world.assert_sound().await;
}

#[tokio::test]
async fn the_database_refuses_impossible_payments() {
    for engine in engines() {
        let world = with_entries(engine).await;
        for sql in [
            "UPDATE payments SET captured = authorized + 1",
            "UPDATE payments SET refunded = captured + 1",
            "UPDATE payments SET authorized = amount - 1",
            "UPDATE payments SET amount = 0, authorized = 0, captured = 0, refunded = 0",
            "UPDATE attempts SET state = 'unknown', next_poll_at = NULL",
            "UPDATE captures SET status = 'unknown'",
        ] {
            assert!(!world.takes(sql).await, "{engine:?} took {sql}");
        }
    }
}

#[tokio::test]
#[should_panic(expected = "payments.sums_match_parts")]
async fn the_oracle_finds_money_without_a_capture() {
    let world = with_entries(TestEngine::Sqlite).await;
    assert!(
        world
            .takes("UPDATE payments SET captured = captured - 1")
            .await
    );
    world.assert_sound().await;
}

#[tokio::test]
#[should_panic(expected = "payments.ledger_balances")]
async fn the_oracle_finds_a_balance_that_is_not_its_fold() {
    let world = with_entries(TestEngine::Sqlite).await;
    assert!(
        world
            .takes("UPDATE ledger_balances SET debits = debits + 1 WHERE account = 'refunds'")
            .await
    );
    world.assert_sound().await;
}

#[tokio::test]
#[should_panic(expected = "payments.nothing_forgotten")]
async fn the_oracle_finds_a_call_that_nobody_repeats() {
    let world = World::new(TestEngine::Sqlite).await;
    world.open("pm_timeout").await;
    world.app.kit().advance(std::time::Duration::from_hours(1));
    world.assert_sound().await;
}

#[tokio::test]
async fn entries_are_listed_newest_first_in_pages() {
    for engine in engines() {
        let world = with_entries(engine).await;
        let first = world.staff().get("/v1/ledger/entries?limit=2").await.json();
        let kinds = |page: &serde_json::Value| -> Vec<String> {
            let data = page["data"].as_array().expect("a list").iter();
            data.map(|entry| entry["kind"].as_str().expect("a word").to_owned())
                .collect()
        };
        assert_eq!(kinds(&first), ["refund", "capture"]);
        assert_eq!(
            first["data"][1]["transfers"].as_array().map(Vec::len),
            Some(2)
        );
        assert_eq!(first["data"][0]["transfers"][0]["debit"], "refunds");
        let cursor = first["next_cursor"].as_str().expect("there is more");
        let second = world
            .staff()
            .get(&format!("/v1/ledger/entries?limit=2&cursor={cursor}"))
            .await
            .json();
        assert_eq!(
            (kinds(&second), second["has_more"].as_bool()),
            (vec!["authorization".to_owned()], Some(false))
        );
        let wrong = world
            .staff()
            .get("/v1/ledger/entries?cursor=nonsense")
            .await;
        assert_eq!(
            (wrong.status().as_u16(), &wrong.json()["code"]),
            (400, &"payments.invalid_cursor".into())
        );
    }
}

#[tokio::test]
async fn settlements_list_every_payment_once() {
    for engine in engines() {
        let world = World::new(engine).await;
        let mut opened = Vec::new();
        for method in ["pm_success", "pm_declined", "pm_success"] {
            opened.push(world.open(method).await);
        }
        world.app.settle().await;
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let request = ListSettlements {
                page: PageRequest { limit: 2, cursor },
            };
            let page = world
                .payments
                .list_settlements(&world.ctx(), request)
                .await
                .expect("a page");
            seen.extend(page.settlements);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        seen.sort_by_key(|settlement| settlement.payment_id);
        opened.sort_by_key(|payment| payment.payment_id);
        assert_eq!(seen.len(), 3);
        for (settlement, payment) in seen.iter().zip(&opened) {
            let now = world.now(payment).await;
            assert_eq!(
                (settlement.order_id, settlement.captured),
                (order(payment), now.captured)
            );
            assert_eq!(settlement.status, now.status);
        }
    }
}
