//! Eve comes from another provider, Bob links what he has there, and both use it on our page.

use anyhow::Result;
use serde_json::{Value, json};

use super::nobody;
use super::oauth::{CALLBACK, CHALLENGE, CLIENTS, VERIFIER, cookie_of, encoded};
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::provider::Provider;
use crate::golden::recorder::Answer;
use crate::golden::shop::Shop;

const PROVIDERS: &str = "/v1/auth/federation";
const SESSIONS: &str = "/v1/auth/federation/sessions";
const IDENTITIES: &str = "/v1/me/identities";
/// One of those that the installation allows.
const RETURN: &str = "https%3A%2F%2Fshop.example%2Fsigned-in";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let acme = Provider::start(&shop.places.provider_url).await?;
    leave(shop).await?;
    let eve = sign_in(shop, &acme).await?;
    refused(shop, &acme).await?;
    link(shop, &acme, &eve).await?;
    on_the_page(shop, &acme).await
}

fn somebody(subject: &str, email: &str, is_verified: bool) -> Value {
    json!({ "sub": subject, "email": email, "email_verified": is_verified, "name": "Eve" })
}

fn eve() -> Value {
    somebody("eve-there", "eve@golden.example", true)
}

fn begin(provider: &str, return_url: &str) -> Ask {
    Ask::get(format!(
        "{PROVIDERS}/{provider}?return_url={return_url}&state=s4&code_challenge={CHALLENGE}&code_challenge_method=S256"
    ))
}

fn callback(cookie: &str, back: &str) -> Ask {
    Ask::get(format!("{PROVIDERS}/acme/callback?{back}"))
        .with("accept", "text/html")
        .with("cookie", cookie)
}

fn enter(code: &str, verifier: &str) -> Ask {
    let body = json!({ "federation_code": code, "code_verifier": verifier });
    Ask::post(SESSIONS, &body)
}

