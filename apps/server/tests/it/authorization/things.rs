//! What a customer has, one of each, and who else may see it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::buyer::variants;
use crate::people::{Person, read};
use crate::server::Installation;

/// Who may besides whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Besides {
    Nobody,
    /// Administrators: they look at keys and end them.
    Admin,
    /// Staff, and administrators with them.
    Staff,
}

use Besides::{Admin, Nobody, Staff};

/// Operations about a thing that is somebody's: a body that is good but for whose it is, and who may besides.
pub(super) const OWN: [(&str, Option<&str>, Besides); 35] = [
    ("delete_my_session", None, Nobody),
    (
        "create_my_factor_confirmation",
        Some(r#"{"one_time_code":"000000"}"#),
        Nobody,
    ),
    ("delete_my_factor", None, Nobody),
    ("delete_my_consent", None, Nobody),
    ("get_api_key", None, Admin),
    ("update_api_key", Some(r#"{"name":"Mine"}"#), Nobody),
    ("delete_api_key", None, Admin),
    ("rotate_api_key", Some(r#"{"overlap_seconds":0}"#), Nobody),
    ("get_payment", None, Staff),
    ("get_refund", None, Staff),
    ("get_cart", None, Nobody),
    (
        "update_cart",
        Some(r#"{"email":"mine@example.org"}"#),
        Nobody,
    ),
    (
        "add_cart_line",
        Some(r#"{"variant_id":"VARIANT","quantity":1}"#),
        Nobody,
    ),
    ("update_cart_line", Some(r#"{"quantity":2}"#), Nobody),
    ("delete_cart_line", None, Nobody),
    ("merge_cart", None, Nobody),
    ("list_shipping_options", None, Nobody),
    ("add_promotion_code", Some(r#"{"code":"NONE"}"#), Nobody),
    ("delete_promotion_code", None, Nobody),
    ("get_checkout", None, Nobody),
    ("confirm_checkout", Some("{}"), Nobody),
    ("confirm_checkout_by_verb", Some("{}"), Nobody),
    ("cancel_checkout", None, Nobody),
    ("cancel_checkout_by_verb", None, Nobody),
    ("get_order", None, Staff),
    ("get_order_timeline", None, Staff),
    ("cancel_order", Some("{}"), Staff),
    (
        "create_return",
        Some(
            r#"{"lines":[{"line_id":"lin_01jb2z4k8f5n6p7q8r9s000001","quantity":1,"reason":"damaged"}]}"#,
        ),
        Staff,
    ),
    ("list_returns", None, Staff),
    ("get_return", None, Staff),
    ("cancel_return", None, Staff),
    ("send_my_contact_point_code", None, Nobody),
    (
        "verify_my_contact_point",
        Some(r#"{"code":"000000"}"#),
        Nobody,
    ),
    ("delete_my_contact_point", None, Nobody),
    ("update_my_notification", Some(r#"{"seen":true}"#), Nobody),
];
/// Operations with something in their path that is nobody's, each for a reason.
pub(super) const NOT_ONES_OWN: [&str; 7] = [
    "create_challenge_response", // whoever has the token of the mail
    "get_idempotency_key",       // keys of others are unseen: keys.rs
    "get_operation",             // only staff begins any; the test kit's own has a stranger ask
    "receive_provider_webhook",  // the name of a provider
    "show_unsubscription",       // whoever has the link of the mail
    "create_unsubscription",     // the same
    "unlink_my_identity",        // takes a provider: identity has strangers try it
];

/// Makes one of everything for a customer; ids by prefix.
pub(super) async fn owned(server: &Installation, person: &Person) -> BTreeMap<String, String> {
    let session = server.sign_in(person).await;
    let mine = server.sign_in(person).await;
    let token = mine["access_token"].as_str().expect("a token");
    let (admin, staff) = (server.token("admin").await, server.token("staff").await);
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    let mut things = BTreeMap::from([("ses".to_owned(), id(&session["session_id"]))]);
    let mut keep = |id: String| {
        let prefix = id.split('_').next().expect("a prefix").to_owned();
        things.insert(prefix, id);
    };

    let program = server.program(&admin, &["openid", "api:read"]).await;
    server.delegate(&program, person, "openid api:read").await;
    keep(program.0);
    let make = async |path: &str, key: &str, token: &str, body: Value| {
        read(server.post(path, token, key, &body).await, 201).await
    };
    let key = json!({ "name": "Mine", "scopes": ["api:read"] });
    keep(id(&make("/v1/api-keys", "a", token, key).await["id"]));
    let factor = json!({ "kind": "totp" });
    keep(id(&make("/v1/me/factors", "b", token, factor).await["id"]));

    let phone = json!({ "kind": "sms", "number": "+4915112345678" });
    let phone = make("/v1/me/contact-points", "p", token, phone).await;
    keep(id(&phone["id"]));

    // Bought, paid and sent; and a cart to go on with.
    let variant = variants(&server.http, &server.api).await.remove(0);
    let bought = cart(server, token, &variant, "c").await;
    let body = json!({ "cart_id": bought["id"], "payment_method": "pm_success" });
    let checkout = make("/v1/checkouts", "d", token, body).await;
    let done = until(
        server,
        token,
        &format!("/v1/checkouts/{}", id(&checkout["id"])),
        |it| it["status"] == "completed",
    )
    .await;
    let (order, payment) = (id(&done["order_id"]), id(&done["payment"]["id"]));
    let path = format!("/v1/payments/{payment}");
    until(server, &staff, &path, |it| it["status"] == "captured").await;
    let refund = json!({ "reason": "a broken cup", "amount": { "amount": 1, "currency": "EUR" } });
    let refund = server
        .post(&format!("{path}/refunds"), &staff, "e", &refund)
        .await;
    keep(id(&refund.json::<Value>().await.expect("JSON")["id"]));
    let lines = server.get(&format!("/v1/orders/{order}"), token).await["lines"].clone();
    let body = json!({ "lines": [{ "line_id": lines[0]["line_id"], "quantity": 1 }] });
    let parcel = make(
        &format!("/v1/orders/{order}/fulfillments"),
        "f",
        &staff,
        body,
    )
    .await;
    let path = format!("{}/v1/fulfillments/{}", server.api, id(&parcel["id"]));
    let request = server
        .http
        .patch(path)
        .bearer_auth(&staff)
        .header("if-match", "\"v1\"");
    let shipped = request.json(&json!({ "status": "shipped" })).send().await;
    read(shipped.expect("an answer"), 200).await;
    let wish = json!({
        "lines": [{ "line_id": lines[0]["line_id"], "quantity": 1, "reason": "damaged" }],
    });
    let path = format!("/v1/orders/{order}/returns");
    keep(id(&make(&path, "r", token, wish).await["id"]));
    let inbox = until(server, token, "/v1/me/notifications", |it| {
        it["data"][0].is_object()
    })
    .await;
    let open = cart(server, token, &variant, "g").await;
    for id in [
        id(&inbox["data"][0]["id"]),
        id(&checkout["id"]),
        order,
        payment,
        id(&open["id"]),
        id(&open["lines"][0]["id"]),
        variant,
    ] {
        keep(id);
    }
    things
}

/// A cart of a signed-in person with a piece in it, ready to be bought.
async fn cart(server: &Installation, token: &str, variant: &str, key: &str) -> Value {
    let made = server
        .post("/v1/carts", token, key, &json!({ "currency": "EUR" }))
        .await;
    let made = read(made, 201).await;
    let path = format!("/v1/carts/{}", made["id"].as_str().expect("an id"));
    let line = json!({ "variant_id": variant, "quantity": 1 });
    let line = server
        .post(
            &format!("{path}/lines"),
            token,
            &format!("{key}-line"),
            &line,
        )
        .await;
    let etag = line.headers()["etag"].clone();
    read(line, 201).await;
    let delivery = json!({
        "email": "buyer@example.org", "shipping_method": "standard",
        "shipping_address": {
            "name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE",
        },
    });
    let request = server
        .http
        .patch(format!("{}{path}", server.api))
        .bearer_auth(token);
    let request = request.header("if-match", etag).json(&delivery);
    read(request.send().await.expect("an answer"), 200).await
}

/// Asks until it is so.
async fn until(
    server: &Installation,
    token: &str,
    path: &str,
    is_so: impl Fn(&Value) -> bool,
) -> Value {
    let mut last = Value::Null;
    for _ in 0..1_000 {
        last = server.get(path, token).await;
        if is_so(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(20)).await; // another process, in real time
    }
    panic!("{path} stays {last}")
}
