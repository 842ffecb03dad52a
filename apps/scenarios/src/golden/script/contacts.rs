//! Telephones and devices of a person.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const POINTS: &str = "/v1/me/contact-points";
const NUMBER: &str = "+4915112345678";

pub(super) async fn play(shop: &mut Shop) -> Result<()> {
    let ada = shop.ada.clone();
    let phone = add(shop).await?;
    prove(shop, &phone).await?;
    let recorder = &mut shop.recorder;
    let list = Ask::get(POINTS).by(&ada);
    let all = recorder
        .ask("list_my_contact_points: all", 200, list)
        .await?;
    let head = Ask::head(POINTS).by(&ada);
    recorder
        .ask("list_my_contact_points: head", 200, head)
        .await?;
    let device = format!("{POINTS}/{}", all.text("/data/1/id")?);
    let delete = |etag: &str| Ask::delete(&device).with("if-match", etag).by(&ada);
    for (case, status, etag) in [
        ("of a version that is gone", 412, "\"v7\""),
        ("a device", 204, "\"v1\""),
        ("again", 404, "\"v1\""),
    ] {
        recorder
            .ask(
                &format!("delete_my_contact_point: {case}"),
                status,
                delete(etag),
            )
            .await?;
    }
    Ok(())
}

/// Adds a telephone and a device; returns the path of the telephone.
async fn add(shop: &mut Shop) -> Result<String> {
    let ada = shop.ada.clone();
    let recorder = &mut shop.recorder;
    let create = |key: &str, body: &Value| Ask::post(POINTS, body).key(key).by(&ada);
    let phone = json!({ "kind": "sms", "number": NUMBER });
    let added = recorder
        .ask(
            "create_my_contact_point: a telephone",
            201,
            create("phone", &phone),
        )
        .await?;
    let device = json!({ "kind": "push", "token": "device-token-of-ada", "platform": "ios" });
    for (case, status, ask) in [
        ("again", 201, create("phone", &phone)),
        (
            "the same one under another key",
            201,
            create("phone-2", &phone),
        ),
        ("a device", 201, create("device", &device)),
        (
            "no number",
            422,
            create(
                "none",
                &json!({ "kind": "sms", "number": "0151 123", "platform": "web" }),
            ),
        ),
        ("no kind", 400, create("no-kind", &json!({ "kind": "fax" }))),
    ] {
        recorder
            .ask(&format!("create_my_contact_point: {case}"), status, ask)
            .await?;
    }
    Ok(format!("{POINTS}/{}", added.text("/id")?))
}

async fn prove(shop: &mut Shop, phone: &str) -> Result<()> {
    let (ada, bob) = (shop.ada.clone(), shop.bob.clone());
    let title = shop.text_to(NUMBER).await?;
    let code = title.get(..6).context("the text message has no code")?;
    let wrong = if code.ends_with('1') { "2" } else { "1" };
    let wrong = format!("{}{wrong}", &code[..5]);
    let guess = |code: &str| {
        let body = json!({ "code": code });
        Ask::post(format!("{phone}/verifications"), &body)
    };
    let send = |key: &str| Ask::new(reqwest::Method::POST, format!("{phone}/codes")).key(key);
    let none = format!("{POINTS}/{}/codes", nobody("ctp"));
    let none = Ask::new(reqwest::Method::POST, none).key("code-of-none");
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        (
            "verify_my_contact_point: another code",
            422,
            guess(&wrong).by(&ada),
        ),
        (
            "verify_my_contact_point: no code",
            422,
            guess("12345").by(&ada),
        ),
        (
            "verify_my_contact_point: of somebody else",
            404,
            guess(code).by(&bob),
        ),
        (
            "verify_my_contact_point: the code",
            200,
            guess(code).by(&ada),
        ),
        ("verify_my_contact_point: again", 200, guess(code).by(&ada)),
        (
            "send_my_contact_point_code: of one that is proved",
            409,
            send("code").by(&ada),
        ),
        ("send_my_contact_point_code: of none", 404, none.by(&ada)),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    let other = json!({ "kind": "sms", "number": "+12025550123" });
    let other = Ask::post(POINTS, &other).key("phone-3").by(&bob);
    let other = recorder.quietly(other).await?.text("/id")?;
    let another = Ask::new(reqwest::Method::POST, format!("{POINTS}/{other}/codes"));
    recorder
        .ask(
            "send_my_contact_point_code: another one",
            202,
            another.key("code-2").by(&bob),
        )
        .await?;
    Ok(())
}
