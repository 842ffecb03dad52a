//! Bob has a passkey for a while: registered, used alone, after the password and on our page, removed.

use anyhow::{Context as _, Result};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::oauth::{CALLBACK, CHALLENGE, CLIENTS, cookie_of, form, hidden};
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const FACTORS: &str = "/v1/me/factors";
const CHALLENGES: &str = "/v1/auth/passkey-challenges";
const SESSIONS: &str = "/v1/auth/passkey-sessions";
/// The same in every run, so that it needs no name.
const CREDENTIAL: [u8; 32] = [0x6b; 32];

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let mut laptop = Laptop::new(&shop.places.base_url)?;
    let path = register(shop, &mut laptop).await?;
    sign_in(shop, &mut laptop).await?;
    after_the_password(shop, &mut laptop).await?;
    on_the_page(shop, &mut laptop).await?;
    let bob = shop.bob.clone();
    let remove = Ask::delete(&path).by(&bob);
    let recorder = &mut shop.recorder;
    recorder
        .ask("delete_my_factor: a passkey", 204, remove)
        .await?;
    Ok(())
}

/// Registers a passkey; returns where it is.
async fn register(shop: &mut Shop, laptop: &mut Laptop) -> Result<String> {
    let bob = shop.bob.clone();
    let recorder = &mut shop.recorder;
    let body = json!({ "kind": "passkey", "name": "Laptop" });
    let create = Ask::post(FACTORS, &body).by(&bob).key("laptop-of-bob");
    let made = recorder
        .ask("create_my_factor: a passkey", 201, create)
        .await?;
    let options = made.value("/creation_options")?;
    let path = format!("{FACTORS}/{}", made.text("/id")?);
    let confirmations = format!("{path}/confirmations");
    let confirm = |credential: Value| {
        let body = json!({ "credential": credential, "end_other_sessions": false });
        Ask::post(&confirmations, &body).by(&bob)
    };
    let mut other = options.clone();
    other["challenge"] = json!("A".repeat(43));
    let wrong = confirm(laptop.create(&other)?);
    recorder
        .ask(
            "create_my_factor_confirmation: a passkey that answers something else",
            422,
            wrong,
        )
        .await?;
    let mut unreadable = laptop.create(&options)?;
    unreadable["response"]["attestationObject"] = json!("no base64url");
    recorder
        .ask(
            "create_my_factor_confirmation: a passkey that cannot be read",
            422,
            confirm(unreadable),
        )
        .await?;
    let neither = Ask::post(&confirmations, &json!({})).by(&bob);
    recorder
        .ask("create_my_factor_confirmation: with nothing", 422, neither)
        .await?;
    let right = confirm(laptop.create(&options)?);
    recorder
        .ask("create_my_factor_confirmation: a passkey", 200, right)
        .await?;
    let list = Ask::get(FACTORS).by(&bob);
    recorder
        .ask("list_my_factors: a passkey", 200, list)
        .await?;
    Ok(path)
}

