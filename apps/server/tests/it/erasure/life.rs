//! Somebody who has left something in every module.

use identity_contract::UserId;
use serde_json::{Value, json};

use crate::buyer::variants;
use crate::people::{Person, read};
use crate::server::Installation;

pub(super) const EMAIL: &str = "augusta.king@lovelace.example";
pub(super) const STREET: &str = "Marylebone Road 77";
/// What says who she is, and stands in no other account: address, name, telephone, where she lives, and what was written about her.
pub(super) const MARKS: [&str; 6] = [
    EMAIL,
    "Augusta Ada King",
    "+447700900123",
    STREET,
    "call the countess",
    "TRACK-OF-THE-COUNTESS",
];

pub(super) struct Life {
    pub(super) ada: Person,
    pub(super) user: String,
    group: String,
    /// What has arrived, and what is still to be sent.
    arrived: String,
    waiting: String,
    total: Value,
}

impl Life {
    pub(super) async fn lived(server: &Installation) -> Self {
        let ada = server.register(EMAIL).await;
        let token = server.token_of(&ada).await;
        let (staff, admin) = (server.token("staff").await, server.token("admin").await);
        let me = server.get("/v1/me", &token).await;
        let user = text(&me["id"]);
        let name = json!({ "display_name": MARKS[1] });
        patch(server, &token, "/v1/me", None, &name).await;
        let phone = json!({ "kind": "sms", "number": MARKS[2] });
        made(server, &token, "/v1/me/contact-points", &phone).await;

        let group = json!({ "name": "Countesses" });
        let group = text(&made(server, &admin, "/v1/customer-groups", &group).await["id"]);
        let member = format!("{}/v1/customer-groups/{group}/members/{user}", server.api);
        let member = server.http.put(member).bearer_auth(&admin).send().await;
        assert!(member.expect("an answer").status().is_success());

        let arrived = buy(server, &token).await;
        let line = line_of(server, &token, &arrived).await;
        send(server, &staff, &arrived, &line, true).await;
        let wish = json!({
            "lines": [{ "line_id": line, "quantity": 1, "reason": "damaged" }], "note": MARKS[4],
        });
        let wish = made(
            server,
            &token,
            &format!("/v1/orders/{arrived}/returns"),
            &wish,
        )
        .await;
        let path = format!("/v1/returns/{}", text(&wish["id"]));
        let decision = json!({ "status": "rejected", "note": format!("Please {}", MARKS[4]) });
        patch(server, &staff, &path, None, &decision).await;

        let waiting = buy(server, &token).await;
        fill_cart(server, &token).await;
        let later = json!({
            "to": { "user_id": user }, "channel": "email", "template": "service_message",
            "parameters": { "title": "A word", "text": format!("Dear {}", MARKS[1]) },
        });
        let sent = server.post("/v1/messages", &staff, "word", &later).await;
        assert_eq!(sent.status(), 202);
        let total = server.get(&format!("/v1/orders/{arrived}"), &staff).await["totals"].clone();
        Self {
            ada,
            user,
            group,
            arrived,
            waiting,
            total,
        }
    }

    /// Her id in each way in which it is stored.
    pub(super) fn ids(&self) -> [String; 3] {
        let id: UserId = self.user.parse().expect("an id");
        let id = id.uuid();
        [
            self.user.clone(),
            id.simple().to_string(),
            id.hyphenated().to_string(),
        ]
    }

    pub(super) async fn is_in_no_group(&self, server: &Installation) {
        let admin = server.token("admin").await;
        let path = format!("/v1/customer-groups/{}/members", self.group);
        assert_eq!(server.get(&path, &admin).await["data"], json!([]));
    }

