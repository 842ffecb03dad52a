//! The whole way of an erasure: nothing of a person is left in any table of any module.

mod life;
mod stores;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tenon_testkit::{TestEngine, engines};

use self::life::{EMAIL, Life, MARKS};
use self::stores::places_of;
use crate::server::{Installation, Topology};

const DAY: u64 = 86_400;
/// What may say who a person was for some time after the erasure, as `docs/erasure.md` says: orders on their way, and events on theirs.
const FOR_SOME_TIME: [&str; 4] = [
    "orders.orders",
    "orders.checkouts",
    "orders.outbox",
    "*.inbox",
];

/// Where her id may stand for good, as `docs/erasure.md` says.
const WITH_HER_ID: [&str; 10] = [
    "audit.audit_entries",
    "catalog.stock_movements",
    "identity.event_subjects",
    "identity.user_erasures",
    "notifications.erased_users",
    "notifications.event_subjects",
    "notifications.messages",
    "orders.checkouts",
    "orders.orders",
    "payments.payments",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_an_erased_person_is_left_in_any_store() {
    for engine in engines() {
        let topology = match engine {
            TestEngine::Sqlite => Topology::Local,
            TestEngine::Postgres => Topology::Wire,
        };
        whole_way(engine, topology).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_reaches_modules_in_processes_of_their_own() {
    whole_way(TestEngine::Sqlite, Topology::Remote).await;
}

async fn whole_way(engine: TestEngine, topology: Topology) {
    let mut server = started(engine, topology).await;
    let life = Life::lived(&server).await;

    // That the scan finds what is there: each mark, and each table in which somebody would look for it.
    let before = places_of(&server, &MARKS).await;
    for place in [
        "identity.users",
        "orders.carts",
        "orders.checkouts",
        "orders.orders",
        "orders.returns",
        "orders.fulfillments",
        "orders.outbox",
    ] {
        assert!(before.contains(place), "{place} is not in {before:?}");
    }
    for mark in MARKS {
        assert!(!places_of(&server, &[mark]).await.is_empty(), "{mark}");
    }

    // What is sealed or hashed shows nothing of her, but stands beside her id.
    let ids = life.ids();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let before = places_of(&server, &ids).await;
    for place in ["identity.sessions", "notifications.contact_points"] {
        assert!(before.contains(place), "{place} is not in {before:?}");
    }

    let token = server.token_of(&life.ada).await;
    let asked = server
        .http
        .delete(format!("{}/v1/me", server.api))
        .bearer_auth(&token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(asked.status(), 202);
    server.mails_come("Your account will be erased", 1).await;

    advance(&server, 7 * DAY).await;
    let (admin, user) = (
        server.token("admin").await,
        format!("/v1/users/{}", life.user),
    );
    server
        .waits("the account is gone", async || {
            server.status(&user, &admin).await == 404
        })
        .await;
    advance(&server, 3_600).await;
    server
        .waits("what has ended is emptied", async || {
            is_only_for_some_time(&places_of(&server, &MARKS).await)
        })
        .await;
    let left = places_of(&server, &[life::STREET]).await;
    assert!(
        left.contains("orders.orders"),
        "what is on its way has no address any more: {left:?}"
    );
    life.is_in_no_group(&server).await;
    life.keeps_its_amounts(&server).await;

    // The parcel still finds its buyer, who is told about it; then it is over, here and in what modules told each other.
    life.send_the_rest(&server).await;
    server.mails_come("is on its way", 2).await;
    for _ in 0..3 {
        advance(&server, 16 * DAY).await;
        server.rest().await;
    }
    server
        .waits("nothing is left", async || {
            places_of(&server, &MARKS).await.is_empty()
        })
        .await;
    let left = places_of(&server, &ids).await;
    let unexpected: Vec<_> = left
        .iter()
        .filter(|it| !WITH_HER_ID.contains(&it.as_str()))
        .collect();
    assert!(
        unexpected.is_empty(),
        "her id still stands in {unexpected:?}"
    );
    server.verify();
}

fn is_only_for_some_time(places: &BTreeSet<String>) -> bool {
    places.iter().all(|place| {
        FOR_SOME_TIME.contains(&place.as_str())
            || (place
                .split_once('.')
                .is_some_and(|(_, table)| table == "inbox")
                && FOR_SOME_TIME.contains(&"*.inbox"))
    })
}

/// An installation whose clock can be moved.
async fn started(engine: TestEngine, topology: Topology) -> Installation {
    let mut server = Installation::empty(engine, topology).await;
    for process in &mut server.processes {
        process
            .settings
            .push("development.movable_clock=true".to_owned());
    }
    server.seed();
    server.serve().await;
    server
}

/// Moves the clocks of all processes.
async fn advance(server: &Installation, seconds: u64) {
    for process in &server.processes {
        let clock = format!("http://127.0.0.1:{}/clock", process.operations);
        let moved = server
            .http
            .post(clock)
            .json(&json!({ "advance_seconds": seconds }));
        assert!(moved.send().await.expect("an answer").status().is_success());
    }
}

impl Installation {
    async fn token_of(&self, person: &crate::people::Person) -> String {
        let session: Value = self.sign_in(person).await;
        session["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    async fn status(&self, path: &str, token: &str) -> u16 {
        let request = self
            .http
            .get(format!("{}{path}", self.api))
            .bearer_auth(token);
        request.send().await.expect("an answer").status().as_u16()
    }

    /// Waits until so many mails to the person have such a subject.
    async fn mails_come(&self, subject: &str, times: usize) {
        self.waits(subject, async || {
            let mails = self.catcher.messages_to(EMAIL);
            let such = mails.iter().filter(|mail| mail.subject.contains(subject));
            such.count() == times
        })
        .await;
    }

    async fn waits(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        for _ in 0..600 {
            if is_so().await {
                return;
            }
            self.rest().await;
        }
        panic!("never: {what}; {:?}", places_of(self, &MARKS).await);
    }

    /// Lets the processes work.
    async fn rest(&self) {
        tokio::time::sleep(Duration::from_millis(100)).await; // other processes, in real time
    }
}
