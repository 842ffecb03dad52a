//! For tests of every crate: both engines, the moving clock, a private PostgreSQL cluster, an app in a box.
//!
//! ```ignore
//! #[tokio::test]
//! async fn placing_an_order_reserves_stock() {
//!     for engine in tenon_testkit::engines() {                      // SQLite, and PostgreSQL where it is installed
//!         let kit = Kit::migrated(engine, &[catalog::MIGRATIONS]).await;
//!         let db = kit.db(catalog::MIGRATIONS).await;
//!         let catalog = catalog::Catalog::build(CatalogSettings::default(), Deps { db, … }).expect("builds");
//!         let app = TestApp::new(kit, vec![catalog.module]).await;
//!
//!         let alice = app.user("alice", &[Role::Customer]);
//!         let reply = alice.post("/v1/carts").json(&json!({…})).await;
//!         assert_eq!(reply.status(), 201);
//!         app.settle().await;
//!     }
//! }
//! ```
//!
//! Crates that the app in a box is made of depend on this one by path with `default-features = false`.

#[cfg(feature = "app")]
mod app;
mod engine;
mod place;
mod postgres;
mod rounds;

#[cfg(feature = "app")]
pub use self::app::{AppOptions, Client, TestApp, TestReply, TestRequest, TestStream};
pub use self::engine::{Kit, TestEngine, engines};
pub use self::postgres::{TestDatabase, is_installed as postgres_is_installed};
pub use self::rounds::{Dice, rounds};
