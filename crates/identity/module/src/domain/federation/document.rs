//! What a provider publishes about itself, and what it answers (OpenID Connect Discovery §3, Core §3.1.3.3 and §5.3.2).

use zeroize::Zeroizing;

use super::NotBelieved;
use super::shape::{Members, has_word, is_true, object, text};

const LONGEST_TOKEN: usize = 32 * 1024;

/// Where a provider is talked to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderDocument {
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) userinfo_endpoint: Option<String>,
    pub(crate) client_authentication: ClientAuthentication,
    /// Whether answers in the browser name the provider (RFC 9207 §3).
    pub(crate) names_itself: bool,
}

/// How this installation proves to a provider which client it is (OpenID Connect Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    /// In the header `Authorization`.
    Basic,
    /// In the form.
    Post,
}

/// What a code was exchanged for.
pub(crate) struct ProviderTokens {
    pub(crate) id_token: Zeroizing<String>,
    pub(crate) access_token: Option<Zeroizing<String>>,
}

impl ProviderDocument {
    /// Reads a discovery document, which must be that of `issuer`: otherwise anybody's could be put in its place (§4.3).
    pub(crate) fn read(body: &[u8], issuer: &str) -> Result<Self, NotBelieved> {
        let members = object(body, "the discovery document is no JSON object")?;
        if text(&members, "issuer") != Some(issuer) {
            return Err(NotBelieved("the discovery document is of another issuer"));
        }
        Ok(Self {
            authorization_endpoint: url(&members, "authorization_endpoint")?,
            token_endpoint: url(&members, "token_endpoint")?,
            jwks_uri: url(&members, "jwks_uri")?,
            userinfo_endpoint: text(&members, "userinfo_endpoint").map(str::to_owned),
            client_authentication: client_authentication(&members)?,
            names_itself: is_true(&members, "authorization_response_iss_parameter_supported"),
        })
    }

    /// Every URL in it.
    pub(crate) fn urls(&self) -> impl Iterator<Item = &str> {
        [
            &self.authorization_endpoint,
            &self.token_endpoint,
            &self.jwks_uri,
        ]
        .into_iter()
        .chain(&self.userinfo_endpoint)
        .map(String::as_str)
    }
}

impl ProviderTokens {
    pub(crate) fn read(body: &[u8]) -> Result<Self, NotBelieved> {
        let members = object(body, "the answer with tokens is no JSON object")?;
        let token = |name| {
            let token = text(&members, name).filter(|token| token.len() <= LONGEST_TOKEN);
            token.map(|token| Zeroizing::new(token.to_owned()))
        };
        let is_bearer =
            text(&members, "token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        Ok(Self {
            id_token: token("id_token").ok_or(NotBelieved("there is no ID token"))?,
            access_token: token("access_token").filter(|_| is_bearer),
        })
    }
}

fn url(members: &Members, name: &'static str) -> Result<String, NotBelieved> {
    let url = text(members, name).map(str::to_owned);
    url.ok_or(NotBelieved("the discovery document lacks an endpoint"))
}

/// Left out it is `client_secret_basic` (OpenID Connect Discovery §3).
fn client_authentication(members: &Members) -> Result<ClientAuthentication, NotBelieved> {
    const METHODS: &str = "token_endpoint_auth_methods_supported";
    if !members.contains_key(METHODS) || has_word(members, METHODS, "client_secret_basic") {
        Ok(ClientAuthentication::Basic)
    } else if has_word(members, METHODS, "client_secret_post") {
        Ok(ClientAuthentication::Post)
    } else {
        Err(NotBelieved(
            "the provider takes clients with a secret in no way",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ISSUER: &str = "https://login.acme.example";

    fn good() -> Value {
        json!({
            "issuer": ISSUER, "authorization_endpoint": "https://login.acme.example/auth",
            "token_endpoint": "https://login.acme.example/token", "jwks_uri": "https://login.acme.example/keys",
        })
    }

    fn read(document: &Value) -> Result<ProviderDocument, NotBelieved> {
        ProviderDocument::read(document.to_string().as_bytes(), ISSUER)
    }

    #[test]
    fn a_document_is_of_its_issuer_to_the_character() {
        assert!(read(&good()).is_ok());
        for other in [
            "https://login.acme.example/",
            "https://LOGIN.acme.example",
            "",
        ] {
            let mut document = good();
            document["issuer"] = json!(other);
            assert!(read(&document).is_err(), "{other}");
        }
        for missing in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let mut document = good();
            document[missing] = Value::Null;
            assert!(read(&document).is_err(), "{missing}");
        }
        assert!(ProviderDocument::read(b"<html>", ISSUER).is_err());
    }

    #[test]
    fn a_secret_is_shown_as_the_provider_wants_it() {
        let shown = |methods: Value| {
            let mut document = good();
            document["token_endpoint_auth_methods_supported"] = methods;
            read(&document).map(|document| document.client_authentication)
        };
        assert_eq!(
            read(&good()).map(|document| document.client_authentication),
            Ok(ClientAuthentication::Basic)
        );
        assert_eq!(
            shown(json!(["client_secret_post"])),
            Ok(ClientAuthentication::Post)
        );
        assert_eq!(
            shown(json!(["client_secret_post", "client_secret_basic"])),
            Ok(ClientAuthentication::Basic)
        );
        assert!(shown(json!(["private_key_jwt"])).is_err());
    }
}