async fn sign_in(shop: &mut Shop, laptop: &mut Laptop) -> Result<()> {
    let recorder = &mut shop.recorder;
    let asked = recorder
        .ask(
            "create_passkey_challenge: for whoever answers",
            200,
            Ask::post(CHALLENGES, &json!({})),
        )
        .await?;
    let token = asked.text("/challenge_token")?;
    let proof = laptop.get(&asked.value("/request_options")?)?;
    let send = |token: &str, proof: &Value| {
        let body = json!({ "challenge_token": token, "credential": proof });
        Ask::post(SESSIONS, &body)
    };
    let mut unreadable = proof.clone();
    unreadable["response"]["signature"] = json!("no base64url");
    for (case, status, ask) in [
        ("that cannot be read", 422, send(&token, &unreadable)),
        ("with no challenge", 401, send(&"A".repeat(43), &proof)),
        ("signed in", 201, send(&token, &proof)),
        ("twice", 401, send(&token, &proof)),
    ] {
        recorder
            .ask(&format!("create_passkey_session: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

async fn after_the_password(shop: &mut Shop, laptop: &mut Laptop) -> Result<()> {
    let bob = shop.bob.clone();
    let recorder = &mut shop.recorder;
    let body = json!({ "email": bob.email, "password": bob.password });
    let asked = recorder
        .ask(
            "create_session: a passkey is needed",
            401,
            Ask::post("/v1/auth/sessions", &body),
        )
        .await?;
    let begin = |token: &str| Ask::post(CHALLENGES, &json!({ "challenge_token": token }));
    recorder
        .ask(
            "create_passkey_challenge: of no sign-in",
            401,
            begin(&"A".repeat(43)),
        )
        .await?;
    let waiting = recorder
        .ask(
            "create_passkey_challenge: after the password",
            200,
            begin(&asked.text("/challenge_token")?),
        )
        .await?;
    let proof = laptop.get(&waiting.value("/request_options")?)?;
    let body = json!({ "challenge_token": waiting.text("/challenge_token")?, "credential": proof });
    recorder
        .ask(
            "create_passkey_session: after the password",
            201,
            Ask::post(SESSIONS, &body),
        )
        .await?;
    Ok(())
}

/// Bob lets a program in.
async fn on_the_page(shop: &mut Shop, laptop: &mut Laptop) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let wish = json!({
        "name": "Pot & Co", "type": "public", "redirect_uris": ["https://client.example/cb"],
        "grants": ["authorization_code"], "scopes": ["openid"],
    });
    let program = recorder
        .quietly(Ask::post(CLIENTS, &wish).by(&root))
        .await?;
    let (id, etag) = (program.text("/id")?, program.etag()?);
    let query = format!(
        "response_type=code&client_id={id}&redirect_uri={CALLBACK}&scope=openid&state=s3&nonce=n3\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let page = Ask::get(format!("/oauth/authorize?{query}")).with("accept", "text/html");
    let page = recorder.quietly(page).await?;
    let (cookie, mark) = (cookie_of(&page)?, hidden(&page, "form_token")?);
    let begin = |mark: &str| {
        let pairs = [("request", query.as_str()), ("form_token", mark)];
        form("/oauth/passkey-challenges", &pairs)
            .with("cookie", &cookie)
            .with("accept", "application/json")
    };
    recorder
        .ask(
            "submit_passkey_challenge: with no mark of ours",
            401,
            begin("nonsense"),
        )
        .await?;
    let foreign = begin(&mark).with("sec-fetch-site", "cross-site");
    recorder
        .ask("submit_passkey_challenge: from another page", 403, foreign)
        .await?;
    let asked = recorder
        .ask("submit_passkey_challenge: of the page", 200, begin(&mark))
        .await?;
    let token = asked.text("/challenge_token")?;
    let proof = laptop.get(&asked.value("/request_options")?)?.to_string();
    let send = |mark: &str, token: &str| {
        let pairs = [
            ("request", query.as_str()),
            ("form_token", mark),
            ("passkey_token", token),
            ("credential", &proof),
        ];
        form("/oauth/passkey", &pairs).with("cookie", &cookie)
    };
    let foreign = send(&mark, &token).with("sec-fetch-site", "cross-site");
    for (case, status, ask) in [
        ("from another page", 403, foreign),
        ("with no mark of ours", 400, send("nonsense", &token)),
        ("with no challenge", 401, send(&mark, &"A".repeat(43))),
        ("signed in", 200, send(&mark, &token)),
    ] {
        recorder
            .ask(&format!("submit_passkey: {case}"), status, ask)
            .await?;
    }
    let program = Ask::delete(format!("{CLIENTS}/{id}"))
        .by(&root)
        .with("if-match", etag);
    recorder.quietly(program).await?;
    Ok(())
}

/// Bob's laptop with a browser on our pages: ES256, attestation `none` (WebAuthn level 3 §6).
struct Laptop {
    key: EcdsaKeyPair,
    origin: String,
    owner: Value,
    proofs: u32,
}

impl Laptop {
    fn new(origin: &str) -> Result<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING);
        Ok(Self {
            key: key.ok().context("no key was made")?,
            origin: origin.to_owned(),
            owner: Value::Null,
            proofs: 0,
        })
    }

    fn create(&mut self, options: &Value) -> Result<Value> {
        self.owner = options["user"]["id"].clone();
        let mut data = self.authenticator_data(0x45); // a key, and a user who is there and verified
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(CREDENTIAL);
        let point = self.key.public_key().as_ref();
        data.extend(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20");
        data.extend(&point[1..33]);
        data.extend(b"\x22\x58\x20");
        data.extend(&point[33..65]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len())?);
        object.extend(data);
        let client_data = self.client_data("webauthn.create", options);
        Ok(credential(json!({
            "clientDataJSON": encoded(&client_data), "attestationObject": encoded(&object),
        })))
    }

    fn get(&mut self, options: &Value) -> Result<Value> {
        self.proofs += 1;
        let data = self.authenticator_data(0x05);
        let client_data = self.client_data("webauthn.get", options);
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed);
        let signature = signature.ok().context("it was not signed")?;
        Ok(credential(json!({
            "clientDataJSON": encoded(&client_data), "authenticatorData": encoded(&data),
            "signature": encoded(signature.as_ref()), "userHandle": self.owner,
        })))
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, b"localhost").as_ref().to_vec();
        data.push(flags);
        data.extend(self.proofs.to_be_bytes());
        data
    }
}

fn credential(response: Value) -> Value {
    let id = encoded(&CREDENTIAL);
    json!({ "id": id, "rawId": id, "type": "public-key", "response": response })
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
