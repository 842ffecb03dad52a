//! The simulator as merchants and buyers meet it: over HTTP.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use payment_simulator::{
    ApiMode, Choice, Config, Fault, Operation, SignedWebhook, Simulator, Status, WebhookMode,
    WebhookSink,
};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tenon_kernel::{Env, MovableClock, SystemEntropy};

struct Merchant {
    simulator: Simulator,
    client: Client,
}

impl Merchant {
    async fn new(config: Config) -> Self {
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()
            .expect("a client");
        Self {
            simulator: Simulator::start(config).await.expect("it starts"),
            client,
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Response {
        self.client
            .post(format!("{}{path}", self.simulator.url()))
            .json(body)
            .send()
            .await
            .expect("an answer")
    }

    async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.simulator.url()))
            .send()
            .await
            .expect("an answer")
    }

    async fn create(&self, key: &str, method: Option<&str>) -> Value {
        let body = json!({
            "key": key, "reference": format!("ref-{key}"), "amount": 1_999, "currency": "EUR",
            "payment_method": method, "return_url": "https://shop.test/thanks",
        });
        let answer = self.post("/intents", &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json().await.expect("JSON")
    }

    async fn choose(&self, intent: &Value, choice: &str) -> Response {
        let url = format!("{}/pay/{}", self.simulator.url(), id(intent));
        self.client
            .post(url)
            .form(&[("choice", choice)])
            .send()
            .await
            .expect("an answer")
    }

    /// Sends what gets no whole answer.
    async fn expect_broken(&self, path: &str, body: &Value) {
        let url = format!("{}{path}", self.simulator.url());
        let sent = self.client.post(url).json(body).send();
        let whole = async { sent.await?.bytes().await };
        whole.await.expect_err("the connection breaks");
    }

    fn status(&self, intent: &Value) -> Status {
        self.simulator.intent(id(intent)).expect("known").status
    }
}

fn id(intent: &Value) -> &str {
    intent["id"].as_str().expect("an id")
}

#[tokio::test]
async fn a_key_replays_its_answer_and_serves_nothing_else() {
    let merchant = Merchant::new(Config::default()).await;
    let first = merchant.create("k1", Some("pm_success")).await;
    assert_eq!(merchant.create("k1", Some("pm_success")).await, first);
    assert_eq!(merchant.simulator.intents().len(), 1);

    let other = json!({ "key": "k1", "reference": "another", "amount": 1, "currency": "EUR" });
    let answer = merchant.post("/intents", &other).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);

    let path = format!("/intents/{}/capture", id(&first));
    for _ in 0..2 {
        let body = json!({ "key": "c1", "amount": 500 });
        assert_eq!(merchant.post(&path, &body).await.status(), StatusCode::OK);
    }
    let captured = merchant
        .simulator
        .intent(id(&first))
        .expect("known")
        .captured;
    assert_eq!(captured, 500);
}

