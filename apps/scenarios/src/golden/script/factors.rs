//! Bob has a second factor for a while: added, asked for with the API and on our page, removed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use aws_lc_rs::hmac;
use serde_json::json;

use super::nobody;
use super::oauth::{CALLBACK, CHALLENGE, CLIENTS, cookie_of, form, hidden};
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const FACTORS: &str = "/v1/me/factors";
const CONFIRM: &str = "/v1/auth/sessions/confirmations";
const RECOVERY: &str = "/v1/me/recovery-codes";
const STEP: u64 = 30;
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Right once in a million times.
const WRONG: &str = "000000";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let (path, phone) = add(shop).await?;
    sign_in(shop, &phone).await?;
    on_the_page(shop, &phone).await?;
    remove(shop, &path).await
}

/// Adds and confirms a factor; returns where it is.
async fn add(shop: &mut Shop) -> Result<(String, Phone)> {
    let (ada, bob) = (shop.ada.clone(), shop.bob.clone());
    let recorder = &mut shop.recorder;
    let codes = Ask::new(reqwest::Method::POST, RECOVERY).by(&bob);
    recorder
        .ask("create_my_recovery_codes: without a factor", 409, codes)
        .await?;
    for (case, status, body) in [
        ("of no kind", 400, json!({ "kind": "sms" })),
        ("without a name", 422, json!({ "kind": "totp", "name": "" })),
    ] {
        let ask = Ask::post(FACTORS, &body).by(&bob);
        recorder
            .ask(&format!("create_my_factor: {case}"), status, ask)
            .await?;
    }
    let body = json!({ "kind": "totp", "name": "Phone" });
    let create = || Ask::post(FACTORS, &body).by(&bob).key("phone-of-bob");
    let made = recorder
        .ask("create_my_factor: pending", 201, create())
        .await?;
    recorder
        .ask("create_my_factor: sent again under its key", 201, create())
        .await?;
    let phone = Phone::scan(&made.text("/secret")?)?;
    let path = format!("{FACTORS}/{}", made.text("/id")?);
    let confirmations = format!("{path}/confirmations");
    let confirm = |code: &str| Ask::post(&confirmations, &json!({ "one_time_code": code }));
    let wrong = confirm(WRONG).by(&bob);
    recorder
        .ask(
            "create_my_factor_confirmation: with a wrong code",
            422,
            wrong,
        )
        .await?;
    let foreign = confirm(WRONG).by(&ada);
    recorder
        .ask("create_my_factor_confirmation: of another", 404, foreign)
        .await?;
    // The one before: those of now and of the next are for the two sign-ins.
    let right = confirm(&phone.code(-1).await?).by(&bob);
    recorder
        .ask("create_my_factor_confirmation: confirmed", 200, right)
        .await?;
    let again = confirm(WRONG).by(&bob);
    recorder
        .ask("create_my_factor_confirmation: once more", 409, again)
        .await?;
    recorder
        .ask("create_my_factor: sent again too late", 409, create())
        .await?;
    recorder
        .ask("list_my_factors: one", 200, Ask::get(FACTORS).by(&bob))
        .await?;
    Ok((path, phone))
}

async fn sign_in(shop: &mut Shop, phone: &Phone) -> Result<()> {
    let bob = shop.bob.clone();
    let recorder = &mut shop.recorder;
    let first = |password: &str| {
        let body = json!({ "email": bob.email, "password": password });
        Ask::post("/v1/auth/sessions", &body)
    };
    recorder
        .ask(
            "create_session: with a wrong password, of an account with a factor",
            401,
            first("not the password of bob"),
        )
        .await?;
    let asked = recorder
        .ask(
            "create_session: a code is needed",
            401,
            first(&bob.password),
        )
        .await?;
    let token = asked.text("/challenge_token")?;
    let second = |token: &str, code: &str| {
        let body = json!({ "challenge_token": token, "one_time_code": code });
        Ask::post(CONFIRM, &body)
    };
    let none = second(&"A".repeat(43), WRONG);
    recorder
        .ask("create_session_confirmation: of no sign-in", 401, none)
        .await?;
    let wrong = second(&token, WRONG);
    recorder
        .ask("create_session_confirmation: with a wrong code", 422, wrong)
        .await?;
    let code = phone.code(0).await?;
    let right = || second(&token, &code);
    recorder
        .ask("create_session_confirmation: signed in", 201, right())
        .await?;
    recorder
        .ask("create_session_confirmation: twice", 401, right())
        .await?;
    Ok(())
}

