//! Every type of value in every direction, there and back.

use tenon_relocation::Silent;
use tenon_store::Queryable as _;

use crate::rows::{Row, V, insert, j, t};
use crate::support::{Recorder, SAMPLES, World, catalog, directions, texts};

/// Rows whose values are at the edges of their types.
fn edge_rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let texts = [
        "plain",
        "",
        "'\"\\/ \n\t\r\u{8}\u{c}\u{1}\u{1f}\u{7f}",
        "Ünïcödé ß ﬀ",
        "日本語",
        "🦀 e\u{301} \u{202e}rtl",
        "[1,2]",
        "{\"a\":1}",
        "null",
        "\u{fffd}\u{feff}\u{10ffff}",
    ];
    let numbers = [
        0,
        1,
        -1,
        i64::MAX,
        i64::MIN,
        9_007_199_254_740_993,
        -9_007_199_254_740_993,
        42,
        7,
        8,
    ];
    let times = [
        0,
        1,
        -1,
        1_780_315_200_123_456,
        253_402_300_799_999_999,
        -62_135_596_800_000_000,
        999_999,
        1_000_000,
        -1_000_001,
        9_007_199_254_740_993,
    ];
    let documents = [
        r#"{"b":1,"a":[1,2.50,{"x":null}],"ü":"🦀\u0007"}"#,
        "null",
        "[]",
        "\"text\"",
        "123456789012345678901234567890.125",
        r#"{"a":{"b":{"c":[true,false]}}}"#,
        "-0.0",
        "1e3",
        "9007199254740993",
        r#"{"a":1,"a":2}"#,
    ];
    for (place, text) in texts.iter().enumerate() {
        let number = i64::try_from(place).expect("few") + 1;
        let some = place % 3 != 0;
        rows.push(("owners", vec![V::U(number)]));
        rows.push((
            "samples",
            vec![
                V::U(number),
                t(format!("{number} {text}")),
                V::I(numbers[place]),
                V::B(place % 2 == 0),
                if some {
                    V::X(place * 29, number * 31)
                } else {
                    V::Null
                },
                if some { t(*text) } else { V::Null },
                if place == 9 {
                    V::Null
                } else {
                    j(documents[place])
                },
                V::At(times[place]),
                if place > 0 { V::U(number - 1) } else { V::Null },
            ],
        ));
        rows.push(("parts", vec![V::U(number), V::I(numbers[place]), t(*text)]));
        rows.push((
            "words",
            vec![t(*text), t(format!("Z{text}")), V::I(numbers[place])],
        ));
        rows.push(("words", vec![t(*text), t(format!("a{text}")), V::I(number)]));
        rows.push(("deeds", vec![V::I(number * 10), V::I(1), V::I(number)]));
    }
    // The last document is one whose member comes twice; jsonb keeps the last.
    rows.push(("owners", vec![V::U(99)]));
    rows.push((
        "samples",
        vec![
            V::U(99),
            t("twice"),
            V::I(0),
            V::B(true),
            V::X(0, 0),
            t(""),
            j(documents[9]),
            V::At(5),
            V::Null,
        ],
    ));
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_value_arrives_in_every_direction_and_comes_back() {
    for (from, to) in directions() {
        let world = World::new(from, to, SAMPLES).await;
        let mut source = world.source().await;
        insert(&mut source, &edge_rows()).await;
        let (rows, before) = (edge_rows().len() as u64, catalog(&mut source).await);

        let recorder = Recorder::default();
        let report = world.relocation().run(&recorder).await;
        let report = report.unwrap_or_else(|error| panic!("{from:?} to {to:?}: {error:?}"));
        let moved: u64 = report.tables.iter().map(|table| table.rows).sum();
        // Totals are the fold of deeds; the platform brings its own row of feed_head on PostgreSQL.
        assert!(
            moved > rows && moved <= rows + 2,
            "{from:?} to {to:?}: {moved} of {rows}"
        );
        assert_eq!(report.epoch, 2);

        // The destination is whole: its triggers fold and refuse, its counters go on, its foreign keys hold.
        let db = world.to.db(SAMPLES).await;
        let mut ctx = world.to.ctx();
        let mut tx = db.begin(&mut ctx, "samples.add").await.expect("begins");
        let number = tx
            .query("INSERT INTO deeds (writer, turn) VALUES (1, 1000) RETURNING number")
            .fetch_scalar::<i64>()
            .await
            .expect("adds");
        assert_eq!(number, Some(101), "{from:?} to {to:?}");
        let total = tx
            .query("SELECT deeds FROM totals WHERE writer = 1")
            .fetch_scalar::<i64>()
            .await;
        assert_eq!(total.expect("reads"), Some(11), "{from:?} to {to:?}");
        tx.commit().await.expect("commits");
        let mut tx = db.begin(&mut ctx, "samples.remove").await.expect("begins");
        let error = tx
            .query("DELETE FROM deeds")
            .execute()
            .await
            .expect_err("is refused");
        assert!(error.is_check("deeds_stay"), "{error:?}");
        tx.rollback().await.expect("rolls back");
        let mut tx = db.begin(&mut ctx, "samples.cascade").await.expect("begins");
        tx.query("UPDATE samples SET twin = NULL")
            .execute()
            .await
            .expect("updates");
        tx.query("DELETE FROM samples WHERE label = '1 plain'")
            .execute()
            .await
            .expect("deletes");
        tx.commit().await.expect("commits");
        let mut destination = world.destination().await;
        let parts = texts(&mut destination, "SELECT CAST(COUNT(*) AS text) FROM parts").await;
        assert_eq!(parts, ["9"], "{from:?} to {to:?}: the cascade works again");
        if from == to {
            assert_eq!(
                catalog(&mut destination).await,
                before,
                "{from:?} to {to:?}"
            );
        }
        drop(destination);

        // And back, to where the former owner still lies.
        db.close().await;
        world.db.close().await;
        let refused = world
            .return_journey()
            .run(&Silent)
            .await
            .expect_err("is occupied");
        assert!(refused.to_string().contains("--replace"), "{refused}");
        let back = world
            .return_journey()
            .replacing_a_former_owner(true)
            .run(&Silent)
            .await;
        let back = back.unwrap_or_else(|error| panic!("{to:?} back to {from:?}: {error:?}"));
        assert_eq!(back.epoch, 3);
        let mut source = world.source().await;
        assert_eq!(
            catalog(&mut source).await,
            before,
            "{to:?} back to {from:?}"
        );
        let deeds = texts(&mut source, "SELECT CAST(MAX(number) AS text) FROM deeds").await;
        assert_eq!(deeds, ["101"]);
    }
}

