//! Secrets stand nowhere in plain: not in the files of the store, not in the log.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_store::StoreConfig;
use tenon_testkit::{Kit, TestEngine};
use tracing_subscriber::fmt::MakeWriter;

use crate::factors::{codes_of, first_step, guarded, second_step};
use crate::oauth::browser::{Browser, CALLBACK, Program, VERIFIER, query, value};
use crate::passkeys;
use crate::world::{PASSWORD, World};

const NEW: &str = "a much better one";

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("not poisoned")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Walks through everything that has to do with secrets and collects them.
async fn live_through(world: &World) -> Vec<(&'static str, Vec<u8>)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let bootstrap = world
        .operations
        .issue_bootstrap_token(&world.app.kit().ctx())
        .await
        .expect("a token");
    let body =
        json!({ "token": bootstrap.expose(), "email": "root@example.org", "password": PASSWORD });
    world.post("/v1/auth/bootstrap", body).await.expect(201);

    world.register("ada@example.org", PASSWORD).await;
    let verification = world.mail().await;
    world.answer(&verification, None).await.expect(204);
    let tokens = world.sign_in("ada@example.org").await;
    let refreshed = world.refresh(&tokens).await.expect(200);
    let again = world.refresh(&tokens).await.expect(200);
    world
        .try_sign_in("ada@example.org", "a wrong guess of someone")
        .await
        .expect(401);
    let ada = world.with(&refreshed);
    let etag = ada
        .get("/v1/me")
        .await
        .header("etag")
        .expect("an etag")
        .to_owned();
    let change = json!({ "current_password": PASSWORD, "new_password": NEW });
    ada.patch("/v1/me")
        .header("if-match", &etag)
        .json(&change)
        .await
        .expect(200);
    world.ask("recover", "ada@example.org").await;
    let recovery = world.mail().await;

    let mut secrets = live_as_program(world).await;
    secrets.extend(live_by_keys(world).await);
    secrets.extend(live_with_passkey(world).await);
    let (of_phone, raw) = live_with_factor(world).await;
    secrets.extend(of_phone);
    secrets.extend([
        ("password", PASSWORD.to_owned()),
        ("new password", NEW.to_owned()),
        ("wrong password", "a wrong guess of someone".to_owned()),
        ("bootstrap token", bootstrap.expose().to_owned()),
        ("answered challenge token", verification.token),
        ("open challenge token", recovery.token),
        ("refresh token", text(&tokens["refresh_token"])),
        ("successor", text(&refreshed["refresh_token"])),
        ("access token", text(&tokens["access_token"])),
        ("refreshed access token", text(&refreshed["access_token"])),
        ("repeated access token", text(&again["access_token"])),
        ("device token", text(&tokens["device_token"])),
    ]);
    let bytes = |(what, text): (_, String)| (what, text.into_bytes());
    let mut secrets: Vec<_> = secrets.into_iter().map(bytes).collect();
    secrets.push(("secret of a phone as bytes", raw));
    secrets
}

/// Walks through what programs and browsers hold.
async fn live_as_program(world: &World) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let (_, admin) = world.made("root2@example.org", &[Role::Admin]).await;
    world.account("eve@example.org").await;
    let body = json!({
        "name": "Tea", "type": "confidential", "redirect_uris": [CALLBACK],
        "grants": ["authorization_code", "refresh_token"], "scopes": ["openid", "email"],
    });
    let made = admin
        .post("/v1/oauth/clients")
        .key("k")
        .json(&body)
        .await
        .expect(201);
    let program = Program {
        id: text(&made["id"]),
        secret: Some(text(&made["secret"])),
        etag: String::new(),
    };
    let rotations = format!("/v1/oauth/clients/{}/secret-rotations", program.id);
    let rotated = admin.post(&rotations).await.expect(201);
    let mut browser = Browser::new(world);
    let query = query(&program, &[]);
    let said = browser.authorize(&query, "eve@example.org").await;
    let code = value(&said, "code").to_owned();
    let tokens = program.exchange(world, &code, &[]).await.expect(200);
    let refreshed = program.refresh(world, &tokens).await.expect(200);
    let cookie = browser.cookie.expect("a cookie");
    vec![
        ("client secret", text(&made["secret"])),
        ("next client secret", text(&rotated["secret"])),
        ("code", code),
        ("code verifier", VERIFIER.to_owned()),
        (
            "cookie",
            cookie.split_once('=').expect("a pair").1.to_owned(),
        ),
        ("refresh token of a program", text(&tokens["refresh_token"])),
        ("its successor", text(&refreshed["refresh_token"])),
        ("access token of a program", text(&tokens["access_token"])),
        ("ID token", text(&tokens["id_token"])),
    ]
}

