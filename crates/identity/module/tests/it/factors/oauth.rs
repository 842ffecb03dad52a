//! Our own pages ask for the code, too.

use serde_json::json;

use super::{EMAIL, Guarded, first_step, guard, refused, second_step};
use crate::oauth::browser::{
    Browser, claims, hidden, people, program, query, sent_to, text, value,
};
use crate::world::{PASSWORD, World, on_each_engine};

/// Fills in the page to type a code on.
async fn type_code(browser: &mut Browser, page: &str, code: &str) -> tenon_testkit::TestReply {
    let [request, form_token, challenge] =
        ["request", "form_token", "challenge_token"].map(|name| hidden(page, name));
    let pairs = [
        ("request", request.as_str()),
        ("form_token", &form_token),
        ("challenge_token", &challenge),
        ("one_time_code", code),
    ];
    browser.send("/oauth/code", &pairs).await
}

async fn guarded_ada(world: &World) -> Guarded {
    let ada = world.with(&world.sign_in(EMAIL).await);
    guard(world, ada).await
}

#[tokio::test]
async fn the_page_asks_for_a_code_and_the_program_learns_of_it() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let ada = guarded_ada(world).await;
        let mut browser = Browser::new(world);
        let asked = query(&program, &[]);
        let page = text(&browser.get(&asked).await);
        let before = browser.cookie.clone();
        let reply = browser.sign_in(&page, EMAIL, PASSWORD).await;
        assert_eq!(reply.status(), 200);
        let page = text(&reply);
        assert!(page.contains("name=\"one_time_code\""), "{page}");
        assert!(!page.contains("name=\"decision\""), "{page}");
        assert_eq!(browser.cookie, before, "no session yet");
        assert_eq!(browser.asks(&asked).await, (true, false));

        let reply = type_code(&mut browser, &page, &ada.phone.wrong(world)).await;
        assert_eq!(reply.status(), 401);
        let page = text(&reply);
        assert!(page.contains("The code is wrong"), "{page}");
        let reply = type_code(&mut browser, &page, &ada.phone.code(world, 0)).await;
        assert_eq!(reply.status(), 200);
        assert_ne!(browser.cookie, before);
        let agreed = browser.decide(&text(&reply), "allow").await;
        let code = value(&sent_to(&agreed).1, "code").to_owned();
        let tokens = program.exchange(world, &code, &[]).await.expect(200);
        let amr = json!(["pwd", "otp", "mfa"]);
        assert_eq!(claims(&tokens["id_token"])["amr"], amr);
        let refreshed = program.refresh(world, &tokens).await.expect(200);
        assert_eq!(claims(&refreshed["id_token"])["amr"], amr);
        let created = world.events("session.created").await;
        assert_eq!(created.last().expect("one")["amr"], amr);
        // Signed in and agreed, so not asked again.
        let again = browser.get(&asked).await;
        assert!(!value(&sent_to(&again).1, "code").is_empty());
    })
    .await;
}

#[tokio::test]
async fn without_a_factor_the_program_learns_that_too() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let tokens = program.tokens(world, "openid").await;
        assert_eq!(claims(&tokens["id_token"])["amr"], json!(["pwd"]));
    })
    .await;
}

#[tokio::test]
async fn a_browser_from_before_is_asked_again() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let asked = query(&program, &[]);
        let mut browser = Browser::new(world);
        browser.authorize(&asked, EMAIL).await;
        let ada = world.with(&world.sign_in(EMAIL).await);
        let phone = super::add(&ada).await;
        let path = format!("{}/confirmations", phone.path());
        let body = json!({ "one_time_code": phone.code(world, 0), "end_other_sessions": false });
        ada.post(&path).json(&body).await.expect(200);
        assert_eq!(browser.asks(&asked).await, (true, false));
        let silent = browser.get(&query(&program, &[("prompt", "none")])).await;
        assert_eq!(value(&sent_to(&silent).1, "error"), "login_required");
    })
    .await;
}

#[tokio::test]
async fn a_code_from_before_gives_nothing() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let code = Browser::new(world).code(&query(&program, &[])).await;
        guarded_ada(world).await;
        let reply = program.exchange(world, &code, &[]).await;
        assert_eq!(crate::oauth::browser::refused(&reply, 400), "invalid_grant");
    })
    .await;
}

#[tokio::test]
async fn pages_and_api_do_not_complete_each_others_sign_ins() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let ada = guarded_ada(world).await;
        let mut browser = Browser::new(world);
        let asked = query(&program, &[]);
        let page = text(&browser.get(&asked).await);
        let page = text(&browser.sign_in(&page, EMAIL, PASSWORD).await);
        let code = ada.phone.code(world, 0);
        let reply = second_step(world, &hidden(&page, "challenge_token"), &code).await;
        refused(&reply, 401, "identity.sign_in_expired");

        let of_api = first_step(world, EMAIL).await;
        let crossed = page.replace(&hidden(&page, "challenge_token"), &of_api);
        let reply = type_code(&mut browser, &crossed, &code).await;
        assert_eq!(reply.status(), 400);
        assert!(text(&reply).contains("name=\"password\""));
        // A mark of another page, or of another browser, does not count.
        let of_sign_in = hidden(&text(&browser.get(&asked).await), "form_token");
        let marked = page.replace(&hidden(&page, "form_token"), &of_sign_in);
        assert_eq!(type_code(&mut browser, &marked, &code).await.status(), 400);
        let mut eve = Browser::new(world);
        eve.get(&asked).await;
        assert_eq!(type_code(&mut eve, &page, &code).await.status(), 400);
        assert_eq!(type_code(&mut browser, &page, &code).await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn guesses_on_the_page_are_counted() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let ada = guarded_ada(world).await;
        let mut browser = Browser::new(world);
        let page = text(&browser.get(&query(&program, &[])).await);
        let page = text(&browser.sign_in(&page, EMAIL, PASSWORD).await);
        for _ in 0..5 {
            let reply = type_code(&mut browser, &page, &ada.phone.wrong(world)).await;
            assert_eq!(reply.status(), 401);
        }
        let reply = type_code(&mut browser, &page, &ada.phone.code(world, 0)).await;
        assert_eq!(reply.status(), 400, "this sign-in is over");
        let page = text(&browser.sign_in(&text(&reply), EMAIL, PASSWORD).await);
        let reply = type_code(&mut browser, &page, &ada.phone.code(world, 0)).await;
        assert_eq!(reply.status(), 429, "and the account was tried often");
        let wait = reply.header("retry-after").expect("a wait");
        world.advance(wait.parse().expect("seconds"));
        let reply = type_code(&mut browser, &text(&reply), &ada.codes[0]).await;
        assert_eq!(reply.status(), 200);
    })
    .await;
}