/// The hash of a table says the same on every engine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_rows_have_the_same_hash_in_every_direction() {
    let mut hashes = Vec::new();
    for (from, to) in directions().into_iter().filter(|(from, to)| from != to) {
        let world = World::new(from, to, SAMPLES).await;
        insert(&mut world.source().await, &edge_rows()).await;
        let tables = world.moved().await.tables;
        hashes.push(
            tables
                .into_iter()
                .filter(|table| {
                    ["samples", "words", "parts", "owners", "deeds"].contains(&table.table.as_str())
                })
                .collect::<Vec<_>>(),
        );
    }
    assert!(
        hashes.windows(2).all(|pair| pair[0] == pair[1]),
        "{hashes:#?}"
    );
}

/// Numbers that were given and taken away are not given again, and an empty table goes on where it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counters_go_on_even_without_rows() {
    for (from, to) in directions() {
        let world = World::new(from, to, SAMPLES).await;
        let mut source = world.source().await;
        let rows: Vec<Row> = (1..=5).map(|n| ("jobs", job(n))).collect();
        insert(&mut source, &rows).await;
        let advance = match source.engine() {
            tenon_store::Engine::Sqlite => "SELECT 1",
            tenon_store::Engine::Postgres => {
                "SELECT setval(pg_get_serial_sequence('jobs', 'seq')::regclass, 5)"
            }
        };
        source
            .script(format!("{advance}; DELETE FROM jobs"))
            .await
            .expect("deletes");
        world.moved().await;
        let mut destination = world.destination().await;
        let named: Vec<_> = job(6).into_iter().skip(1).collect();
        let columns = "(id, kind, payload, state, run_at, attempts, max_attempts, unique_key, lease_token, leased_until,
            reason, traceparent, correlation_id, causation_id, created_at, finished_at)";
        crate::rows::insert_named(&mut destination, "jobs", columns, &named).await;
        let next = texts(&mut destination, "SELECT CAST(seq AS text) FROM jobs").await;
        assert_eq!(next, ["6"], "{from:?} to {to:?}");
    }
}

fn job(number: i64) -> Vec<V> {
    vec![
        V::I(number),
        V::U(number),
        t("k"),
        j("{}"),
        t("pending"),
        V::At(1),
        V::I(0),
        V::I(3),
        V::Null,
        V::Null,
        V::Null,
        V::Null,
        t("00"),
        V::Null,
        V::Null,
        V::At(1),
        V::Null,
    ]
}