#[tokio::test]
async fn a_lost_answer_is_a_broken_connection_and_the_key_still_finds_it() {
    let config = Config {
        silence: Duration::ZERO,
        ..Config::default()
    };
    let merchant = Merchant::new(config).await;
    let body = json!({ "key": "k1", "reference": "r", "amount": 1, "currency": "EUR" });
    merchant
        .simulator
        .inject(Operation::Create, Fault::LoseAnswer);
    assert!(merchant.simulator.is_waiting_for(Operation::Create));
    merchant.expect_broken("/intents", &body).await;
    assert!(!merchant.simulator.is_waiting_for(Operation::Create));
    assert_eq!(merchant.simulator.intents().len(), 1);
    assert_eq!(
        merchant.post("/intents", &body).await.status(),
        StatusCode::CREATED
    );

    merchant.simulator.set_api(ApiMode::Silent);
    let other = json!({ "key": "k2", "reference": "s", "amount": 1, "currency": "EUR" });
    merchant.expect_broken("/intents", &other).await;
    assert_eq!(merchant.simulator.intents().len(), 1, "nothing happens");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer_and_a_silent_api_says_how_many_wait() {
    let merchant = Merchant::new(Config::default()).await;
    let body = |key: &str| json!({ "key": key, "reference": key, "amount": 1, "currency": "EUR" });
    merchant
        .simulator
        .inject(Operation::Create, Fault::BreakOff);
    merchant.expect_broken("/intents", &body("k1")).await;
    assert_eq!(merchant.simulator.intents().len(), 1, "it happened");

    merchant.simulator.set_api(ApiMode::Silent);
    let url = format!("{}/intents", merchant.simulator.url());
    let call = tokio::spawn(merchant.client.post(url).json(&body("k2")).send());
    loop {
        let mode = merchant.get("/control/mode").await;
        let mode: Value = mode.json().await.expect("JSON");
        if mode["held_calls"] == 1 {
            break;
        }
        tokio::task::yield_now().await;
    }
    call.abort();
    assert_eq!(merchant.simulator.intents().len(), 1, "nothing happens");
}

#[tokio::test]
async fn the_bank_may_succeed_after_the_merchant_has_called_it_off() {
    let merchant = Merchant::new(Config::default()).await;
    for (key, method, end) in [
        ("k1", None, Status::Canceled),
        ("k2", Some("pm_declined"), Status::Declined),
    ] {
        let intent = merchant.create(key, method).await;
        if end == Status::Canceled {
            let void = format!("/intents/{}/void", id(&intent));
            let body = json!({ "key": "void" });
            assert_eq!(merchant.post(&void, &body).await.status(), StatusCode::OK);
        }
        assert_eq!(merchant.status(&intent), end);
        assert!(!merchant.simulator.choose(id(&intent), Choice::Pay));
        assert!(merchant.simulator.choose(id(&intent), Choice::SucceedLate));
        assert_eq!(merchant.status(&intent), Status::Authorized);
        assert!(!merchant.simulator.choose(id(&intent), Choice::SucceedLate));
    }
}

#[tokio::test]
async fn operations_out_of_order_are_refused_by_name() {
    let merchant = Merchant::new(Config::default()).await;
    let paid = merchant.create("k1", Some("pm_success")).await;
    let declined = merchant.create("k2", Some("pm_declined")).await;
    for (intent, operation, body, code) in [
        (
            &paid,
            "refund",
            json!({ "key": "1", "amount": 1 }),
            "not_captured",
        ),
        (
            &paid,
            "capture",
            json!({ "key": "2", "amount": 2_000 }),
            "amount_too_large",
        ),
        (
            &declined,
            "capture",
            json!({ "key": "3" }),
            "not_authorized",
        ),
        (&declined, "void", json!({ "key": "4" }), "already_declined"),
    ] {
        let answer = merchant
            .post(&format!("/intents/{}/{operation}", id(intent)), &body)
            .await;
        assert_eq!(answer.status(), StatusCode::CONFLICT, "{operation}");
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["error"]["code"], code);
    }
    merchant
        .post(
            &format!("/intents/{}/capture", id(&paid)),
            &json!({ "key": "5" }),
        )
        .await;
    let answer = merchant
        .post(
            &format!("/intents/{}/capture", id(&paid)),
            &json!({ "key": "6" }),
        )
        .await;
    assert_eq!(
        answer.json::<Value>().await.expect("JSON")["error"]["code"],
        "already_captured"
    );
}

#[tokio::test]
async fn a_buyer_decides_on_the_page_and_returns_to_the_shop() {
    let merchant = Merchant::new(Config::default()).await;
    for (choice, status) in [
        ("pay", Status::Authorized),
        ("decline", Status::Declined),
        ("fail_challenge", Status::Declined),
    ] {
        let intent = merchant.create(choice, None).await;
        assert_eq!(intent["status"], "requires_action");
        let page = merchant
            .get(&format!("/pay/{}", id(&intent)))
            .await
            .text()
            .await
            .expect("a page");
        assert!(page.contains("19.99 EUR"), "{page}");

        let answer = merchant.choose(&intent, choice).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], "https://shop.test/thanks");
        assert_eq!(merchant.status(&intent), status, "{choice}");
        // The choice is made: the page only says so now.
        let again = merchant.choose(&intent, "pay").await;
        assert_eq!(again.headers()["location"], format!("/pay/{}", id(&intent)));
        assert_eq!(merchant.status(&intent), status, "{choice}");
    }
}