/// Bob lets a program in.
async fn on_the_page(shop: &mut Shop, phone: &Phone) -> Result<()> {
    let (bob, root) = (shop.bob.clone(), shop.root.clone());
    let recorder = &mut shop.recorder;
    let wish = json!({
        "name": "Cup & Co", "type": "public", "redirect_uris": ["https://client.example/cb"],
        "grants": ["authorization_code"], "scopes": ["openid"],
    });
    let program = recorder
        .quietly(Ask::post(CLIENTS, &wish).by(&root))
        .await?;
    let (id, etag) = (program.text("/id")?, program.etag()?);
    let query = format!(
        "response_type=code&client_id={id}&redirect_uri={CALLBACK}&scope=openid&state=s2&nonce=n2\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let page = Ask::get(format!("/oauth/authorize?{query}")).with("accept", "text/html");
    let page = recorder
        .ask("authorize: to sign in with a factor", 200, page)
        .await?;
    let cookie = cookie_of(&page)?;
    let pairs = [
        ("request", query.as_str()),
        ("form_token", &hidden(&page, "form_token")?),
        ("email", &bob.email),
        ("password", &bob.password),
    ];
    let password = form("/oauth/sign-in", &pairs).with("cookie", &cookie);
    let page = recorder
        .ask("submit_sign_in: a code is needed", 200, password)
        .await?;
    let marks = [
        hidden(&page, "form_token")?,
        hidden(&page, "challenge_token")?,
    ];
    let typed = |mark: &str, code: &str| {
        let pairs = [
            ("request", query.as_str()),
            ("form_token", mark),
            ("challenge_token", &marks[1]),
            ("one_time_code", code),
        ];
        form("/oauth/code", &pairs).with("cookie", &cookie)
    };
    recorder
        .ask("submit_code: wrong", 401, typed(&marks[0], WRONG))
        .await?;
    let foreign = typed(&marks[0], WRONG).with("sec-fetch-site", "cross-site");
    recorder
        .ask("submit_code: from another page", 403, foreign)
        .await?;
    let right = typed(&marks[0], &phone.code(1).await?);
    recorder.ask("submit_code: signed in", 200, right).await?;
    let stale = typed("nonsense", WRONG);
    recorder
        .ask("submit_code: with no mark of ours", 400, stale)
        .await?;
    let program = Ask::delete(format!("{CLIENTS}/{id}"))
        .by(&root)
        .with("if-match", etag);
    recorder.quietly(program).await?;
    Ok(())
}

async fn remove(shop: &mut Shop, path: &str) -> Result<()> {
    let (ada, bob, root) = (shop.ada.clone(), shop.bob.clone(), shop.root.clone());
    let recorder = &mut shop.recorder;
    let codes = Ask::new(reqwest::Method::POST, RECOVERY).by(&bob);
    recorder
        .ask("create_my_recovery_codes: new ones", 200, codes)
        .await?;
    let never = format!("{FACTORS}/{}", nobody("fac"));
    for (case, path) in [("of another", path), ("that never was", &never)] {
        let ask = Ask::delete(path).by(&ada);
        recorder
            .ask(&format!("delete_my_factor: {case}"), 404, ask)
            .await?;
    }
    recorder
        .ask("delete_my_factor: removed", 204, Ask::delete(path).by(&bob))
        .await?;
    let clear = |id: &str| Ask::delete(format!("/v1/users/{id}/factors")).by(&root);
    for (case, status, id) in [
        ("of somebody who has none", 204, &bob.user_id),
        ("their own", 409, &root.user_id),
        ("of nobody", 404, &nobody("usr")),
    ] {
        recorder
            .ask(&format!("delete_user_factors: {case}"), status, clear(id))
            .await?;
    }
    recorder
        .ask("list_my_factors: none", 200, Ask::get(FACTORS).by(&bob))
        .await?;
    Ok(())
}

/// An app on Bob's phone.
struct Phone(hmac::Key);

impl Phone {
    fn scan(secret: &str) -> Result<Self> {
        let digits: Option<Vec<usize>> = secret.chars().map(|c| BASE32.find(c)).collect();
        let bits: Vec<usize> = digits
            .context("a secret is base 32")?
            .into_iter()
            .flat_map(|digit| (0..5).rev().map(move |bit| digit >> bit & 1))
            .collect();
        let byte = |bits: &[usize]| u8::try_from(bits.iter().fold(0, |byte, bit| byte << 1 | bit));
        let key: Result<Vec<u8>, _> = bits.chunks_exact(8).map(byte).collect();
        let algorithm = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
        Ok(Self(hmac::Key::new(algorithm, &key?)))
    }

    /// What it shows, or did, or will (RFC 6238); not at the end of a step, for the server reads its clock a little later.
    async fn code(&self, off: i64) -> Result<String> {
        while seconds()? % STEP >= STEP - 2 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let step = (seconds()? / STEP).wrapping_add_signed(off);
        let tag = hmac::sign(&self.0, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[19] & 15);
        let number = u32::from_be_bytes(tag[at..at + 4].try_into()?);
        Ok(format!("{:06}", (number & 0x7fff_ffff) % 1_000_000))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server of the golden suite reads the clock of this machine"
)]
fn seconds() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
