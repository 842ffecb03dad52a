//! The tables of every module of this repository, with rows in each, in every direction.

mod business;
mod platform;
mod trade;

use std::collections::BTreeSet;
use std::path::PathBuf;

use sqlx::migrate::Migrator;
use tenon_relocation::Silent;
use tenon_store::{Engine, Migrations};

use crate::rows::{Row, insert};
use crate::support::{World, catalog, directions, texts};

/// Rows of each table, about.
const ROWS: i64 = 60;

/// A module, the rows of its tables for a number, and what else is to be run for it.
struct Sample {
    module: &'static str,
    rows: fn(i64) -> Vec<Row>,
    script: fn(Engine, i64) -> String,
}

const MODULES: [Sample; 6] = [
    Sample {
        module: "audit",
        rows: business::audit,
        script: business::audit_head,
    },
    Sample {
        module: "catalog",
        rows: trade::catalog,
        script: nothing,
    },
    Sample {
        module: "identity",
        rows: business::identity,
        script: nothing,
    },
    Sample {
        module: "notifications",
        rows: business::notifications,
        script: nothing,
    },
    Sample {
        module: "orders",
        rows: trade::orders,
        script: nothing,
    },
    Sample {
        module: "payments",
        rows: trade::payments,
        script: nothing,
    },
];

fn nothing(_: Engine, _: i64) -> String {
    "SELECT 1".to_owned()
}

/// The migrations as they lie in the repository. The platform knows no module, so they are read and not linked.
async fn migrations(module: &'static str) -> Migrations {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../migrations")
        .join(module);
    let read = async |engine: &str| -> &'static Migrator {
        let migrator = Migrator::new(folder.join(engine))
            .await
            .expect("migrations can be read");
        &*Box::leak(Box::new(migrator))
    };
    Migrations {
        module,
        sqlite: Some(read("sqlite").await),
        postgres: Some(read("postgres").await),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_of_every_module_moves_in_every_direction() {
    for sample in &MODULES {
        let migrations = migrations(sample.module).await;
        for (from, to) in directions() {
            let name = format!("{} from {from:?} to {to:?}", sample.module);
            let world = World::new(from, to, migrations).await;
            let mut source = world.source().await;
            for number in 1..=ROWS {
                let mut rows = (sample.rows)(number);
                rows.extend(platform::rows(source.engine(), number));
                insert(&mut source, &rows).await;
                let engine = source.engine();
                source
                    .script((sample.script)(engine, number))
                    .await
                    .expect("runs");
            }
            source
                .script(platform::head(source.engine(), ROWS))
                .await
                .expect("runs");
            let before = catalog(&mut source).await;
            let report = world.relocation().run(&Silent).await;
            let report = report.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let empty: Vec<_> = report
                .tables
                .iter()
                .filter(|table| table.rows == 0)
                .collect();
            assert!(empty.is_empty(), "{name}: {empty:?}");
            let moved: BTreeSet<_> = report
                .tables
                .iter()
                .map(|table| table.table.as_str())
                .collect();
            let made: BTreeSet<_> = before
                .iter()
                .filter_map(|line| line.strip_prefix("table "))
                .filter(|table| (sample.rows)(1).iter().any(|(name, _)| name == table))
                .collect();
            assert!(made.is_subset(&moved), "{name}: {made:?}, {moved:?}");
            // The destination is a store like any other: it opens, and is the mirror of the source.
            world.to.db(migrations).await;
            let mut destination = world.destination().await;
            if from == to {
                assert_eq!(catalog(&mut destination).await, before, "{name}");
            }
            let head = match destination.engine() {
                Engine::Sqlite => {
                    "SELECT CAST(seq AS text) FROM sqlite_sequence WHERE name = 'outbox'"
                }
                Engine::Postgres => {
                    "SELECT (position + (SELECT COUNT(*) FROM outbox WHERE feedposition IS NULL))::text FROM feed_head"
                }
            };
            assert_eq!(
                texts(&mut destination, head).await,
                [ROWS.to_string()],
                "{name}"
            );
        }
    }
}
