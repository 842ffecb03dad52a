//! The module with stores that produce events around it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use audit::{Audit, AuditSettings, Deps};
use audit_contract::{BrokenEntry, ChainReport, VerifyChain};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, CursorKey, Role};
use tenon_module::{Invariant, Module};
use tenon_seam::Event;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Db, Migrations, Queryable as _, StoreError};
use tenon_testkit::{AppOptions, Kit, TestApp, TestEngine};

/// Everything a test needs.
pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) contract: Arc<dyn audit_contract::Audit>,
    pub(crate) db: Db,
    pub(crate) invariants: Vec<Arc<dyn Invariant>>,
}

const SOURCES: [&str; 2] = ["catalog", "orders"];

/// A fact of a module that audit has never heard of.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Happened {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) comment: String,
}
tenon_seam::event!(Happened, "thing.happened", 1, id);

impl World {
    pub(crate) async fn new(engine: TestEngine) -> Self {
        Self::with(engine, AppOptions::default()).await
    }

    pub(crate) async fn with(engine: TestEngine, options: AppOptions) -> Self {
        let mut stores = vec![audit::MIGRATIONS];
        stores.extend(SOURCES.map(empty_store));
        let kit = Kit::migrated(engine, &stores).await;
        let db = kit.db(audit::MIGRATIONS).await;
        let deps = Deps {
            db: db.clone(),
            sources: SOURCES.to_vec(),
            cursor_key: CursorKey::new(b"test"),
        };
        let audit = Audit::build(AuditSettings::default(), deps);
        let invariants = audit.module.invariants.clone();
        let mut modules = vec![audit.module];
        for source in SOURCES
            .into_iter()
            .filter(|name| options.feeds.iter().all(|feed| feed.source() != *name))
        {
            modules.push(Module::new(kit.db(empty_store(source)).await));
        }
        let contract = audit.contract;
        Self {
            app: TestApp::with(kit, modules, options).await,
            contract,
            db,
            invariants,
        }
    }

    /// Emits an event on someone's behalf, without letting audit see it yet.
    pub(crate) async fn emit<E: Event>(&self, mut ctx: CallCtx, source: &'static str, event: &E) {
        let db = self.app.kit().db(empty_store(source)).await;
        let mut tx = db
            .begin(&mut ctx, "test.emit")
            .await
            .expect("the store is there");
        tx.emit(event).await.expect("the event can be written");
        tx.commit().await.expect("it commits");
    }

    /// Someone changes a product's title `count` times, a minute apart.
    pub(crate) async fn changes(&self, count: u32) {
        for number in 0..count {
            let change = AuditRecorded {
                action: "product.updated".to_owned(),
                target: format!("prd_{}", number % 3),
                before: Some(serde_json::json!({ "title": format!("Tea {number}") })),
                after: Some(serde_json::json!({ "title": format!("Tea {}", number + 1) })),
            };
            self.emit(self.app.kit().ctx(), "catalog", &change).await;
            // Facts about different things may be written down in another order: here they are not.
            self.app.settle().await;
            self.app.kit().advance(std::time::Duration::from_mins(1));
        }
    }

    /// Things `thg_1`, `thg_2` … happen, in this order; each becomes the entry of its number if they are the first.
    pub(crate) async fn happen(&self, numbers: RangeInclusive<i64>) {
        let db = self.app.kit().db(empty_store("orders")).await;
        let mut ctx = self.app.kit().ctx();
        let mut tx = db.begin(&mut ctx, "test.emit").await.expect("begun");
        for number in numbers {
            let event = Happened {
                id: format!("thg_{number}"),
                email: String::new(),
                comment: format!("\"Grüße\" no. {number}\n"),
            };
            tx.emit(&event).await.expect("the event can be written");
        }
        tx.commit().await.expect("it commits");
        self.app.settle().await;
    }

    /// Writes a node of the tree over the one that is stored.
    pub(crate) async fn put_node(&self, level: i64, position: i64, hash: Vec<u8>) {
        let mut ctx = self.app.kit().ctx();
        let mut tx = self.db.begin(&mut ctx, "test.put").await.expect("begun");
        let changed = tx
            .query("UPDATE audit_tree_nodes SET hash = $3 WHERE level = $1 AND position = $2")
            .bind(level)
            .bind(position)
            .bind(hash)
            .execute()
            .await;
        assert_eq!(changed.expect("written"), 1);
        tx.commit().await.expect("it commits");
    }

    /// What an administrator sees.
    pub(crate) async fn entries(&self, query: &str) -> Vec<Value> {
        let admin = self.app.user("root", &[Role::Admin]);
        let body = admin
            .get(&format!("/v1/audit/entries?{query}"))
            .await
            .expect(200);
        body["data"].as_array().expect("a list").clone()
    }

    /// Looks at the whole chain, in steps of `limit`.
    pub(crate) async fn verify(&self, limit: u32) -> ChainReport {
        let ctx = self.app.kit().ctx();
        let (mut from, mut verified) = (1, 0);
        loop {
            let report = self
                .contract
                .verify_chain(&ctx, VerifyChain { from, limit })
                .await
                .expect("it can be read");
            verified += report.verified;
            match report.next {
                Some(next) => from = next,
                None => return ChainReport { verified, ..report },
            }
        }
    }

    pub(crate) async fn broken(&self) -> Option<BrokenEntry> {
        let broken = self.verify(1_000).await.broken;
        assert_eq!(
            self.verify(3).await.broken,
            broken,
            "the steps make a difference"
        );
        broken
    }

    /// Runs one statement.
    pub(crate) async fn try_execute(&self, sql: &'static str) -> Result<u64, StoreError> {
        let mut ctx = self.app.kit().ctx();
        let mut tx = self.db.begin(&mut ctx, "test.execute").await?;
        let changed = tx.query(sql).execute().await?;
        tx.commit().await?;
        Ok(changed)
    }

    pub(crate) async fn execute(&self, sql: &'static str) -> u64 {
        self.try_execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }
}

fn empty_store(module: &'static str) -> Migrations {
    Migrations {
        module,
        sqlite: None,
        postgres: None,
    }
}
