//! Rows of the tables that every module has.

use tenon_store::Engine;

use crate::rows::{Row, V, j, t};

/// Half of the events have their position on PostgreSQL; the others wait for the positioner.
fn is_placed(number: i64) -> bool {
    number <= 30
}

pub(crate) fn rows(engine: Engine, n: i64) -> Vec<Row> {
    let at = V::At(1_780_315_200_000_000 + n);
    let mut event = vec![
        V::I(n),
        V::U(1_000 + n),
        t("thing.done"),
        V::I(1),
        t(format!("thing {}", n % 7)),
        V::I(n),
        j(format!(r#"{{"n": {n}, "text": "ü"}}"#)),
        t("user:1"),
        t("http"),
        V::Null,
        t("cause"),
        t("00-01"),
        at.clone(),
    ];
    if engine == Engine::Postgres {
        event.push(if is_placed(n) { V::I(n) } else { V::Null });
    }
    let running = n % 3 == 0;
    let lease = |value: V| if running { value } else { V::Null };
    let state = if running { "running" } else { "pending" };
    let mut rows = vec![
        (
            "idempotency_keys",
            vec![
                t("user:1"),
                t("place"),
                t(format!("key {n}")),
                V::X(32, n),
                t("done"),
                t("{\"Ok\":1}"),
                V::Null,
                at.clone(),
                V::At(1_790_000_000_000_000),
            ],
        ),
        ("outbox", event),
        (
            "event_cursors",
            vec![t("mail"), t(format!("source {n}")), V::I(n), at.clone()],
        ),
        (
            "inbox",
            vec![
                V::I(n),
                t("mail"),
                t("orders"),
                V::U(n),
                V::I(n),
                t("subject"),
                t("order.placed"),
                j("{\"a\": 1.50}"),
                t(state),
                at.clone(),
                V::I(1),
                V::I(20),
                lease(V::U(5)),
                lease(at.clone()),
                V::Null,
                at.clone(),
                V::Null,
            ],
        ),
        (
            "jobs",
            vec![
                V::I(n),
                V::U(n),
                t("kind"),
                j("[]"),
                t(state),
                at.clone(),
                V::I(1),
                V::I(3),
                t(format!("unique {n}")),
                lease(V::U(6)),
                lease(at.clone()),
                V::Null,
                t("00-02"),
                V::Null,
                V::Null,
                at.clone(),
                V::Null,
            ],
        ),
        (
            "deprecated_uses",
            vec![
                t("get_thing?old"),
                t("api_key"),
                t(format!("key {n}")),
                at.clone(),
                at.clone(),
                V::I(n + 1),
            ],
        ),
        (
            "operations",
            vec![
                V::U(n),
                t("set_things"),
                t("user:1"),
                t(format!("/v1/things/{n}")),
                V::U(n),
                t("running"),
                V::I(n),
                V::I(n + 1),
                t("{\"b\": 1, \"a\": 2}"),
                V::Null,
                V::I(2),
                at.clone(),
                at.clone(),
                V::Null,
            ],
        ),
        (
            "schedules",
            vec![t(format!("schedule {n}")), at.clone(), at.clone()],
        ),
        (
            "sagas",
            vec![
                V::U(n),
                t("checkout"),
                t("step"),
                t("running"),
                j(format!("{{\"step\": {n}}}")),
                V::I(1),
                at.clone(),
                at.clone(),
                at.clone(),
            ],
        ),
    ];
    if n <= 7 {
        rows.push((
            "event_subjects",
            vec![t(format!("thing {}", n % 7)), V::I(60)],
        ));
    }
    rows
}

/// What the positioner would have left.
pub(crate) fn head(engine: Engine, rows: i64) -> String {
    match engine {
        Engine::Sqlite => "SELECT 1".to_owned(),
        Engine::Postgres => format!(
            "UPDATE feed_head SET position = 30;
             SELECT setval(pg_get_serial_sequence('outbox', 'id')::regclass, {rows})"
        ),
    }
}
