//! Adding a factor: nobody is asked for it before its first code.

use identity_contract::{FactorId, IdentityError, UserId};
use serde::{Deserialize, Serialize};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, retrying};
use url::Url;
use zeroize::Zeroizing;

use super::{audit, listed, pick};
use crate::domain::factor::{Factor, MAX_FACTORS};
use crate::domain::name::read_display_name;
use crate::domain::totp::TotpSecret;
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, invalid, refuse, signed_in};
use crate::store::{factors, users};

/// Under which outcomes are kept.
pub(crate) const ADD: &str = "create_my_factor";
const UNNAMED: &str = "Authenticator app";

/// A pending factor, in the answer that shows its secret.
#[derive(Debug)]
pub(crate) struct NewFactor {
    pub(crate) factor: Factor,
    /// In base 32.
    pub(crate) secret: Zeroizing<String>,
    /// What a QR code for an app holds.
    pub(crate) uri: Zeroizing<String>,
}

/// What is kept under an idempotency key: the secret stands, sealed, with the factor.
#[derive(Serialize, Deserialize)]
struct Made {
    id: FactorId,
}

impl Service {
    /// Adds an app that shows codes. Its secret is shown here, and to whoever repeats the request under its idempotency key
    /// before the factor is confirmed.
    ///
    /// # Errors
    ///
    /// [`IdentityError::SignInAgain`], [`IdentityError::TooManyFactors`], [`IdentityError::InvalidRequest`];
    /// [`IdentityError::FactorConfirmed`] to a repeat that comes too late.
    pub(crate) async fn add_factor(
        &self,
        ctx: &CallCtx,
        name: Option<&str>,
    ) -> SeamResult<NewFactor, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        let name = read_display_name(name.unwrap_or(UNNAMED), "/name");
        let name = name.map_err(|error| invalid(vec![error]))?;
        let made = retrying(|| async {
            let mut tx_ctx = ctx.child();
            let mut tx = self.db.begin(&mut tx_ctx, "identity.add_factor").await?;
            if let Claim::Replay(outcome) = tx.claim_key::<Made, IdentityError>(ADD).await? {
                return outcome.map_err(SeamError::Domain);
            }
            require_fresh_sign_in(&mut tx, ctx).await?;
            if users::lock(&mut tx, user).await?.is_none() {
                return refuse(IdentityError::UserNotFound);
            }
            let now = tx.now();
            let there = listed(&mut tx, user, now).await?.len();
            if there >= usize::try_from(MAX_FACTORS).unwrap_or(usize::MAX) {
                return refuse(IdentityError::TooManyFactors { limit: MAX_FACTORS });
            }
            let id: FactorId = tx.env().new_id();
            let sealed = self.seal_secret(id, &TotpSecret::generate(tx.env()));
            factors::insert(&mut tx, id, user, &name, sealed).await?;
            tx.emit(&audit("factor.started", id)).await?;
            let outcome = Ok::<_, IdentityError>(Made { id });
            tx.commit_outcome(ADD, &outcome, Some(id.to_string()))
                .await?;
            outcome.map_err(SeamError::Domain)
        })
        .await?;
        self.show_factor(ctx, user, made.id).await
    }

    async fn show_factor(
        &self,
        ctx: &CallCtx,
        user: UserId,
        id: FactorId,
    ) -> SeamResult<NewFactor, IdentityError> {
        let now = self.now();
        let mut db = self.db.read(ctx);
        let found = pick(listed(&mut db, user, now).await?, id)?;
        if found.factor.is_confirmed() {
            return refuse(IdentityError::FactorConfirmed);
        }
        let Some(account) = users::find(&mut db, user).await? else {
            return refuse(IdentityError::UserNotFound);
        };
        let secret = self.open_secret(&found)?;
        Ok(NewFactor {
            secret: secret.to_base32(),
            uri: secret.to_uri(&self.display_host(), &account.email),
            factor: found.factor,
        })
    }

    /// What apps show beside the codes. A colon would part it from the account, so it is no address of IPv6.
    fn display_host(&self) -> String {
        let url = Url::parse(&self.settings.issuer).ok();
        let host = url.as_ref().and_then(Url::host_str);
        host.filter(|host| !host.contains(':'))
            .unwrap_or("tenon")
            .to_owned()
    }
}
