//! A shop with a few goods, for every test here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{CatalogSettings, DemoShop, Deps};
use catalog_contract::{
    Catalog, CatalogClient, CatalogError, CommitReservation, Release, Reservation, ReservationId,
    Reserve, ReserveLine, VariantId,
};
use serde_json::{Value, json};
use tenon_kernel::{CallCtx, CursorKey, IdempotencyScope, Role};
use tenon_module::Invariant;
use tenon_seam::{EdgeSettings, Mode, Seam, SeamError, SeamResult};
use tenon_store::Db;
use tenon_testkit::{AppOptions, Client, Kit, TestApp, TestEngine};

/// How long reservations of tests are held.
pub(crate) const HOLD: Duration = Duration::from_mins(20);

pub(crate) struct Shop {
    pub(crate) app: TestApp,
    /// As another module sees it: encoded and decoded.
    pub(crate) catalog: Arc<dyn Catalog>,
    /// Without the seam and its timeouts.
    pub(crate) direct: Arc<dyn Catalog>,
    pub(crate) demo: DemoShop,
    pub(crate) db: Db,
    invariants: Vec<Arc<dyn Invariant>>,
    pub(crate) staff: Client,
}

impl Shop {
    pub(crate) async fn open(engine: TestEngine) -> Self {
        Self::with(engine, AppOptions::default()).await
    }

    pub(crate) async fn with(engine: TestEngine, options: AppOptions) -> Self {
        let kit = Kit::migrated(engine, &[catalog::MIGRATIONS]).await;
        let db = kit.db(catalog::MIGRATIONS).await;
        let deps = Deps {
            db: db.clone(),
            cursor_key: CursorKey::new(b"a test's own secret"),
        };
        let catalog = catalog::Catalog::build(CatalogSettings::default(), deps)
            .expect("the settings are good");
        let wire = EdgeSettings {
            mode: Mode::Wire,
            ..EdgeSettings::default()
        };
        let seam =
            Seam::new(BTreeMap::from([("catalog".to_owned(), wire)])).declare("test", &["catalog"]);
        let invariants = catalog.module.invariants.clone();
        let app = TestApp::with(kit, vec![catalog.module], options).await;
        Self {
            staff: app.user("sam", &[Role::Staff]),
            catalog: CatalogClient::connect(&seam, "test", Some(Arc::clone(&catalog.contract)))
                .expect("the settings hold"),
            direct: catalog.contract,
            demo: catalog.demo,
            app,
            db,
            invariants,
        }
    }

    /// A context with an idempotency key of its own, as commands over the seam need one.
    pub(crate) fn ctx(&self) -> CallCtx {
        let key = self.app.kit().env().new_uuid().to_string();
        self.keyed(&key)
    }

    pub(crate) fn keyed(&self, key: &str) -> CallCtx {
        let scope = IdempotencyScope {
            key: key.to_owned(),
            subject: "test".to_owned(),
            fingerprint: [7; 32],
        };
        self.app.kit().ctx().with_idempotency(scope)
    }

    pub(crate) fn new_reservation(&self) -> ReservationId {
        self.app.kit().env().new_id()
    }

    /// Publishes a product of one variant for 4.50 EUR, with so many pieces on hand.
    pub(crate) async fn variant(&self, sku: &str, pieces: i64) -> VariantId {
        let product = self.product(sku).await;
        let variant = id(&product["variants"][0]);
        if pieces > 0 {
            self.receive(variant, pieces).await;
        }
        variant
    }

    pub(crate) async fn product(&self, sku: &str) -> Value {
        let body = json!({
            "slug": sku.to_lowercase(), "title": format!("Tea {sku}"), "status": "active",
            "variants": [{ "sku": sku, "title": "100 g", "prices": [{ "amount": 450, "currency": "EUR" }] }],
        });
        self.staff
            .post("/v1/products")
            .json(&body)
            .await
            .expect(201)
    }

    pub(crate) async fn receive(&self, variant: VariantId, pieces: i64) {
        let body = json!({ "variant_id": variant, "delta": pieces, "reason": "received" });
        let key = self.app.kit().env().new_uuid().to_string();
        self.staff
            .post("/v1/inventory/adjustments")
            .key(&key)
            .json(&body)
            .await
            .expect(201);
    }

    /// On hand and reserved, over all locations.
    pub(crate) async fn stock(&self, variant: VariantId) -> (i64, i64) {
        let page = self
            .staff
            .get(&format!("/v1/inventory/levels?variant_id={variant}"))
            .await
            .expect(200);
        let sum = |name: &str| {
            page["data"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|it| it[name].as_i64())
                .sum()
        };
        (sum("on_hand"), sum("reserved"))
    }

    pub(crate) fn request(&self, id: ReservationId, lines: &[(VariantId, i64)]) -> Reserve {
        let lines = lines
            .iter()
            .map(|&(variant_id, quantity)| ReserveLine {
                variant_id,
                quantity,
            })
            .collect();
        Reserve {
            reservation_id: id,
            lines,
            expires_at: self.app.kit().env().now() + HOLD,
        }
    }

    pub(crate) async fn reserve(
        &self,
        id: ReservationId,
        lines: &[(VariantId, i64)],
    ) -> SeamResult<Reservation, CatalogError> {
        self.catalog
            .reserve(&self.ctx(), self.request(id, lines))
            .await
    }

    pub(crate) async fn release(&self, id: ReservationId) -> SeamResult<Reservation, CatalogError> {
        let req = Release {
            reservation_id: id,
            reason: "checkout_cancelled".to_owned(),
        };
        self.catalog.release(&self.ctx(), req).await
    }

    pub(crate) async fn commit(
        &self,
        id: ReservationId,
        order: &str,
    ) -> SeamResult<Reservation, CatalogError> {
        let req = CommitReservation {
            reservation_id: id,
            order_id: order.to_owned(),
        };
        self.catalog.commit_reservation(&self.ctx(), req).await
    }

    /// Names of the rules that some row breaks.
    pub(crate) async fn broken_invariants(&self) -> Vec<&'static str> {
        let (ctx, mut broken) = (self.app.kit().ctx(), Vec::new());
        for invariant in &self.invariants {
            let violations = invariant
                .check(&ctx)
                .await
                .expect("the rule can be checked");
            assert!(
                violations
                    .iter()
                    .all(|it| !it.subject.is_empty() && it.expected != it.actual),
                "{violations:?}"
            );
            if !violations.is_empty() {
                broken.push(invariant.name());
            }
        }
        broken
    }

    /// Moves the clock and runs what is due.
    pub(crate) async fn pass(&self, time: Duration) {
        self.app.kit().advance(time);
        self.app.settle().await;
    }
}

/// The refusal of a module.
#[track_caller]
pub(crate) fn refusal<T: std::fmt::Debug>(outcome: SeamResult<T, CatalogError>) -> CatalogError {
    match outcome {
        Err(SeamError::Domain(error)) => error,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The id of a view.
#[track_caller]
pub(crate) fn id<K: tenon_kernel::IdKind>(view: &Value) -> tenon_kernel::Id<K> {
    view["id"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic!("no id in {view}"))
}
