//! Getting an account: the first administrator, registration, proof of the address, recovery.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::shop::Shop;

const REGISTRATIONS: &str = "/v1/auth/registrations";
const CHALLENGES: &str = "/v1/auth/challenges";

pub(crate) async fn play(shop: &mut Shop, bootstrap_token: &str) -> Result<()> {
    first_administrator(shop, bootstrap_token).await?;
    refused_registrations(shop).await?;
    ada(shop).await?;
    let bob = shop.bob.clone();
    shop.bob = quick_account(shop, bob).await?;
    let sam = shop.sam.clone();
    shop.sam = quick_account(shop, sam).await?;
    staff(shop).await
}

async fn first_administrator(shop: &mut Shop, token: &str) -> Result<()> {
    let path = "/v1/auth/bootstrap";
    let (email, password) = (shop.root.email.clone(), shop.root.password.clone());
    let body = |token: &str, email: &str, password: &str| json!({ "token": token, "email": email, "password": password, "display_name": "Root" });
    let recorder = &mut shop.recorder;
    for (case, status, body) in [
        (
            "with a wrong token",
            403,
            body("not the token of anybody", &email, &password),
        ),
        (
            "with a weak password",
            422,
            body(token, &email, "password123"),
        ),
        (
            "with no e-mail address",
            422,
            body(token, "root", &password),
        ),
        (
            "with the operator's token",
            201,
            body(token, &email, &password),
        ),
        (
            "with the same token again",
            403,
            body(token, &email, &password),
        ),
    ] {
        let case = format!("create_first_administrator: {case}");
        recorder.ask(&case, status, Ask::post(path, &body)).await?;
    }
    let ask = Ask::post(path, &json!({ "token": token, "email": email }));
    recorder
        .ask("create_first_administrator: without a password", 400, ask)
        .await?;
    shop.root = shop.sign_in(shop.root.clone()).await?;
    Ok(())
}

fn registration(person: &Person) -> Value {
    json!({ "email": person.email, "password": person.password, "display_name": person.name })
}

async fn refused_registrations(shop: &mut Shop) -> Result<()> {
    let good = registration(&shop.ada);
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    for (case, status, body) in [
        (
            "with no e-mail address",
            422,
            with("email", json!("ada at golden")),
        ),
        (
            "with a short password",
            422,
            with("password", json!("short")),
        ),
        (
            "with a common password",
            422,
            with("password", json!("password123")),
        ),
        (
            "with a password too long",
            422,
            with("password", json!("p".repeat(257))),
        ),
        ("with an empty name", 422, with("display_name", json!(""))),
        (
            "with a number for a password",
            400,
            with("password", json!(12_345_678)),
        ),
        (
            "with everything wrong",
            422,
            json!({ "email": "", "password": "", "display_name": "" }),
        ),
        (
            "without an address",
            400,
            json!({ "password": "a kettle sings" }),
        ),
    ] {
        let case = format!("create_registration: {case}");
        shop.recorder
            .ask(&case, status, Ask::post(REGISTRATIONS, &body))
            .await?;
    }
    Ok(())
}

async fn ada(shop: &mut Shop) -> Result<()> {
    let body = registration(&shop.ada);
    let ask = || Ask::post(REGISTRATIONS, &body).key("register-ada");
    let recorder = &mut shop.recorder;
    recorder
        .ask("create_registration: taken", 202, ask())
        .await?;
    let text = shop
        .mail(
            "the address of a new account",
            &shop.ada.email.clone(),
            "challenge=",
        )
        .await?;
    let recorder = &mut shop.recorder;
    recorder
        .ask("create_registration: sent again under its key", 202, ask())
        .await?;
    let other = Ask::post(REGISTRATIONS, &registration(&shop.bob)).key("register-ada");
    recorder
        .ask(
            "create_registration: something else under its key",
            422,
            other,
        )
        .await?;

    let before = Ask::post(
        "/v1/auth/sessions",
        &json!({ "email": shop.ada.email, "password": shop.ada.password }),
    );
    recorder
        .ask("create_session: before the address is proved", 401, before)
        .await?;
    let (challenge, token) = challenge_of(&text)?;
    recorder.names.keep_secret(&token);
    let path = format!("{CHALLENGES}/{challenge}/responses");
    let answer = |token: &str| Ask::post(&path, &json!({ "token": token }));
    let wrong = "A".repeat(43);
    recorder
        .ask(
            "create_challenge_response: with a wrong token",
            422,
            answer(&wrong),
        )
        .await?;
    let elsewhere = Ask::post(
        format!("{CHALLENGES}/{}/responses", nobody("chl")),
        &json!({ "token": token }),
    );
    recorder
        .ask("create_challenge_response: to no challenge", 422, elsewhere)
        .await?;
    recorder
        .ask(
            "create_challenge_response: with the token of the mail",
            204,
            answer(&token),
        )
        .await?;
    recorder
        .ask(
            "create_challenge_response: with a used token",
            422,
            answer(&token),
        )
        .await?;

    recorder
        .ask(
            "create_registration: of an address that has an account",
            202,
            Ask::post(REGISTRATIONS, &body),
        )
        .await?;
    let email = shop.ada.email.clone();
    shop.mail("somebody registered your address again", &email, "already")
        .await?;
    shop.ada = shop.sign_in(shop.ada.clone()).await?;
    recovery(shop).await
}

