//! The keys that sign access tokens: made, sealed, published ahead, replaced, retired.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use identity_contract::IdentityError;
use tenon_access::SigningKey;
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::SeamResult;
use tenon_store::{StoreError, retrying};

use crate::key_ring::Place;
use crate::service::Service;
use crate::store::signing_keys::{self, SigningKeyRow};

/// A new key is published so long before it signs: verifiers refresh their keys every five minutes.
const PUBLISH_AHEAD: Duration = Duration::from_mins(15);
/// A replaced key is published so long after its last token has expired.
const LINGER: Duration = Duration::from_mins(5);
/// How long an instance uses a key without looking for a newer one.
const LOOK_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// The opened key of this instance: only a cache.
#[derive(Default)]
pub(super) struct Signer(RwLock<Option<(Arc<SigningKey>, Timestamp)>>);

impl Service {
    /// Returns the key that signs now; makes the first one.
    pub(super) async fn signing_key(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<Arc<SigningKey>, IdentityError> {
        let now = self.db.env().now();
        let cached = self
            .signer
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((key, look_again_at)) = cached
            && now < look_again_at
        {
            return Ok(key);
        }
        let row = match signing_keys::find_signing(&mut self.db.read(ctx), now).await? {
            Some(row) => row,
            None => self.make_first_key(ctx).await?,
        };
        let key = Arc::new(self.open_key(&row)?);
        *self
            .signer
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner) =
            Some((Arc::clone(&key), now + LOOK_AGAIN_AFTER));
        Ok(key)
    }

    /// Returns the public keys with which tokens can be checked now, newest first.
    pub(crate) async fn verifying_keys(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<Vec<tenon_access::VerifyingKey>, IdentityError> {
        let now = self.db.env().now();
        let mut rows = signing_keys::list_verifying(&mut self.db.read(ctx), now).await?;
        if rows.is_empty() {
            rows = vec![self.make_first_key(ctx).await?];
        }
        Ok(rows
            .into_iter()
            .map(|row| tenon_access::VerifyingKey {
                kid: row.kid,
                public: row.public_key,
            })
            .collect())
    }

    /// Makes a new key; it signs from a quarter of an hour on. Returns its id.
    pub(crate) async fn rotate_signing_key(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<String, IdentityError> {
        self.make_first_key(ctx).await?;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.rotate_signing_key").await?;
            let newest = signing_keys::find_newest(&mut tx).await?;
            let signs_from = tx.now() + PUBLISH_AHEAD;
            let row = self.new_key(newest.map_or(1, |key| key.number + 1), tx.now(), signs_from);
            if signing_keys::insert(&mut tx, &row).await? {
                let last_token_expires = signs_from + LOOK_AGAIN_AFTER + self.settings.access_token_life();
                signing_keys::retire_before(&mut tx, row.number, last_token_expires + LINGER).await?;
                tracing::info!(kid = row.kid, signs_from = %row.signs_from, "a new signing key was made");
            }
            tx.commit().await?;
            Ok(row.kid)
        })
        .await
    }

    /// Rotates if the newest key is old enough.
    pub(crate) async fn rotate_signing_key_if_due(
        &self,
        ctx: &CallCtx,
    ) -> SeamResult<bool, IdentityError> {
        let now = self.db.env().now();
        let newest = signing_keys::find_newest(&mut self.db.read(ctx)).await?;
        let due =
            newest.is_some_and(|key| now.since(key.created_at) >= self.settings.signing_key_age());
        if due {
            self.rotate_signing_key(ctx).await?;
        }
        Ok(due)
    }

    /// Makes the key with which an installation starts, unless there is one; of many instances one succeeds.
    async fn make_first_key(&self, ctx: &CallCtx) -> SeamResult<SigningKeyRow, IdentityError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.make_first_key").await?;
            let now = tx.now();
            if let Some(row) = signing_keys::find_signing(&mut tx, now).await? {
                return Ok(row);
            }
            let row = self.new_key(1, now, now);
            signing_keys::insert(&mut tx, &row).await?;
            let row = signing_keys::find_signing(&mut tx, now)
                .await?
                .unwrap_or(row);
            tx.commit().await?;
            Ok(row)
        })
        .await
    }

    fn new_key(&self, number: i64, created_at: Timestamp, signs_from: Timestamp) -> SigningKeyRow {
        let env = self.db.env();
        let key = SigningKey::generate(env);
        let public = key.verifying_key();
        let sealed_seed = self
            .ring
            .seal(env, place(&public.kid), key.to_bytes().as_slice());
        SigningKeyRow {
            number,
            kid: public.kid,
            public_key: public.public,
            sealed_seed,
            created_at,
            signs_from,
        }
    }

    fn open_key(&self, row: &SigningKeyRow) -> Result<SigningKey, StoreError> {
        let inconsistent = || StoreError::Inconsistent {
            what: format!("signing_keys.sealed_seed of {}", row.kid),
        };
        let seed = self
            .ring
            .open(place(&row.kid), &row.sealed_seed)
            .map_err(|_| inconsistent())?;
        let key = SigningKey::from_bytes(&seed).map_err(|_| inconsistent())?;
        // A public key that does not belong to the seed would make every token useless.
        if key.kid() == row.kid {
            Ok(key)
        } else {
            Err(inconsistent())
        }
    }
}

fn place(kid: &str) -> Place<'_> {
    Place {
        table: "signing_keys",
        column: "sealed_seed",
        row: kid.as_bytes(),
    }
}