async fn leave(shop: &mut Shop) -> Result<()> {
    let recorder = &mut shop.recorder;
    let list = Ask::get(PROVIDERS);
    recorder.ask("list_providers: one", 200, list).await?;
    for (case, status, ask) in [
        ("of nobody", 404, begin("nobody", RETURN)),
        (
            "back to elsewhere",
            422,
            begin("acme", "https%3A%2F%2Fevil.example%2F"),
        ),
        ("sent on", 303, begin("acme", RETURN)),
    ] {
        recorder
            .ask(&format!("begin_federation: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

/// Goes to the provider and comes back, unrecorded; returns the code.
async fn travel(shop: &mut Shop, acme: &Provider, person: Value) -> Result<String> {
    let recorder = &mut shop.recorder;
    let left = recorder.quietly(begin("acme", RETURN)).await?;
    let back = acme.approve(&left.header("location")?, person)?;
    let came = recorder
        .quietly(callback(&cookie_of(&left)?, &back))
        .await?;
    code_of(&came)
}

fn code_of(answer: &Answer) -> Result<String> {
    let url = url::Url::parse(&answer.header("location")?)?;
    let mut pairs = url.query_pairs();
    let code = pairs.find(|(name, _)| name == "code");
    Ok(code.map(|(_, code)| code.into_owned()).unwrap_or_default())
}

/// Eve gets an account.
async fn sign_in(shop: &mut Shop, acme: &Provider) -> Result<Person> {
    let recorder = &mut shop.recorder;
    let left = recorder.quietly(begin("acme", RETURN)).await?;
    let cookie = cookie_of(&left)?;
    let back = acme.approve(&left.header("location")?, eve())?;
    let stranger = callback(&format!("tenon_federation={}", "A".repeat(43)), &back);
    recorder
        .ask("return_from_provider: in another browser", 400, stranger)
        .await?;
    let came = recorder
        .ask(
            "return_from_provider: to the client",
            303,
            callback(&cookie, &back),
        )
        .await?;
    recorder
        .ask("return_from_provider: twice", 400, callback(&cookie, &back))
        .await?;
    let code = code_of(&came)?;
    let mut eve = Person::new("eve");
    let wrong = enter(&code, &"C".repeat(43));
    recorder
        .ask(
            "create_federated_session: with another verifier",
            401,
            wrong,
        )
        .await?;
    let entered = recorder
        .ask(
            "create_federated_session: a new account",
            201,
            enter(&code, VERIFIER),
        )
        .await?;
    eve.take_tokens(&entered)?;
    let again = enter(&code, VERIFIER);
    recorder
        .ask("create_federated_session: twice", 401, again)
        .await?;
    Ok(eve)
}

/// Who is not known is told why nothing comes of it.
async fn refused(shop: &mut Shop, acme: &Provider) -> Result<()> {
    let recorder = &mut shop.recorder;
    let left = recorder.quietly(begin("acme", RETURN)).await?;
    let query = url::Url::parse(&left.header("location")?)?;
    let state = query.query_pairs().find(|(name, _)| name == "state");
    let state = state.map(|(_, state)| state.into_owned());
    let back = format!("error=access_denied&state={}", state.unwrap_or_default());
    let declined = callback(&cookie_of(&left)?, &back);
    recorder
        .ask("return_from_provider: declined", 303, declined)
        .await?;
    let email = shop.bob.email.clone();
    for (case, status, person) in [
        (
            "an address that has an account",
            409,
            somebody("bob-there", &email, true),
        ),
        (
            "an address that is not vouched for",
            403,
            somebody("bob-there", &email, false),
        ),
    ] {
        let code = travel(shop, acme, person).await?;
        let ask = enter(&code, VERIFIER);
        shop.recorder
            .ask(&format!("create_federated_session: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

async fn link(shop: &mut Shop, acme: &Provider, eve_here: &Person) -> Result<()> {
    let bob = shop.bob.clone();
    let person = somebody("bob-there", &bob.email, true);
    let code = travel(shop, acme, person).await?;
    let of_eve = travel(shop, acme, eve()).await?;
    let recorder = &mut shop.recorder;
    let wish = |code: &str| {
        let body = json!({ "federation_code": code, "code_verifier": VERIFIER });
        Ask::post(IDENTITIES, &body).by(&bob)
    };
    let first = || wish(&code).key("link-acme");
    let taken = wish(&of_eve);
    recorder
        .ask("link_my_identity: somebody else's", 409, taken)
        .await?;
    let linked = recorder
        .ask("link_my_identity: linked", 201, first())
        .await?;
    recorder
        .ask("link_my_identity: sent again under its key", 201, first())
        .await?;
    let twice = wish(&code);
    recorder
        .ask("link_my_identity: with a used code", 401, twice)
        .await?;
    let list = Ask::get(IDENTITIES).by(&bob);
    recorder.ask("list_my_identities: one", 200, list).await?;
    let theirs = recorder.quietly(Ask::get(IDENTITIES).by(eve_here)).await?;
    let only = format!("{IDENTITIES}/{}", theirs.text("/data/0/id")?);
    let path = format!("{IDENTITIES}/{}", linked.text("/id")?);
    let none = format!("{IDENTITIES}/{}", nobody("fid"));
    for (case, status, ask) in [
        ("the last way in", 409, Ask::delete(only).by(eve_here)),
        ("somebody else's", 404, Ask::delete(&path).by(eve_here)),
        ("of nobody", 404, Ask::delete(none).by(&bob)),
        ("removed", 204, Ask::delete(&path).by(&bob)),
    ] {
        recorder
            .ask(&format!("unlink_my_identity: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

/// Eve comes by the button of our page, for a program.
async fn on_the_page(shop: &mut Shop, acme: &Provider) -> Result<()> {
    let root = shop.root.clone();
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
        "response_type=code&client_id={id}&redirect_uri={CALLBACK}&scope=openid&state=s5&nonce=n5\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let button = |provider: &str, query: &str| {
        let request = encoded(query);
        Ask::get(format!("/oauth/federation/{provider}?request={request}"))
            .with("accept", "text/html")
    };
    for (case, ask) in [
        (
            "with a request of no program",
            button("acme", "client_id=x"),
        ),
        ("to nobody", button("nobody", &query)),
    ] {
        recorder
            .ask(&format!("leave_to_provider: {case}"), 400, ask)
            .await?;
    }
    let left = recorder
        .ask("leave_to_provider: sent on", 303, button("acme", &query))
        .await?;
    let back = acme.approve(&left.header("location")?, eve())?;
    let came = callback(&cookie_of(&left)?, &back);
    recorder
        .ask("return_from_provider: on with our page", 200, came)
        .await?;
    let program = Ask::delete(format!("{CLIENTS}/{id}"))
        .by(&root)
        .with("if-match", etag);
    recorder.quietly(program).await?;
    Ok(())
}
