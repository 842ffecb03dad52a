//! Second factors of the person who is signed in, and the recovery codes that stand in for them.

mod add;
mod clear;
mod confirm;
mod recovery;
mod remove;
#[cfg(test)]
mod tests;
mod use_code;

use identity_contract::{FactorId, IdentityError, UserId};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamResult;
use tenon_seam::audit::AuditRecorded;
use tenon_store::{Queryable, StoreError};

pub(crate) use self::add::{ADD, Creation, NewFactor, Shown};
pub(crate) use self::confirm::{Confirmation, Proof};

use crate::domain::factor::{Factor, PENDING_LIFE};
use crate::domain::totp::TotpSecret;
use crate::key_ring::Place;
use crate::service::{Service, refuse, signed_in};
use crate::store::factors::KeptFactor;
use crate::store::{factors, recovery_codes};

/// What a person has.
#[derive(Debug)]
pub(crate) struct OwnFactors {
    /// Oldest first; pending ones among them.
    pub(crate) factors: Vec<Factor>,
    pub(crate) recovery_codes_left: u32,
}

impl Service {
    /// Returns the factors of the person who asks.
    pub(crate) async fn list_factors(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<OwnFactors, IdentityError> {
        let user = UserId::from_uuid(signed_in(ctx)?.user);
        let now = self.now();
        let mut db = self.db.read(ctx);
        let found = listed(&mut db, user, now).await?;
        Ok(OwnFactors {
            factors: found.into_iter().map(|found| found.factor).collect(),
            recovery_codes_left: recovery_codes::count_left(&mut db, user).await?,
        })
    }

    fn seal_secret(&self, id: FactorId, secret: &TotpSecret) -> Vec<u8> {
        let row = id.uuid();
        self.ring
            .seal(self.db.env(), place(row.as_bytes()), secret.as_bytes())
    }

    fn open_secret(&self, factor: &KeptFactor) -> Result<TotpSecret, StoreError> {
        let row = factor.factor.id.uuid();
        let sealed = factor.sealed_secret.as_deref().unwrap_or_default();
        let opened = self.ring.open(place(row.as_bytes()), sealed);
        let secret = opened.ok().and_then(|bytes| TotpSecret::from_bytes(&bytes));
        secret.ok_or_else(|| {
            StoreError::inconsistent(format!("factors.sealed_secret of {}", factor.factor.id))
        })
    }
}

/// The factors that a person has now: those that count, and those that wait for their first code.
async fn listed(
    db: &mut dyn Queryable,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<KeptFactor>, StoreError> {
    let mut found = factors::list(db, user, now - PENDING_LIFE).await?;
    found.retain(|found| !found.factor.is_forgotten(now));
    Ok(found)
}

/// Passkeys of a person that count.
fn credentials(found: &[KeptFactor]) -> Vec<Vec<u8>> {
    let passkeys = found.iter().filter_map(|found| found.passkey.as_ref());
    passkeys
        .map(|passkey| passkey.credential_id.clone())
        .collect()
}

/// Finds one among them.
fn pick(found: Vec<KeptFactor>, id: FactorId) -> SeamResult<KeptFactor, IdentityError> {
    match found.into_iter().find(|found| found.factor.id == id) {
        Some(factor) => Ok(factor),
        None => refuse(IdentityError::FactorNotFound),
    }
}

fn place(row: &[u8]) -> Place<'_> {
    Place {
        table: "factors",
        column: "sealed_secret",
        row,
    }
}

fn audit(action: &str, id: FactorId) -> AuditRecorded {
    AuditRecorded {
        action: action.to_owned(),
        target: id.to_string(),
        before: None,
        after: None,
    }
}
