//! Who a program is.

use identity_contract::OauthClientId;
use tenon_kernel::CallCtx;

use super::{OauthResult, refuse};
use crate::domain::oauth::client::{Client, ClientKind};
use crate::domain::oauth::error::OauthCode;
use crate::domain::secret::SecretToken;
use crate::service::Service;
use crate::store::oauth_clients;

/// What a program shows: its id, and its secret if it has one.
pub(crate) struct Presented {
    pub(crate) client_id: Option<String>,
    pub(crate) secret: Option<String>,
}

impl Service {
    /// Finds the client and checks its secret. Unknown clients and wrong secrets get the same answer.
    ///
    /// # Errors
    ///
    /// `invalid_client`.
    pub(crate) async fn authenticate_client(
        &self,
        ctx: &CallCtx,
        presented: Presented,
    ) -> OauthResult<Client> {
        let id = presented.client_id.as_deref();
        let id = id.and_then(|id| id.parse::<OauthClientId>().ok());
        let client = match id {
            Some(id) => oauth_clients::find(&mut self.db.read(ctx), id).await?,
            None => None,
        };
        let now = self.now();
        let known = client.filter(|client| match (client.kind, &presented.secret) {
            (ClientKind::Public, None) => true,
            (ClientKind::Confidential, Some(secret)) => {
                SecretToken::parse(secret).is_some_and(|secret| client.secrets.accept(&secret, now))
            }
            _ => false,
        });
        if let Some(client) = known {
            return Ok(client);
        }
        tracing::info!("a client was refused");
        refuse(
            OauthCode::InvalidClient,
            "the client or its secret is not known",
        )
    }

    /// As [`Service::authenticate_client`], for what only programs with a secret may do.
    pub(crate) async fn authenticate_confidential(
        &self,
        ctx: &CallCtx,
        presented: Presented,
    ) -> OauthResult<Client> {
        let client = self.authenticate_client(ctx, presented).await?;
        match client.kind {
            ClientKind::Confidential => Ok(client),
            ClientKind::Public => {
                refuse(OauthCode::InvalidClient, "this is for confidential clients")
            }
        }
    }
}