async fn recovery(shop: &mut Shop) -> Result<()> {
    let email = shop.ada.email.clone();
    let wish = |purpose: &str, email: &str| {
        Ask::post(CHALLENGES, &json!({ "purpose": purpose, "email": email }))
    };
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        ("of a purpose that is none", 400, wish("party", &email)),
        ("to no e-mail address", 422, wish("recover", "nowhere")),
        (
            "to an address without an account",
            202,
            wish("recover", "eve@golden.example"),
        ),
        (
            "for an address that is proved",
            202,
            wish("verify_email", &email),
        ),
        (
            "for a new password",
            202,
            wish("recover", &email).key("recover-ada"),
        ),
        (
            "sent again under its key",
            202,
            wish("recover", &email).key("recover-ada"),
        ),
        (
            "something else under its key",
            422,
            wish("verify_email", &email).key("recover-ada"),
        ),
    ] {
        let case = format!("create_challenge: {case}");
        recorder.ask(&case, status, ask).await?;
    }
    let text = shop.mail("recovery", &email, "reset-password").await?;
    let (challenge, token) = challenge_of(&text)?;
    shop.recorder.names.keep_secret(&token);
    let path = format!("{CHALLENGES}/{challenge}/responses");
    "another kettle sings for ada's tea".clone_into(&mut shop.ada.password);
    for (case, status, body) in [
        (
            "without the new password it asks for",
            422,
            json!({ "token": token }),
        ),
        (
            "with a weak new password",
            422,
            json!({ "token": token, "new_password": "password123" }),
        ),
        (
            "with a new password",
            204,
            json!({ "token": token, "new_password": shop.ada.password }),
        ),
    ] {
        let case = format!("create_challenge_response: {case}");
        shop.recorder
            .ask(&case, status, Ask::post(&path, &body))
            .await?;
    }
    shop.ada = shop.sign_in(shop.ada.clone()).await?;
    Ok(())
}

/// Registers and proves without recording.
async fn quick_account(shop: &mut Shop, person: Person) -> Result<Person> {
    let ask = Ask::post(REGISTRATIONS, &registration(&person));
    shop.recorder.quietly(ask).await?;
    let case = format!("the address of {}", person.name);
    let text = shop.mail(&case, &person.email, "challenge=").await?;
    let (challenge, token) = challenge_of(&text)?;
    let path = format!("{CHALLENGES}/{challenge}/responses");
    let ask = Ask::post(path, &json!({ "token": token }));
    shop.recorder.quietly(ask).await?;
    shop.sign_in(person).await
}

/// Makes Sam run the shop; the role counts from the next sign-in.
async fn staff(shop: &mut Shop) -> Result<()> {
    let path = format!("/v1/users/{}", shop.sam.user_id);
    let etag = shop
        .recorder
        .quietly(Ask::get(&path).by(&shop.root))
        .await?
        .etag()?;
    let ask = Ask::patch(&path, &etag, &json!({ "roles": ["staff"] })).by(&shop.root);
    shop.recorder
        .ask("update_user: somebody runs the shop", 200, ask)
        .await?;
    shop.sam = shop.sign_in(shop.sam.clone()).await?;
    Ok(())
}

/// Challenge and token out of the link in a mail: `…#challenge=chl_…&token=…`.
pub(super) fn challenge_of(text: &str) -> Result<(String, String)> {
    let (_, rest) = text.split_once("challenge=").context("no challenge")?;
    let (challenge, rest) = rest.split_once("&token=").context("no token")?;
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    Ok((
        challenge.to_owned(),
        rest.chars().take_while(is_part).collect(),
    ))
}