    /// What the books need of an order is there; who bought it is not.
    pub(super) async fn keeps_its_amounts(&self, server: &Installation) {
        let staff = server.token("staff").await;
        let order = server
            .get(&format!("/v1/orders/{}", self.arrived), &staff)
            .await;
        assert_eq!(order["totals"], self.total);
        assert_eq!(order["lines"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            order["customer"],
            json!({ "user_id": self.user, "email": "" })
        );
        assert_eq!(
            (
                &order["shipping_address"]["name"],
                &order["shipping_address"]["country"]
            ),
            (&json!(""), &json!("GB"))
        );
    }

    /// Sends what she still waits for; that it has arrived nobody says.
    pub(super) async fn send_the_rest(&self, server: &Installation) {
        let staff = server.token("staff").await;
        let line = line_of(server, &staff, &self.waiting).await;
        send(server, &staff, &self.waiting, &line, false).await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn made(server: &Installation, token: &str, path: &str, body: &Value) -> Value {
    let key = format!("{path}-{body}").replace(|c: char| !c.is_ascii_alphanumeric(), "");
    let key: String = key.chars().rev().take(200).collect();
    read(server.post(path, token, &key, body).await, 201).await
}

/// Changes something at the version that it has.
async fn patch(
    server: &Installation,
    token: &str,
    path: &str,
    etag: Option<String>,
    body: &Value,
) -> Value {
    let url = format!("{}{path}", server.api);
    let etag = if let Some(etag) = etag {
        etag
    } else {
        let found = server.http.get(&url).bearer_auth(token).send().await;
        let found = found.expect("an answer");
        found.headers()["etag"].to_str().expect("text").to_owned()
    };
    let request = server
        .http
        .patch(url)
        .bearer_auth(token)
        .header("if-match", etag);
    read(request.json(body).send().await.expect("an answer"), 200).await
}

/// A cart with one piece in it, ready to be bought.
async fn fill_cart(server: &Installation, token: &str) -> String {
    let variant = variants(&server.http, &server.api).await.remove(0);
    let request = server
        .http
        .post(format!("{}/v1/carts", server.api))
        .bearer_auth(token);
    let cart = request.json(&json!({ "currency": "EUR" })).send().await;
    let cart = text(&read(cart.expect("an answer"), 201).await["id"]);
    let path = format!("/v1/carts/{cart}");
    let line = json!({ "variant_id": variant, "quantity": 1 });
    made(server, token, &format!("{path}/lines"), &line).await;
    let delivery = json!({
        "email": EMAIL, "shipping_method": "standard",
        "shipping_address": {
            "name": MARKS[1], "line1": STREET, "city": "London", "postal_code": "NW1 5LR", "country": "GB",
            "phone": MARKS[2],
        },
    });
    patch(server, token, &path, None, &delivery).await;
    cart
}

/// Buys it; returns the order, whose money was taken.
async fn buy(server: &Installation, token: &str) -> String {
    let cart = fill_cart(server, token).await;
    let body = json!({ "cart_id": cart, "payment_method": "pm_success" });
    let checkout = made(server, token, "/v1/checkouts", &body).await;
    let path = format!("/v1/checkouts/{}", text(&checkout["id"]));
    server
        .waits("it is bought", async || {
            server.get(&path, token).await["status"] == "completed"
        })
        .await;
    let order = text(&server.get(&path, token).await["order_id"]);
    let path = format!("/v1/orders/{order}");
    server
        .waits("it is paid", async || {
            server.get(&path, token).await["payment_status"] == "captured"
        })
        .await;
    order
}

async fn line_of(server: &Installation, token: &str, order: &str) -> String {
    let order = server.get(&format!("/v1/orders/{order}"), token).await;
    text(&order["lines"][0]["line_id"])
}

/// Sends a whole order; with `arrives`, it has also arrived.
async fn send(server: &Installation, staff: &str, order: &str, line: &str, arrives: bool) {
    let body = json!({ "lines": [{ "line_id": line, "quantity": 1 }] });
    let parcel = made(
        server,
        staff,
        &format!("/v1/orders/{order}/fulfillments"),
        &body,
    )
    .await;
    let path = format!("/v1/fulfillments/{}", text(&parcel["id"]));
    let shipped = json!({ "status": "shipped", "carrier": "DHL", "tracking_number": MARKS[5] });
    patch(server, staff, &path, Some("\"v1\"".to_owned()), &shipped).await;
    if arrives {
        let delivered = json!({ "status": "delivered" });
        patch(server, staff, &path, Some("\"v2\"".to_owned()), &delivered).await;
    }
}
