//! Signing in with accounts of other OpenID Connect providers.

mod idp;
mod keys;
mod link;
mod page;
mod passkey;
mod server;
mod sign_in;
mod tenon;
mod tokens;
mod trouble;

use std::time::Duration;

use identity::{FederationSettings, IdentitySettings, MIGRATIONS, ProviderSettings};
use serde_json::{Value, json};
use tenon_settings::Secret;
use tenon_testkit::{Kit, TestReply, engines};

use self::idp::Idp;
use crate::oauth::browser::{VERIFIER, sent_to};
use crate::world::World;

pub(crate) const RETURN_URL: &str = "https://shop.example/signed-in";
/// What [`VERIFIER`] is the verifier of.
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const EMAIL: &str = "ada@example.org";

/// An installation, and the providers `acme` and `other` beside it.
pub(crate) struct Federated {
    pub(crate) world: World,
    pub(crate) acme: Idp,
    pub(crate) other: Idp,
}

/// Somebody's browser on its way to providers and back.
#[derive(Default)]
pub(crate) struct Tab {
    pub(crate) cookie: Option<String>,
}

/// Runs a test on each engine.
async fn on_each_engine(test: impl AsyncFn(&Federated)) {
    for engine in engines() {
        let federated = Federated::new(Kit::migrated(engine, &[MIGRATIONS]).await).await;
        test(&federated).await;
        federated.world.app.settle().await;
        federated.world.app.assert_invariants().await;
    }
}

/// A provider in the settings.
pub(crate) fn registered(issuer: &str, client_id: &str, secret: &str) -> ProviderSettings {
    ProviderSettings {
        issuer: issuer.to_owned(),
        client_id: client_id.to_owned(),
        client_secret: Secret::new(secret),
        display_name: String::new(),
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
        trusts_mfa: false,
    }
}

/// Settings under which providers on this machine are reached.
pub(crate) fn development(ports: &[u16]) -> FederationSettings {
    FederationSettings {
        return_urls: vec![RETURN_URL.to_owned()],
        allow_http: true,
        further_ports: ports.to_vec(),
        allowed_networks: vec!["127.0.0.0/8".to_owned()],
        timeout_seconds: 1,
        ..FederationSettings::default()
    }
}

impl Federated {
    pub(crate) async fn new(kit: Kit) -> Self {
        Self::set(kit, |_| {}).await
    }

    /// With other settings.
    pub(crate) async fn set(kit: Kit, change: impl FnOnce(&mut IdentitySettings)) -> Self {
        let acme = Idp::start(&kit).await;
        let other = Idp::start(&kit).await;
        let mut federation = development(&[acme.port, other.port]);
        let mut known = registered(&acme.issuer, "tenon:acme", "hush + hush");
        known.display_name.push_str("Acme & Sons");
        let also = ProviderSettings {
            trusts_mfa: true,
            ..registered(&other.issuer, "tenon:acme", "hush + hush")
        };
        federation.providers = [("acme".to_owned(), known), ("other".to_owned(), also)].into();
        let world = World::set(kit, Duration::ZERO, |settings| {
            settings.federation = federation;
            change(settings);
        });
        Self {
            world: world.await,
            acme,
            other,
        }
    }

    pub(crate) fn idp(&self, provider: &str) -> &Idp {
        if provider == "acme" {
            &self.acme
        } else {
            &self.other
        }
    }

    /// Goes to the provider and back; returns what the client is sent.
    pub(crate) async fn travel(&self, tab: &mut Tab, provider: &str) -> Vec<(String, String)> {
        let to = tab.leave(&self.world, provider, &[]).await;
        let answer = self.idp(provider).approve(&to);
        let (target, said) = sent_to(&tab.back(&self.world, provider, &answer).await);
        assert_eq!(target, RETURN_URL);
        said
    }

    /// As [`Federated::travel`], down to the code.
    pub(crate) async fn code(&self, provider: &str) -> String {
        let said = self.travel(&mut Tab::default(), provider).await;
        crate::oauth::browser::value(&said, "code").to_owned()
    }

    /// Signs in with a code.
    pub(crate) async fn enter(&self, code: &str) -> TestReply {
        let body = json!({ "federation_code": code, "code_verifier": VERIFIER });
        self.world.post("/v1/auth/federation/sessions", body).await
    }

    /// Signs in with what the provider says of somebody.
    pub(crate) async fn sign_in(&self, provider: &str, person: Value) -> TestReply {
        self.idp(provider).is_visited_by(person);
        self.enter(&self.code(provider).await).await
    }
}

impl Tab {
    /// Is sent to the provider; returns where to.
    pub(crate) async fn leave(
        &mut self,
        world: &World,
        provider: &str,
        more: &[(&str, &str)],
    ) -> String {
        let mut pairs = vec![
            ("return_url", RETURN_URL),
            ("state", "a state"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.extend(more);
        let query = crate::oauth::browser::form(&pairs);
        let path = format!("/v1/auth/federation/{provider}?{query}");
        let reply = self.get(world, &path).await;
        assert_eq!(reply.status(), 303, "{reply:?}");
        reply.header("location").expect("a location").to_owned()
    }

    /// Comes back with what the provider answers.
    pub(crate) async fn back(&mut self, world: &World, provider: &str, answer: &str) -> TestReply {
        let path = format!("/v1/auth/federation/{provider}/callback?{answer}");
        self.get(world, &path).await
    }

    pub(crate) async fn get(&mut self, world: &World, path: &str) -> TestReply {
        let request = world.app.anonymous().get(path);
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let reply = request
            .header("accept", "text/html, application/json")
            .await;
        if let Some(cookie) = reply.header("set-cookie")
            && cookie.starts_with("tenon_federation=")
        {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        reply
    }
}

/// Somebody whose address the provider vouches for.
pub(crate) fn person(subject: &str, email: &str) -> Value {
    json!({ "sub": subject, "email": email, "email_verified": true, "name": "Ada" })
}
