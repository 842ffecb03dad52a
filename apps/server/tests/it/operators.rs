//! What was given up is listed by command, and put back to work by command.

use std::path::Path;
use std::process::Command;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

const JOB: &str = "
    INSERT INTO jobs (id, kind, payload, state, run_at, attempts, max_attempts, reason, traceparent, created_at, finished_at)
    VALUES (x'0197290f3e2a7cc98a6f5d4c3b2a1908', 'payments.send_refund', '{}', 'dead', 0, 5, 5, 'provider said no',
            '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 0, 1)";

fn tenon(data_dir: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tenon"))
        .args(["--set", &format!("data_dir={}", data_dir.display())])
        .args(arguments)
        .output();
    let output = output.expect("the program runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.success(), said)
}

#[tokio::test]
async fn a_dead_job_is_listed_and_put_back_to_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let tenon = |arguments: &[&str]| tenon(folder.path(), arguments);
    let (good, said) = tenon(&["migrate"]);
    assert!(good, "{said}");
    let mut store = SqliteConnectOptions::new()
        .filename(folder.path().join("payments.db"))
        .connect()
        .await
        .expect("the store is a file");
    store.execute(JOB).await.expect("a dead job");
    store.close().await.expect("closes");

    let (_, said) = tenon(&["jobs", "dead"]);
    assert!(
        said.contains("payments.send_refund of payments after 5 attempts: provider said no"),
        "{said}"
    );
    let (good, said) = tenon(&["jobs", "retry", "--module", "warehouse"]);
    assert!(!good && said.contains("warehouse"), "{said}");
    let (_, said) = tenon(&["jobs", "retry", "--module", "orders"]);
    assert!(said.contains("0 jobs of orders"), "{said}");
    let (good, said) = tenon(&["jobs", "retry", "--module", "payments"]);
    assert!(
        good && said.contains("1 jobs of payments are back at work."),
        "{said}"
    );
    let (_, said) = tenon(&["jobs", "dead"]);
    assert!(!said.contains("payments.send_refund"), "{said}");
}

#[test]
fn an_event_that_does_not_wait_is_not_skipped() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(tenon(folder.path(), &["migrate"]).0);
    let event = "evt_01jwmgyk2e5zmrq9qwaaeg6ra8";
    let (good, said) = tenon(
        folder.path(),
        &["events", "skip", "--consumer", "orders", "--event", event],
    );
    assert!(good && said.contains("nothing was changed"), "{said}");
    let wrong = ["events", "skip", "--consumer", "orders", "--event", "ord_1"];
    let (good, said) = tenon(folder.path(), &wrong);
    assert!(!good && said.contains("--event"), "{said}");
}
