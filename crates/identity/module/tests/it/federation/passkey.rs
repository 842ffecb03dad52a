//! A passkey where another provider stood in for the password.

use serde_json::{Value, json};

use super::page::{begin, press, session_of};
use super::{EMAIL, Federated, Tab, on_each_engine, person};
use crate::factors::asked;
use crate::oauth::browser::{
    Browser, VERIFIER, claims, people, program, query, sent_to, text, value,
};
use crate::passkeys::oauth::use_passkey;
use crate::passkeys::{CHALLENGES, answer, device, guarded, refused, register};

const PATH: &str = "/v1/me/identities";

/// Links what the provider says of Ada; returns where the link is.
async fn link(federated: &Federated, client: &tenon_testkit::Client) -> String {
    federated.acme.is_visited_by(person("7", EMAIL));
    let code = federated.code("acme").await;
    let body = json!({ "federation_code": code, "code_verifier": VERIFIER });
    let linked = client.post(PATH).json(&body).await.expect(201);
    format!("{PATH}/{}", linked["id"].as_str().expect("an id"))
}

/// Comes from the provider, and asks for the challenge of the second step.
async fn second_step(federated: &Federated) -> Value {
    let reply = federated.sign_in("acme", person("7", EMAIL)).await;
    let token = asked(&reply);
    assert_eq!(reply.json()["factors"], json!(["passkey"]));
    let body = json!({ "challenge_token": token });
    federated.world.post(CHALLENGES, body).await.expect(200)
}

#[tokio::test]
async fn a_passkey_completes_what_began_at_a_provider() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let (mut laptop, client) = guarded(world, EMAIL).await;
        link(federated, &client).await;
        let waiting = second_step(federated).await;
        let id = laptop.get(&waiting["request_options"])["id"].clone();
        let allowed = json!([{ "type": "public-key", "id": id }]);
        assert_eq!(waiting["request_options"]["allowCredentials"], allowed);
        let (mut of_eve, _) = guarded(world, "eve@example.org").await;
        let credential = of_eve.get(&waiting["request_options"]);
        let reply = answer(world, &waiting, &credential).await;
        refused(&reply, 401, "identity.passkey_refused");

        let waiting = second_step(federated).await;
        let credential = laptop.get(&waiting["request_options"]);
        let tokens = answer(world, &waiting, &credential).await.expect(201);
        let amr = json!(["fed", "pop", "user", "mfa"]);
        assert_eq!(claims(&tokens["access_token"])["amr"], amr);
        // The store says so, too.
        let tokens = world.refresh(&tokens).await.expect(200);
        assert_eq!(claims(&tokens["access_token"])["amr"], amr);
        let created = world.events("session.created").await;
        assert_eq!(created.last().expect("one")["amr"], amr);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_completes_nothing_once_the_link_is_gone() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let (mut laptop, client) = guarded(world, EMAIL).await;
        let linked = link(federated, &client).await;
        let waiting = second_step(federated).await;
        client.delete(&linked).await.expect(204);
        let credential = laptop.get(&waiting["request_options"]);
        let reply = answer(world, &waiting, &credential).await;
        refused(&reply, 401, "identity.sign_in_expired");
    })
    .await;
}

#[tokio::test]
async fn the_page_takes_a_passkey_after_a_provider() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let admin = people(world).await;
        let tea = program(&admin, "public").await;
        let client = world.with(&world.sign_in(EMAIL).await);
        let mut laptop = device();
        register(&client, &mut laptop).await;
        link(federated, &client).await;

        let page = text(&begin(federated, &tea, &[]).await);
        let reply = press(federated, &mut Tab::default(), &page, "acme").await;
        let policy = reply.header("content-security-policy").expect("a policy");
        assert!(policy.contains("; script-src 'sha256-"), "{policy}");
        let mut browser = Browser::new(world);
        browser.cookie = session_of(&reply);
        assert!(browser.asks(&query(&tea, &[])).await.0, "nobody is in yet");
        let next = use_passkey(&mut browser, &text(&reply), &mut laptop).await;
        let agreed = browser.decide(&text(&next), "allow").await;
        let code = value(&sent_to(&agreed).1, "code").to_owned();
        let tokens = tea.exchange(world, &code, &[]).await.expect(200);
        assert_eq!(
            claims(&tokens["id_token"])["amr"],
            json!(["fed", "pop", "user", "mfa"])
        );
    })
    .await;
}

/// Who has no password has a passkey all the same: it opens alone, and does not replace the link.
#[tokio::test]
async fn who_has_no_password_can_have_a_passkey() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let tokens = federated.sign_in("acme", person("7", EMAIL)).await;
        let tokens = tokens.expect(201);
        let client = world.with(&tokens);
        let mut laptop = device();
        register(&client, &mut laptop).await;
        // The session that registered it has shown it.
        let tokens = world.refresh(&tokens).await.expect(200);
        assert_eq!(
            claims(&tokens["access_token"])["amr"],
            json!(["fed", "pop", "user", "mfa"])
        );
        let alone = crate::passkeys::sign_in(world, &mut laptop).await;
        let amr = claims(&alone.expect(201)["access_token"])["amr"].clone();
        assert_eq!(amr, json!(["pop", "user", "mfa"]));
        // A device can be lost, and a passkey can be removed: the link stays.
        let listed = client.get(PATH).await.expect(200);
        let only = listed["data"][0]["id"].as_str().expect("an id");
        let reply = client.delete(&format!("{PATH}/{only}")).await;
        refused(&reply, 409, "identity.last_way_in");
    })
    .await;
}