#[tokio::test]
async fn a_buyer_who_vanishes_leaves_no_trace_but_the_money() {
    let merchant = Merchant::new(Config::default()).await;
    let intent = merchant.create("k1", None).await;
    merchant.simulator.take_webhooks();
    let answer = merchant.choose(&intent, "pay_and_vanish").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(merchant.status(&intent), Status::Authorized);
    assert!(merchant.simulator.take_webhooks().is_empty());
}

#[tokio::test]
async fn a_3ds_payment_shows_the_banks_question() {
    let merchant = Merchant::new(Config::default()).await;
    let intent = merchant.create("k1", Some("pm_3ds")).await;
    let page = merchant
        .get(&format!("/pay/{}", id(&intent)))
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Is it really you"), "{page}");
}

#[tokio::test]
async fn names_from_merchants_cannot_become_markup() {
    let merchant = Merchant::new(Config::default()).await;
    let body = json!({
        "key": "k", "reference": "<script>alert(1)</script>", "amount": 1, "currency": "EUR",
        "payment_method": "\"><img src=x>",
    });
    merchant.post("/intents", &body).await;
    let body = json!({
        "key": "k2", "reference": "<script>alert(2)</script>", "amount": 1, "currency": "EUR",
        "return_url": "javascript:alert(3)",
    });
    let intent: Value = merchant
        .post("/intents", &body)
        .await
        .json()
        .await
        .expect("JSON");
    for path in ["/".to_owned(), format!("/pay/{}", id(&intent))] {
        let answer = merchant.get(&path).await;
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        let page = answer.text().await.expect("a page");
        assert!(
            !page.contains("<script") && !page.contains("<img"),
            "{page}"
        );
    }
    let answer = merchant.choose(&intent, "pay").await;
    assert_eq!(
        answer.status(),
        StatusCode::OK,
        "it does not lead anywhere but to the web"
    );
}

