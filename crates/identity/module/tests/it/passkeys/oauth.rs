//! Our own pages take passkeys, alone and after the password.

use identity_passkeys::soft::SoftAuthenticator;
use serde_json::{Value, json};
use tenon_testkit::TestReply;

use super::{EMAIL, device, register};
use crate::oauth::browser::{
    Browser, claims, hidden, people, program, query, sent_to, text, value,
};
use crate::world::{PASSWORD, World, on_each_engine};

async fn registered(world: &World) -> SoftAuthenticator {
    let mut laptop = device();
    register(&world.with(&world.sign_in(EMAIL).await), &mut laptop).await;
    laptop
}

/// The fields that the script takes over from the page.
fn marks(page: &str) -> Vec<(&'static str, String)> {
    let (_, form) = page
        .split_once("id=\"passkey\"")
        .expect("the form for passkeys");
    let names = ["request", "form_token", "challenge_token"].into_iter();
    names
        .filter(|name| form.contains(&format!("name=\"{name}\"")))
        .map(|name| (name, hidden(form, name)))
        .collect()
}

fn pairs<'m>(marks: &'m [(&'static str, String)]) -> Vec<(&'m str, &'m str)> {
    marks
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

/// What the script of the page asks for.
async fn challenge(browser: &mut Browser, page: &str) -> TestReply {
    let marks = marks(page);
    browser
        .ask("/oauth/passkey-challenges", &pairs(&marks))
        .await
}

/// What the script sends.
async fn send(browser: &mut Browser, page: &str, asked: &Value, credential: &Value) -> TestReply {
    let marks = marks(page);
    let mut pairs = pairs(&marks);
    let credential = credential.to_string();
    let token = asked["challenge_token"].as_str().expect("a token");
    pairs.extend([
        ("passkey_token", token),
        ("credential", credential.as_str()),
    ]);
    browser.send("/oauth/passkey", &pairs).await
}

pub(crate) async fn use_passkey(
    browser: &mut Browser,
    page: &str,
    device: &mut SoftAuthenticator,
) -> TestReply {
    let asked = challenge(browser, page).await.expect(200);
    let credential = device.get(&asked["request_options"]);
    send(browser, page, &asked, &credential).await
}

#[tokio::test]
async fn the_pages_let_people_in_by_passkey() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut laptop = registered(world).await;
        let mut browser = Browser::new(world);
        let asked = query(&program, &[]);
        let page = browser.get(&asked).await;
        let policy = page
            .header("content-security-policy")
            .expect("a policy")
            .to_owned();
        assert!(policy.contains("; script-src 'sha256-"), "{policy}");
        assert!(policy.contains("; connect-src 'self'; "), "{policy}");
        let before = browser.cookie.clone();
        let reply = use_passkey(&mut browser, &text(&page), &mut laptop).await;
        assert_eq!(reply.status(), 200, "{reply:?}");
        assert_ne!(browser.cookie, before);
        let policy = reply.header("content-security-policy").expect("a policy");
        assert!(
            !policy.contains("script-src"),
            "the page to agree on runs none: {policy}"
        );
        let agreed = browser.decide(&text(&reply), "allow").await;
        let code = value(&sent_to(&agreed).1, "code").to_owned();
        let tokens = program.exchange(world, &code, &[]).await.expect(200);
        let amr = json!(["pop", "user", "mfa"]);
        assert_eq!(claims(&tokens["id_token"])["amr"], amr);
    })
    .await;
}

#[tokio::test]
async fn a_passkey_is_the_second_step_of_the_pages() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut laptop = registered(world).await;
        let mut browser = Browser::new(world);
        let page = text(&browser.get(&query(&program, &[])).await);
        let page = text(&browser.sign_in(&page, EMAIL, PASSWORD).await);
        assert!(page.contains("name=\"one_time_code\""), "{page}");
        let wrong = use_passkey(&mut browser, &page, &mut device()).await;
        assert_eq!(wrong.status(), 401);
        let page = text(&wrong);
        assert!(page.contains("This passkey was not accepted"), "{page}");
        assert!(
            page.contains("name=\"one_time_code\""),
            "still the second step"
        );
        let reply = use_passkey(&mut browser, &page, &mut laptop).await;
        let agreed = browser.decide(&text(&reply), "allow").await;
        let code = value(&sent_to(&agreed).1, "code").to_owned();
        let tokens = program.exchange(world, &code, &[]).await.expect(200);
        assert_eq!(
            claims(&tokens["id_token"])["amr"],
            json!(["pwd", "pop", "user", "mfa"])
        );
    })
    .await;
}

#[tokio::test]
async fn a_challenge_counts_in_the_form_it_was_asked_for_with() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut laptop = registered(world).await;
        let (mut ada, mut eve) = (Browser::new(world), Browser::new(world));
        let asked = query(&program, &[]);
        let page = text(&ada.get(&asked).await);
        let of_eve = text(&eve.get(&asked).await);
        // A challenge of Eve's browser, answered by Ada, starts a session in neither.
        let made = challenge(&mut eve, &of_eve).await.expect(200);
        let credential = laptop.get(&made["request_options"]);
        assert_eq!(
            send(&mut ada, &page, &made, &credential).await.status(),
            401
        );
        let made = challenge(&mut ada, &page).await.expect(200);
        let credential = laptop.get(&made["request_options"]);
        assert_eq!(
            send(&mut eve, &of_eve, &made, &credential).await.status(),
            401
        );
        assert_eq!(
            send(&mut ada, &of_eve, &made, &credential).await.status(),
            400,
            "no form of ours"
        );
        // Nor do pages and API answer each other's.
        let of_api = super::challenge(world).await;
        let credential = laptop.get(&of_api["request_options"]);
        assert_eq!(
            send(&mut ada, &page, &of_api, &credential).await.status(),
            401
        );
        let made = challenge(&mut ada, &page).await.expect(200);
        let credential = laptop.get(&made["request_options"]);
        let reply = super::answer(world, &made, &credential).await;
        super::refused(&reply, 401, "identity.passkey_refused");
        // What cannot be read is refused as what is wrong.
        let made = challenge(&mut ada, &page).await.expect(200);
        assert_eq!(
            send(&mut ada, &page, &made, &json!("x")).await.status(),
            401
        );
        let right = use_passkey(&mut ada, &page, &mut laptop).await;
        assert!(text(&right).contains("name=\"decision\""));
    })
    .await;
}

#[tokio::test]
async fn only_our_own_page_gets_a_challenge() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let page = text(&browser.get(&query(&program, &[])).await);
        let marks = marks(&page);
        let stale = [("request", marks[0].1.as_str()), ("form_token", "AAAA")];
        let reply = browser.ask("/oauth/passkey-challenges", &stale).await;
        super::refused(&reply, 401, "identity.sign_in_expired");
        let mut stranger = Browser::new(world);
        let reply = challenge(&mut stranger, &page).await;
        super::refused(&reply, 401, "identity.sign_in_expired");
        let waiting = [
            ("request", marks[0].1.as_str()),
            ("form_token", marks[1].1.as_str()),
            ("challenge_token", "AAAA"),
        ];
        let reply = browser.ask("/oauth/passkey-challenges", &waiting).await;
        super::refused(&reply, 401, "identity.sign_in_expired");
    })
    .await;
}
