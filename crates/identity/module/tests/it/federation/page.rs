//! The button on the page to sign in on: programs that send people here get through.

use serde_json::json;
use tenon_testkit::TestReply;

use super::idp::Mood;
use super::{EMAIL, Federated, Tab, on_each_engine, person};
use crate::factors::guarded;
use crate::oauth::browser::{
    Browser, CALLBACK, Program, claims, hidden, people, program, query, sent_to, text, value,
};
use crate::world::World;

/// The address behind the button, as a browser reads it.
fn button(page: &str, provider: &str) -> String {
    let (_, rest) = page
        .split_once(&format!(
            "href=\"&#x2f;oauth&#x2f;federation&#x2f;{provider}"
        ))
        .unwrap_or_else(|| panic!("no button in {page}"));
    let rest = rest.split('"').next().expect("an address");
    let plain = rest.replace("&#x2f;", "/").replace("&amp;", "&");
    format!("/oauth/federation/{provider}{plain}")
}

pub(super) async fn begin(
    federated: &Federated,
    program: &Program,
    changes: &[(&str, &str)],
) -> TestReply {
    let mut browser = Browser::new(&federated.world);
    browser.get(&query(program, changes)).await
}

/// Presses the button, agrees at the provider, comes back.
pub(super) async fn press(
    federated: &Federated,
    tab: &mut Tab,
    page: &str,
    provider: &str,
) -> TestReply {
    let world: &World = &federated.world;
    let left = tab.get(world, &button(page, provider)).await;
    assert_eq!(left.status(), 303, "{left:?}");
    let to = left.header("location").expect("a location").to_owned();
    let answer = federated.idp(provider).approve(&to);
    tab.back(world, provider, &answer).await
}

pub(super) fn session_of(reply: &TestReply) -> Option<String> {
    let cookie = reply.header("set-cookie")?;
    cookie.split(';').next().map(str::to_owned)
}

#[tokio::test]
async fn a_program_gets_a_code_for_who_signs_in_elsewhere() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let admin = people(world).await;
        let tea = program(&admin, "public").await;
        let page = text(&begin(federated, &tea, &[]).await);
        assert!(page.contains("Sign in with Acme &amp; Sons"), "{page}");
        // Beside the other ways in, and none of them in the way of another.
        for other in ["name=\"password\"", "id=\"passkey\""] {
            assert!(page.contains(other), "{page}");
        }
        assert_eq!(page.matches("<script").count(), 1, "{page}");

        federated.acme.is_visited_by(person("7", "bob@example.org"));
        let reply = press(federated, &mut Tab::default(), &page, "acme").await;
        let mut browser = Browser::new(world);
        browser.cookie = session_of(&reply);
        let consent = text(&reply);
        assert!(consent.contains("bob@example.org"), "{consent}");
        let (to, said) = sent_to(&browser.decide(&consent, "allow").await);
        assert_eq!(to, CALLBACK);
        let tokens = tea
            .exchange(world, value(&said, "code"), &[])
            .await
            .expect(200);
        assert_eq!(claims(&tokens["id_token"])["amr"], json!(["fed"]));
        // From now on the browser is known.
        assert!(!browser.asks(&query(&tea, &[])).await.0);
    })
    .await;
}

#[tokio::test]
async fn the_page_says_why_it_did_not_work() {
    on_each_engine(async |federated| {
        let admin = people(&federated.world).await;
        let tea = program(&admin, "public").await;
        let page = text(&begin(federated, &tea, &[]).await);
        for (person, status, words) in [
            (
                person("7", EMAIL),
                401,
                "There is an account with your e-mail address already",
            ),
            (
                json!({ "sub": "8" }),
                401,
                "does not confirm your e-mail address",
            ),
        ] {
            federated.acme.is_visited_by(person);
            let reply = press(federated, &mut Tab::default(), &page, "acme").await;
            assert_eq!(reply.status(), status);
            assert!(text(&reply).contains(words), "{}", text(&reply));
            // It is the page to sign in on, and works.
            let mut browser = Browser::new(&federated.world);
            browser.cookie = session_of(&reply);
            let next = browser
                .sign_in(&text(&reply), EMAIL, crate::world::PASSWORD)
                .await;
            assert!(text(&next).contains("name=\"decision\""), "{next:?}");
        }
        federated.acme.state().moods = [("/token", Mood::Broken)].into();
        let reply = press(federated, &mut Tab::default(), &page, "acme").await;
        assert_eq!(reply.status(), 503);
        assert!(text(&reply).contains("cannot be reached now"));
    })
    .await;
}

#[tokio::test]
async fn the_page_asks_for_the_second_factor() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let admin = world.made("root@example.org", &[tenon_kernel::Role::Admin]).await.1;
        let tea = program(&admin, "public").await;
        let bob = guarded(world, "bob@example.org").await;
        federated.acme.is_visited_by(person("7", "bob@example.org"));
        let body = json!({ "federation_code": federated.code("acme").await, "code_verifier": crate::oauth::browser::VERIFIER });
        bob.client.post("/v1/me/identities").json(&body).await.expect(201);

        let page = text(&begin(federated, &tea, &[]).await);
        let reply = press(federated, &mut Tab::default(), &page, "acme").await;
        let asked = text(&reply);
        let mut browser = Browser::new(world);
        browser.cookie = session_of(&reply);
        // Nobody is signed in yet.
        assert!(browser.asks(&query(&tea, &[])).await.0);
        let fields: Vec<(&str, String)> = ["request", "form_token", "challenge_token"]
            .into_iter()
            .map(|name| (name, hidden(&asked, name)))
            .collect();
        let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let code = bob.phone.code(world, 0);
        pairs.push(("one_time_code", &code));
        let next = browser.send("/oauth/code", &pairs).await;
        assert!(text(&next).contains("name=\"decision\""), "{next:?}");
    })
    .await;
}

/// A program that wants a sign-in of now does not get one of yesterday.
#[tokio::test]
async fn a_program_can_want_a_sign_in_of_now() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let admin = people(world).await;
        let tea = program(&admin, "public").await;
        let mut bob = person("7", "bob@example.org");
        let now = || world.app.kit().env().now().as_unix_seconds();
        for changes in [&[("prompt", "login")][..], &[("max_age", "60")]] {
            let page = text(&begin(federated, &tea, changes).await);
            bob["auth_time"] = json!(now() - 3_600);
            federated.acme.is_visited_by(bob.clone());
            let reply = press(federated, &mut Tab::default(), &page, "acme").await;
            assert_eq!(reply.status(), 401, "{changes:?}");
            bob["auth_time"] = json!(now());
            federated.acme.is_visited_by(bob.clone());
            let reply = press(federated, &mut Tab::default(), &page, "acme").await;
            assert!(text(&reply).contains("name=\"decision\""), "{changes:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_that_cannot_be_read_leads_nowhere() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let mut tab = Tab::default();
        for path in [
            "/oauth/federation/acme?request=client_id%3Dx",
            "/oauth/federation/acme?request=",
            "/oauth/federation/nobody?request=client_id%3Dx",
        ] {
            let reply = tab.get(world, path).await;
            assert_eq!(reply.status(), 400, "{path}");
            assert_eq!(reply.header("location"), None);
        }
        assert_eq!(federated.acme.count("/token"), 0);
    })
    .await;
}