/// Walks through what a phone and paper hold.
async fn live_with_factor(world: &World) -> (Vec<(&'static str, String)>, Vec<u8>) {
    let email = "iris@example.org";
    let ada = guarded(world, email).await;
    let (open, done) = (
        first_step(world, email).await,
        first_step(world, email).await,
    );
    let (wrong, right) = (ada.phone.wrong(world), ada.phone.code(world, 0));
    second_step(world, &done, &wrong).await.expect(422);
    second_step(world, &done, &right).await.expect(201);
    second_step(world, &open, &ada.codes[0]).await.expect(201);
    let waiting = first_step(world, email).await;
    let renewed = ada.client.post("/v1/me/recovery-codes").await.expect(200);
    let renewed = codes_of(&renewed).remove(0);
    let plain = |code: &str| code.replace('-', "");
    let texts = vec![
        ("secret of a phone", ada.phone.secret.clone()),
        ("token of a sign-in that was completed", done),
        ("token of a sign-in that waits", waiting),
        ("used recovery code", plain(&ada.codes[0])),
        ("void recovery code", plain(&ada.codes[1])),
        ("new recovery code", plain(&renewed)),
        ("used recovery code as shown", ada.codes[0].clone()),
        ("new recovery code as shown", renewed),
    ];
    (texts, ada.phone.key)
}

/// Walks through what whoever signs in with a passkey holds.
async fn live_with_passkey(world: &World) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let (mut device, _) = passkeys::guarded(world, "pia@example.org").await;
    let asked = passkeys::challenge(world).await;
    let credential = device.get(&asked["request_options"]);
    let tokens = passkeys::answer(world, &asked, &credential).await;
    let open = passkeys::challenge(world).await;
    vec![
        (
            "token of a passkey's challenge",
            text(&asked["challenge_token"]),
        ),
        ("token of an open challenge", text(&open["challenge_token"])),
        (
            "refresh token after a passkey",
            text(&tokens.expect(201)["refresh_token"]),
        ),
    ]
}

/// Walks through what keys hold, good and bad ones.
async fn live_by_keys(world: &World) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let (_, admin) = world.made("root3@example.org", &[Role::Admin]).await;
    let body = json!({ "name": "Tea", "scopes": ["api:read"], "networks": ["192.0.2.0/24"] });
    let made = admin
        .post("/v1/api-keys")
        .key("k")
        .json(&body)
        .await
        .expect(201);
    let path = format!("/v1/api-keys/{}/rotations", text(&made["id"]));
    let rotated = admin.post(&path).key("r").await.expect(201);
    let keys = [text(&made["secret"]), text(&rotated["secret"])];
    for (key, status) in [
        (&keys[0], 200),
        (&keys[1], 200),
        (&keys[1].replace('0', "1"), 401),
    ] {
        let reply = world
            .app
            .with_token(key)
            .get("/v1/me")
            .sent_from("192.0.2.77");
        reply.await.expect(status);
    }
    world
        .app
        .with_token(&keys[1])
        .get("/v1/me")
        .sent_from("192.0.3.77")
        .await
        .expect(401);
    let [before, after] = keys;
    let secret = |key: &str| key[30..82].to_owned();
    vec![
        ("secret of a key", secret(&before)),
        ("next secret of a key", secret(&after)),
        ("key", before),
        ("next key", after),
        ("address of a caller", "192.0.2.77".to_owned()),
        (
            "address of a caller from elsewhere",
            "192.0.3.77".to_owned(),
        ),
    ]
}

fn holds(haystack: &[u8], needle: impl AsRef<[u8]>) -> bool {
    let needle = needle.as_ref();
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn files_of(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(directory).expect("the directory can be read");
    let read = |entry: io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        (
            path.display().to_string(),
            std::fs::read(path).expect("a file"),
        )
    };
    entries.map(read).collect()
}

/// On SQLite every table, also those of events, jobs and keys, and what was deleted, is in these files.
#[tokio::test]
async fn no_secret_is_in_the_store_or_the_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let world = World::new(Kit::new(TestEngine::Sqlite).await).await;
    let secrets = live_through(&world).await;
    world.app.settle().await;
    world.app.assert_invariants().await;

    let StoreConfig::Sqlite { directory, .. } = world.app.kit().config() else {
        panic!("a directory")
    };
    let files = files_of(directory);
    let log = log.0.lock().expect("not poisoned").clone();
    // The search can find: this is in the store and in the log for all to see.
    assert!(
        files
            .iter()
            .any(|(_, bytes)| holds(bytes, "ada@example.org")),
        "the search finds nothing"
    );
    assert!(holds(&log, "signed in"), "the log is empty");
    for (what, secret) in &secrets {
        for (file, bytes) in &files {
            assert!(!holds(bytes, secret), "the {what} is in {file}");
        }
        assert!(!holds(&log, secret), "the {what} is in the log");
    }
    for email in [
        "ada@example.org",
        "eve@example.org",
        "iris@example.org",
        "pia@example.org",
    ] {
        assert!(!holds(&log, email), "an address is in the log");
    }
}
