//! A client as administrators send and see it.

use identity_contract::OauthClientId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::Timestamp;

use crate::domain::oauth::client::{Client, ClientKind, Grant};
use crate::service::oauth::ShownClient;

/// Whether a program can keep a secret (RFC 6749 §2.1).
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OauthClientType {
    /// It runs in a browser or on a phone, where everybody can look into it.
    Public,
    /// It runs on a server and has a secret.
    Confidential,
}

/// How a program gets tokens.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OauthGrant {
    /// For a person who agrees on our page.
    AuthorizationCode,
    /// For itself.
    ClientCredentials,
    /// Again and again, once a person has agreed.
    RefreshToken,
}

/// A program that may ask for tokens.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OauthClient")]
pub(super) struct ClientView {
    /// `client_id`
    id: OauthClientId,
    /// Shown to people who are asked to agree.
    name: String,
    /// Whether it has a secret.
    #[serde(rename = "type")]
    kind: OauthClientType,
    /// Where browsers are sent back to; compared character by character.
    redirect_uris: Vec<String>,
    /// How it gets tokens.
    grants: Vec<OauthGrant>,
    /// The most it can be given.
    scopes: Vec<String>,
    /// Until when the secret before the current one is taken, too.
    previous_secret_until: Option<Timestamp>,
    /// When it was registered.
    created_at: Timestamp,
    /// When it last changed.
    updated_at: Timestamp,
    /// `client_secret`, in the answer to the command that made it only.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<&Client> for ClientView {
    fn from(client: &Client) -> Self {
        Self {
            id: client.id,
            name: client.wish.name.clone(),
            kind: client.kind.into(),
            redirect_uris: client.wish.redirect_uris.clone(),
            grants: client
                .wish
                .grants
                .iter()
                .map(|grant| (*grant).into())
                .collect(),
            scopes: client.wish.scope.iter().map(str::to_owned).collect(),
            previous_secret_until: client.secrets.previous.as_ref().map(|(_, until)| *until),
            created_at: client.created_at,
            updated_at: client.updated_at,
            secret: None,
        }
    }
}

impl From<&ShownClient> for ClientView {
    fn from(shown: &ShownClient) -> Self {
        Self {
            secret: shown
                .secret
                .as_ref()
                .map(|secret| secret.expose().to_owned()),
            ..Self::from(&shown.client)
        }
    }
}

impl From<ClientKind> for OauthClientType {
    fn from(kind: ClientKind) -> Self {
        match kind {
            ClientKind::Public => Self::Public,
            ClientKind::Confidential => Self::Confidential,
        }
    }
}

impl From<OauthClientType> for ClientKind {
    fn from(kind: OauthClientType) -> Self {
        match kind {
            OauthClientType::Public => Self::Public,
            OauthClientType::Confidential => Self::Confidential,
        }
    }
}

impl From<Grant> for OauthGrant {
    fn from(grant: Grant) -> Self {
        match grant {
            Grant::AuthorizationCode => Self::AuthorizationCode,
            Grant::ClientCredentials => Self::ClientCredentials,
            Grant::RefreshToken => Self::RefreshToken,
        }
    }
}

impl From<OauthGrant> for Grant {
    fn from(grant: OauthGrant) -> Self {
        match grant {
            OauthGrant::AuthorizationCode => Self::AuthorizationCode,
            OauthGrant::ClientCredentials => Self::ClientCredentials,
            OauthGrant::RefreshToken => Self::RefreshToken,
        }
    }
}
