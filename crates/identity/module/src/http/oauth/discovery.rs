//! `GET /.well-known/openid-configuration` and `GET /.well-known/oauth-authorization-server`

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_access::Policy;
use tenon_web::{Endpoint, EndpointBuilder, Reply};

use super::TAG;
use crate::domain::oauth::client::Grant;
use crate::domain::oauth::scopes::KNOWN;
use crate::service::Service;

/// What clients have to know of this server (OpenID Connect Discovery §3, RFC 8414 §2).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuthorizationServer")]
pub(super) struct View {
    /// `iss` of tokens and answers.
    issuer: String,
    /// Where browsers are sent.
    authorization_endpoint: String,
    /// Where codes are exchanged.
    token_endpoint: String,
    /// Says who has signed in.
    userinfo_endpoint: String,
    /// The keys of tokens.
    jwks_uri: String,
    /// Where tokens are given back.
    revocation_endpoint: String,
    /// Says what a token is.
    introspection_endpoint: String,
    /// Scopes that a client can be registered for.
    scopes_supported: Vec<&'static str>,
    /// `code`
    response_types_supported: [&'static str; 1],
    /// `query`
    response_modes_supported: [&'static str; 1],
    /// How programs get tokens.
    grant_types_supported: Vec<&'static str>,
    /// `public`: `sub` is the same for every client.
    subject_types_supported: [&'static str; 1],
    /// `EdDSA`, with Ed25519.
    id_token_signing_alg_values_supported: [&'static str; 1],
    /// How clients show who they are.
    token_endpoint_auth_methods_supported: [&'static str; 3],
    /// How clients show who they are.
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    /// How clients show who they are.
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
    /// `S256`
    code_challenge_methods_supported: [&'static str; 1],
    /// What may stand in `prompt`.
    prompt_values_supported: [&'static str; 4],
    /// What ID tokens and userinfo tell.
    claims_supported: [&'static str; 14],
    /// Whether answers carry `iss` (RFC 9207).
    authorization_response_iss_parameter_supported: bool,
    /// Whether `claims` is read.
    claims_parameter_supported: bool,
    /// Whether `request` is read.
    request_parameter_supported: bool,
    /// Whether `request_uri` is read.
    request_uri_parameter_supported: bool,
    /// The guide for developers.
    service_documentation: String,
}

impl View {
    fn of(service: &Service) -> Self {
        let at = |path| service.settings.address_of(path);
        Self {
            issuer: service.settings.issuer.clone(),
            authorization_endpoint: at("/oauth/authorize"),
            token_endpoint: at("/oauth/token"),
            userinfo_endpoint: at("/oauth/userinfo"),
            jwks_uri: at("/.well-known/jwks.json"),
            revocation_endpoint: at("/oauth/revoke"),
            introspection_endpoint: at("/oauth/introspect"),
            scopes_supported: KNOWN.iter().map(|(scope, _)| *scope).collect(),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: Grant::ALL.iter().map(|grant| grant.as_str()).collect(),
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["EdDSA"],
            token_endpoint_auth_methods_supported: [
                "client_secret_basic",
                "client_secret_post",
                "none",
            ],
            revocation_endpoint_auth_methods_supported: [
                "client_secret_basic",
                "client_secret_post",
                "none",
            ],
            introspection_endpoint_auth_methods_supported: [
                "client_secret_basic",
                "client_secret_post",
            ],
            code_challenge_methods_supported: ["S256"],
            prompt_values_supported: ["none", "login", "consent", "select_account"],
            claims_supported: [
                "iss",
                "sub",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "amr",
                "nonce",
                "at_hash",
                "sid",
                "name",
                "updated_at",
                "email",
                "email_verified",
            ],
            authorization_response_iss_parameter_supported: true,
            claims_parameter_supported: false,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
            service_documentation: at("/docs"),
        }
    }
}

pub(super) fn endpoints(service: &Arc<Service>) -> [Endpoint; 2] {
    let described = |endpoint: EndpointBuilder| {
        endpoint
            .tag(TAG)
            .answers::<View>(200, "The description.")
            .handler(handler, Arc::clone(service))
    };
    [
        described(
            Endpoint::get(
                "/.well-known/openid-configuration",
                "get_openid_configuration",
                Policy::Public,
            )
            .summary("Describes this server to OpenID Connect clients."),
        ),
        described(
            Endpoint::get(
                "/.well-known/oauth-authorization-server",
                "get_authorization_server_metadata",
                Policy::Public,
            )
            .summary("Describes this server to OAuth clients (RFC 8414)."),
        ),
    ]
}

async fn handler(State(service): State<Arc<Service>>) -> Reply {
    Reply::ok(&View::of(&service)).cache_control("public, max-age=300")
}
