//! The calls to a provider.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use identity_contract::IdentityError;
use tenon_seam::SeamResult;
use url::form_urlencoded;

use super::{Fault, Provider};
use crate::domain::federation::NotBelieved;
use crate::domain::federation::document::{ClientAuthentication, ProviderDocument, ProviderTokens};
use crate::service::refuse;
use crate::settings::ProviderSettings;

impl Provider {
    /// Exchanges a code (RFC 6749 §4.1.3). A refusal of the provider is `None`: then the code was worth nothing.
    pub(in crate::service::federation) async fn exchange(
        &self,
        document: &ProviderDocument,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> SeamResult<Option<ProviderTokens>, IdentityError> {
        let (headers, form) = self.token_request(document, code, redirect_uri, verifier);
        let url = &document.token_endpoint;
        let answer = match self.egress.submit(url, headers, form).await {
            Ok(answer) => answer,
            Err(fault) => {
                self.log("tokens", &fault.to_string());
                return refuse(IdentityError::ProviderUnavailable);
            }
        };
        match answer.status {
            StatusCode::OK => match ProviderTokens::read(&answer.body) {
                Ok(tokens) => Ok(Some(tokens)),
                Err(NotBelieved(why)) => {
                    self.log("tokens", why);
                    Ok(None)
                }
            },
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                self.log("tokens", status.as_str());
                refuse(IdentityError::ProviderUnavailable)
            }
            status => {
                self.log("tokens", status.as_str());
                Ok(None)
            }
        }
    }

    /// Shows the secret as the provider wants it.
    fn token_request(
        &self,
        document: &ProviderDocument,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> (HeaderMap, String) {
        let ProviderSettings {
            client_id,
            client_secret,
            ..
        } = &self.settings;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("code_verifier", verifier);
        let mut headers = json();
        match document.client_authentication {
            ClientAuthentication::Basic => {
                let value = basic(client_id, client_secret.expose());
                headers.insert(AUTHORIZATION, value);
            }
            ClientAuthentication::Post => {
                form.append_pair("client_id", client_id)
                    .append_pair("client_secret", client_secret.expose());
            }
        }
        (headers, form.finish())
    }

    /// Asks about the person with the token that came for it.
    pub(in crate::service::federation) async fn userinfo(
        &self,
        url: &str,
        access_token: &str,
    ) -> SeamResult<Vec<u8>, IdentityError> {
        let mut headers = HeaderMap::new();
        let Ok(mut bearer) = HeaderValue::try_from(format!("Bearer {access_token}")) else {
            return refuse(IdentityError::ProviderUnavailable);
        };
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        let got = self.get("userinfo", url, headers).await;
        got.or_else(|_| refuse(IdentityError::ProviderUnavailable))
    }

    pub(super) async fn get(
        &self,
        what: &'static str,
        url: &str,
        headers: HeaderMap,
    ) -> Result<Vec<u8>, Fault> {
        let mut all = json();
        all.extend(headers);
        match self.egress.get(url, all).await {
            Ok(answer) if answer.status == StatusCode::OK => Ok(answer.body),
            Ok(answer) => {
                self.log(what, answer.status.as_str());
                Err(Fault::Silent)
            }
            Err(fault) => {
                self.log(what, &fault.to_string());
                Err(Fault::Silent)
            }
        }
    }
}

fn json() -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))])
}

/// RFC 6749 §2.3.1: both are form-encoded first.
fn basic(client_id: &str, secret: &str) -> HeaderValue {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(client_id), encoded(secret));
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))
        .expect("base64 stands in a header");
    value.set_sensitive(true);
    value
}
