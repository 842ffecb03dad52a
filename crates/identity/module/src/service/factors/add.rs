//! Adding a factor: nobody is asked for it before its first proof.

use identity_contract::{FactorId, FactorKind, IdentityError, UserId};
use serde::{Deserialize, Serialize};
use tenon_events::Emit as _;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, retrying};
use url::Url;
use zeroize::Zeroizing;

use super::{audit, credentials, listed, pick};
use crate::domain::factor::{Factor, MAX_APPS, MAX_PASSKEYS};
use crate::domain::name::read_display_name;
use crate::domain::totp::TotpSecret;
use crate::domain::user::Account;
use crate::service::fresh::require_fresh_sign_in;
use crate::service::{Service, invalid, refuse, signed_in};
use crate::store::factors::{self, Beginning, KeptFactor};
use crate::store::users;

/// Under which outcomes are kept.
pub(crate) const ADD: &str = "create_my_factor";

/// A pending factor, in the answer that shows what it begins with.
#[derive(Debug)]
pub(crate) struct NewFactor {
    pub(crate) factor: Factor,
    pub(crate) shown: Shown,
}

/// What a factor begins with.
#[derive(Debug)]
pub(crate) enum Shown {
    App {
        /// In base 32.
        secret: Zeroizing<String>,
        /// What a QR code for an app holds.
        uri: Zeroizing<String>,
    },
    Passkey(Creation),
}

/// What a browser is asked for, to make a passkey.
#[derive(Debug)]
pub(crate) struct Creation {
    pub(crate) domain: String,
    pub(crate) challenge: Vec<u8>,
    pub(crate) user: UserId,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) algorithms: Vec<i64>,
    /// Those that the person has: the same device makes no second one.
    pub(crate) known: Vec<Vec<u8>>,
}

/// What is kept under an idempotency key: the secret stands, sealed, with the factor.
#[derive(Serialize, Deserialize)]
struct Made {
    id: FactorId,
}

impl Service {
    /// Adds an app that shows codes, or a passkey. What it begins with is shown here, and to whoever repeats the request under its
    /// idempotency key before the factor is confirmed.
    ///
    /// # Errors
    ///
    /// [`IdentityError::SignInAgain`], [`IdentityError::TooManyFactors`], [`IdentityError::InvalidRequest`],
    /// [`IdentityError::PasskeysUnavailable`]; to a repeat that comes too late [`IdentityError::FactorConfirmed`] or
    /// [`IdentityError::FactorNotFound`].
    pub(crate) async fn add_factor(
        &self,
        ctx: &CallCtx,
        kind: FactorKind,
        name: Option<&str>,
    ) -> SeamResult<NewFactor, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        let (unnamed, limit) = match kind {
            FactorKind::Passkey => ("Passkey", MAX_PASSKEYS),
            _ => ("Authenticator app", MAX_APPS),
        };
        if kind == FactorKind::Passkey {
            self.relying_party()?;
        }
        let name = read_display_name(name.unwrap_or(unnamed), "/name");
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
            let there = listed(&mut tx, user, now).await?;
            let there = there.iter().filter(|found| found.factor.kind == kind);
            if there.count() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                return refuse(IdentityError::TooManyFactors { limit });
            }
            let id: FactorId = tx.env().new_id();
            let beginning = match kind {
                FactorKind::Passkey => Beginning::Passkey(tx.env().random()),
                _ => Beginning::App(self.seal_secret(id, &TotpSecret::generate(tx.env()))),
            };
            factors::insert(&mut tx, id, user, &name, &beginning).await?;
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
        let there = listed(&mut db, user, now).await?;
        let known = credentials(&there);
        let found = pick(there, id)?;
        if found.factor.is_confirmed() {
            return refuse(IdentityError::FactorConfirmed);
        }
        let Some(account) = users::find(&mut db, user).await? else {
            return refuse(IdentityError::UserNotFound);
        };
        let shown = if found.factor.kind == FactorKind::Passkey {
            Shown::Passkey(self.creation(account, &found, known)?)
        } else {
            let secret = self.open_secret(&found)?;
            Shown::App {
                secret: secret.to_base32(),
                uri: secret.to_uri(&self.display_host(), &account.email),
            }
        };
        Ok(NewFactor {
            factor: found.factor,
            shown,
        })
    }

    fn creation(
        &self,
        account: Account,
        found: &KeptFactor,
        known: Vec<Vec<u8>>,
    ) -> SeamResult<Creation, IdentityError> {
        let party = self.relying_party()?;
        Ok(Creation {
            domain: party.id().to_owned(),
            challenge: found.challenge.clone().unwrap_or_default(),
            user: account.id,
            display_name: account
                .display_name
                .unwrap_or_else(|| account.email.clone()),
            email: account.email,
            algorithms: party.algorithms().to_vec(),
            known,
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
