//! A session that begins, however its person proved who they are.

use std::net::IpAddr;
use std::time::Duration;

use identity_contract::{IdentityError, SessionCreated, SessionId, UserId};
use tenon_access::SigningKey;
use tenon_events::Emit as _;
use tenon_kernel::Timestamp;
use tenon_seam::SeamResult;
use tenon_store::{StoreError, Tx};

use super::sessions::end_oldest;
use crate::domain::factor::Amr;
use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::service::oauth::BrowserSession;
use crate::service::{Granted, Service};
use crate::store::sessions::{NewSession, SessionOf};
use crate::store::{refresh_tokens, sessions};

/// How long a browser that signed in on our pages is not asked again.
const BROWSER_SESSION: Duration = Duration::from_hours(12);

/// What a session will be, before anybody has it.
pub(super) struct Entrance {
    pub(super) session_id: SessionId,
    pub(super) of: SessionOf,
    token: SecretToken,
    client: Option<String>,
    address: Option<IpAddr>,
    /// When another provider saw the person, where that is known.
    pub(super) proved_at: Option<Timestamp>,
}

impl Service {
    pub(super) fn entrance(
        &self,
        of: SessionOf,
        client: Option<String>,
        address: Option<IpAddr>,
    ) -> Entrance {
        Entrance {
            session_id: self.db.env().new_id(),
            of,
            token: SecretToken::generate(self.db.env()),
            client,
            address,
            proved_at: None,
        }
    }

    /// Starts the session.
    pub(super) async fn enter(
        &self,
        tx: &mut Tx<'_>,
        user_id: UserId,
        entrance: &Entrance,
        amr: Amr,
        known_device: bool,
    ) -> Result<(), StoreError> {
        let session_id = entrance.session_id;
        let (idle, absolute) = match entrance.of {
            SessionOf::Browser => (BROWSER_SESSION, BROWSER_SESSION),
            _ => (
                self.settings.session_idle(),
                self.settings.session_absolute(),
            ),
        };
        let new = NewSession {
            id: session_id,
            user: user_id,
            of: &entrance.of,
            amr,
            proved_at: entrance.proved_at,
            label: entrance.client.as_deref(),
            idle,
            absolute,
        };
        sessions::insert(tx, &new).await?;
        refresh_tokens::insert(tx, &entrance.token.hash(), session_id, 1).await?;
        end_oldest(tx, user_id).await?;
        tx.emit(&SessionCreated {
            session_id,
            user_id,
            amr: amr.values(),
            known_device,
            ip_hash: entrance.address.map(|address| self.address_hash(address)),
        })
        .await?;
        Ok(())
    }

    /// What a person with our API gets once their session has begun.
    pub(super) fn granted(
        &self,
        key: &SigningKey,
        account: &Account,
        entrance: Entrance,
        amr: Amr,
    ) -> SeamResult<Granted, IdentityError> {
        let session_id = entrance.session_id;
        let authentication = amr.shown_at(entrance.proved_at.unwrap_or_else(|| self.now()));
        let is_enrolling = self.begins_enrolling(account, amr);
        let (access_token, access_expires_at) =
            self.access_token(key, account, session_id, &authentication, is_enrolling)?;
        tracing::info!(user.id = %account.id, session.id = %session_id, "signed in");
        Ok(Granted {
            session_id,
            access_token,
            access_expires_at,
            refresh_token: entrance.token,
            is_enrolling,
            device_token: Some(self.device_token(account.id)),
        })
    }

    /// What a browser gets once its session has begun.
    pub(super) fn browser_begun(
        &self,
        account: Account,
        entrance: Entrance,
        amr: Amr,
    ) -> (BrowserSession, SecretToken) {
        let id = entrance.session_id;
        tracing::info!(user.id = %account.id, session.id = %id, "signed in with a browser");
        let session = BrowserSession {
            id,
            account,
            signed_in_at: entrance.proved_at.unwrap_or_else(|| self.now()),
            amr,
        };
        (session, entrance.token)
    }
}