#[tokio::test]
async fn pages_of_other_sites_cannot_press_buttons() {
    let merchant = Merchant::new(Config::default()).await;
    let intent = merchant.create("k1", None).await;
    let url = format!("{}/pay/{}", merchant.simulator.url(), id(&intent));
    let request = merchant
        .client
        .post(url)
        .header("sec-fetch-site", "cross-site")
        .form(&[("choice", "pay")]);
    assert_eq!(
        request.send().await.expect("an answer").status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(merchant.status(&intent), Status::RequiresAction);
}

#[tokio::test]
async fn the_api_asks_for_its_key() {
    let config = Config {
        api_key: Some("sk_test".to_owned()),
        ..Config::default()
    };
    let merchant = Merchant::new(config).await;
    assert_eq!(
        merchant.get("/intents/by-reference/x").await.status(),
        StatusCode::UNAUTHORIZED
    );
    let url = format!("{}/intents/by-reference/x", merchant.simulator.url());
    let request = merchant.client.get(url).bearer_auth("sk_test");
    assert_eq!(
        request.send().await.expect("an answer").status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn modes_and_choices_can_be_controlled_over_http() {
    let merchant = Merchant::new(Config::default()).await;
    let intent = merchant.create("k1", None).await;
    let mode = merchant
        .post(
            "/control/mode",
            &json!({ "api": "down", "webhooks": "drop" }),
        )
        .await;
    assert_eq!(mode.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        merchant
            .get(&format!("/intents/{}", id(&intent)))
            .await
            .status(),
        StatusCode::SERVICE_UNAVAILABLE
    );

    let chosen = merchant
        .post(
            "/control/intents/ref-k1/choice",
            &json!({ "choice": "pay" }),
        )
        .await;
    assert_eq!(chosen.status(), StatusCode::OK);
    let twice = merchant
        .post(
            "/control/intents/ref-k1/choice",
            &json!({ "choice": "decline" }),
        )
        .await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    let list: Value = merchant
        .get("/control/intents")
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(list["intents"][0]["status"], "authorized");

    merchant.simulator.set_api(ApiMode::Normal);
    merchant.simulator.set_webhooks(WebhookMode::Hold);
    merchant.simulator.take_webhooks();
    let resent = merchant
        .post("/control/intents/ref-k1/webhooks", &json!({ "copies": 2 }))
        .await;
    assert_eq!(resent.status(), StatusCode::ACCEPTED);
    assert_eq!(merchant.simulator.take_webhooks().len(), 2);
    let wrong = merchant
        .post("/control/mode", &json!({ "api": "confused" }))
        .await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_books_survive_a_restart() {
    let directory = tempfile::tempdir().expect("a directory");
    let config = Config {
        state_file: Some(directory.path().join("books.json")),
        ..Config::default()
    };
    let merchant = Merchant::new(config.clone()).await;
    let before = merchant.create("k1", None).await;
    assert!(merchant.simulator.choose(id(&before), Choice::Pay));
    drop(merchant);

    let merchant = Merchant::new(config).await;
    assert_eq!(merchant.status(&before), Status::Authorized);
    // The key still replays its first answer.
    assert_eq!(merchant.create("k1", None).await["id"], before["id"]);
}

#[tokio::test]
async fn scripts_can_take_held_webhooks_and_have_their_own_signed() {
    let merchant = Merchant::new(Config::default()).await;
    merchant
        .post("/control/mode", &json!({ "webhooks": "hold" }))
        .await;
    let intent = merchant.create("k1", Some("pm_success")).await;
    let take = async || -> Value {
        let taken = merchant.post("/control/webhooks/take", &json!({})).await;
        taken.json().await.expect("JSON")
    };
    let taken = take().await;
    let webhook = &taken["webhooks"][0];
    let body = webhook["body"].as_str().expect("a body");
    assert!(body.contains("intent.authorized") && body.contains(id(&intent)));
    let signed = merchant
        .post("/control/signatures", &json!({ "body": body }))
        .await;
    let signed: Value = signed.json().await.expect("JSON");
    for signature in [&webhook["signature"], &signed["signature"]] {
        let text = signature.as_str().expect("a signature");
        assert!(text.starts_with("t=") && text.contains(",v1="), "{text}");
    }
    assert_eq!(take().await["webhooks"], json!([]), "taken is taken");
}

#[tokio::test]
async fn a_moved_clock_ends_the_pause_before_the_next_delivery() {
    let (sent, mut arrived) = tokio::sync::mpsc::unbounded_channel();
    let clock = Arc::new(MovableClock::default());
    let merchant = Merchant::new(Config {
        env: Env::new(clock, Arc::new(SystemEntropy)),
        webhook_sink: Some(Arc::new(Deaf(sent))),
        ..Config::default()
    })
    .await;
    merchant.create("k1", Some("pm_success")).await;
    let first = arrived.recv().await.expect("delivered");
    // The pauses are 1, 5, 25 and 120 seconds: nobody waits for them here.
    for _ in 0..4 {
        let moved = merchant
            .post("/control/clock", &json!({ "advance_seconds": 120 }))
            .await;
        assert_eq!(moved.status(), StatusCode::OK);
        let again = tokio::time::timeout(Duration::from_secs(10), arrived.recv()).await;
        let again = again.expect("at once").expect("delivered again");
        assert_eq!(again.event_id, first.event_id);
        assert_ne!(again.signature, first.signature, "signed as of now");
    }
    let view: Value = merchant
        .get("/control/clock")
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(view["ahead_seconds"], 480);
}

#[tokio::test]
async fn a_clock_that_is_not_to_be_moved_says_so() {
    let merchant = Merchant::new(Config::default()).await;
    let refused = merchant
        .post("/control/clock", &json!({ "advance_seconds": 1 }))
        .await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
}

/// Hears webhooks and takes none.
struct Deaf(tokio::sync::mpsc::UnboundedSender<SignedWebhook>);

#[async_trait]
impl WebhookSink for Deaf {
    async fn deliver(&self, webhook: SignedWebhook) -> bool {
        self.0.send(webhook).expect("the test listens");
        false
    }
}
