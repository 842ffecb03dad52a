//! Rows that are changed behind the modules' backs are named within seconds, wherever the modules run.

use std::time::Duration;

use serde_json::Value;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tenon_testkit::{TestEngine, engines};
use tokio::time::Instant;

use crate::buyer::{check_out, fill_cart, variants};
use crate::server::{Installation, Topology};

/// What an operator is promised.
const NAMED_WITHIN: Duration = Duration::from_secs(10);

/// A module, what is done to its store, and the rule that this breaks.
type Damage = (&'static str, &'static str, &'static str);

/// What can be done at the same time, and then what would hide some of it.
const DAMAGES: [&[Damage]; 2] = [
    &[
        (
            "catalog",
            "UPDATE stock_levels SET on_hand = on_hand + 1",
            "catalog.stock_is_its_ledger",
        ),
        (
            "payments",
            "DELETE FROM ledger_transfers WHERE kind = 'capture'",
            "payments.ledger_balances",
        ),
        (
            "catalog",
            "UPDATE reservations SET status = 'released'",
            "orders.stock_follows_orders",
        ),
    ],
    &[(
        "orders",
        "UPDATE orders SET status = 'pending_payment', placed_at = NULL",
        "orders.checkouts_match_orders",
    )],
];

/// Takes away what keeps the ledger as it was written.
fn unlocked(engine: TestEngine, module: &str) -> Vec<String> {
    match (module, engine) {
        ("payments", TestEngine::Sqlite) => {
            vec!["DROP TRIGGER ledger_transfers_no_delete".to_owned()]
        }
        ("payments", TestEngine::Postgres) => {
            vec!["ALTER TABLE ledger_transfers DISABLE TRIGGER USER".to_owned()]
        }
        _ => Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_rows_are_named_within_ten_seconds() {
    for (engine, topology) in [
        (TestEngine::Sqlite, Topology::Local),
        (TestEngine::Postgres, Topology::Remote),
    ] {
        if !engines().contains(&engine) {
            continue;
        }
        let mut server = Installation::start(engine, topology).await;
        let variant = variants(&server.http, &server.api).await.remove(0);
        let cart = fill_cart(&server.http, &server.api, &variant)
            .await
            .expect("a cart");
        let bought = check_out(&server.http, &server.api, &cart, "one", "pm_success").await;
        assert_eq!(bought.expect("an answer").status, 201);
        let admin = server.token("admin").await;
        until(&server, &admin, "all rules hold", |list| {
            list["state"] == "holds"
        })
        .await;

        for damages in DAMAGES {
            for (module, damage, _) in damages {
                let mut statements = unlocked(engine, module);
                statements.push((*damage).to_owned());
                write(&server, engine, module, &statements).await;
            }
            let damaged = Instant::now();
            for (_, _, rule) in damages {
                until(&server, &admin, rule, |list| {
                    let mut rules = list["data"].as_array().into_iter().flatten();
                    rules
                        .any(|it| it["name"] == *rule && it["violations"][0]["subject"].is_string())
                })
                .await;
                let took = damaged.elapsed();
                assert!(took < NAMED_WITHIN, "{rule} was named after {took:?}");
            }
        }

        for (_, _, rule) in DAMAGES.concat() {
            let path = format!("/v1/audit/entries?action=invariant.violated&target={rule}");
            let entries = loop {
                let entries = get(&server, &admin, &path).await;
                if entries["data"]
                    .as_array()
                    .is_some_and(|entries| !entries.is_empty())
                {
                    break entries;
                }
                tokio::time::sleep(Duration::from_millis(50)).await; // other processes, in real time
            };
            assert_eq!(entries["data"][0]["data"]["name"], rule, "{entries}");
        }
        let metrics = format!(
            "http://127.0.0.1:{}/metrics",
            operations_of(&mut server, topology, "catalog")
        );
        let text = server
            .http
            .get(metrics)
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("text");
        let line =
            "tenon_invariant_violations{module=\"catalog\",name=\"catalog.stock_is_its_ledger\"} ";
        let count = text.lines().find_map(|it| it.strip_prefix(line));
        assert!(count.is_some_and(|count| count != "0"), "{count:?}");
    }
}

fn operations_of(server: &mut Installation, topology: Topology, module: &str) -> u16 {
    match topology {
        Topology::Remote => server.service(module).operations,
        Topology::Local | Topology::Wire => server.gateway().operations,
    }
}

async fn get(server: &Installation, token: &str, path: &str) -> Value {
    let answer = server
        .http
        .get(format!("{}{path}", server.api))
        .bearer_auth(token)
        .send()
        .await;
    answer.expect("an answer").json().await.expect("JSON")
}

async fn until(server: &Installation, token: &str, what: &str, holds: impl Fn(&Value) -> bool) {
    let started = Instant::now();
    loop {
        let list = get(server, token, "/v1/admin/invariants").await;
        if holds(&list) {
            return;
        }
        assert!(started.elapsed() < 6 * NAMED_WITHIN, "{what}: {list:#}");
        tokio::time::sleep(Duration::from_millis(50)).await; // other processes, in real time
    }
}

/// Writes to a module's store from outside.
async fn write(server: &Installation, engine: TestEngine, module: &str, statements: &[String]) {
    match engine {
        TestEngine::Sqlite => {
            let file = server.processes[0].data_dir.join(format!("{module}.db"));
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let mut connection = options
                .busy_timeout(NAMED_WITHIN)
                .connect()
                .await
                .expect("opens");
            for sql in statements {
                let done = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
                    .execute(&mut connection)
                    .await;
                assert!(
                    done.expect("is written").rows_affected() > 0 || sql.starts_with("DROP"),
                    "{sql}"
                );
            }
            connection.close().await.expect("closes");
        }
        TestEngine::Postgres => {
            let url = server.database.as_ref().expect("a database").url();
            let mut connection = sqlx::PgConnection::connect(url).await.expect("connects");
            let path = format!("SET search_path = {module}");
            sqlx::raw_sql(AssertSqlSafe(path))
                .execute(&mut connection)
                .await
                .expect("is set");
            for sql in statements {
                let done = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
                    .execute(&mut connection)
                    .await;
                assert!(
                    done.expect("is written").rows_affected() > 0 || sql.starts_with("ALTER"),
                    "{sql}"
                );
            }
            connection.close().await.expect("closes");
        }
    }
}
