//! Counting tried passwords.

use identity_contract::{IdentityError, UserId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::{Tx, retrying};

use crate::domain::email::EmailAddress;
use crate::key_ring::Purpose;
use crate::service::{Service, refuse};
use crate::store::attempts;

/// Whose tries are counted together.
pub(super) type Bucket = [u8; 32];

impl Service {
    /// Everybody who tries this address from somewhere it has never been used.
    pub(super) fn bucket_of_strangers(&self, email: &EmailAddress) -> Bucket {
        self.ring
            .current_mac(Purpose::Attempts, &[b"account", email.key().as_bytes()])
    }

    /// One device from which this user has signed in before.
    pub(super) fn bucket_of_device(&self, user: UserId, nonce: &[u8]) -> Bucket {
        self.ring.current_mac(
            Purpose::Attempts,
            &[b"device", user.uuid().as_bytes(), nonce],
        )
    }

    /// Someone who is signed in as this user and is asked for the password again.
    pub(super) fn bucket_of_reauthentication(&self, user: UserId) -> Bucket {
        self.ring.current_mac(
            Purpose::Attempts,
            &[b"reauthentication", user.uuid().as_bytes()],
        )
    }

    /// Whoever tries codes after this user's password, from one of their devices or from anywhere else.
    pub(super) fn bucket_of_codes(&self, user: UserId, device: Option<&[u8]>) -> Bucket {
        let user = user.uuid();
        let parts = [b"code".as_slice(), user.as_bytes(), device.unwrap_or(b"")];
        self.ring.current_mac(Purpose::Attempts, &parts)
    }

    /// Someone who is signed in as this user and confirms a new factor.
    pub(super) fn bucket_of_confirmations(&self, user: UserId) -> Bucket {
        let user = user.uuid();
        self.ring
            .current_mac(Purpose::Attempts, &[b"confirmation", user.as_bytes()])
    }

    /// Counts a try before it is made, so that parallel ones cannot slip through together.
    pub(super) async fn take_attempt(
        &self,
        ctx: &CallCtx,
        bucket: &Bucket,
    ) -> SeamResult<(), IdentityError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "identity.take_attempt").await?;
            take(&mut tx, bucket).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}

/// Counts a try, if one may be made now.
pub(super) async fn take(tx: &mut Tx<'_>, bucket: &[u8]) -> SeamResult<(), IdentityError> {
    if attempts::begin(tx, bucket).await? {
        return Ok(());
    }
    let now = tx.now();
    match attempts::lock(tx, bucket).await?.take(now) {
        Ok(taken) => Ok(attempts::save(tx, bucket, taken).await?),
        Err(wait) => {
            let retry_after_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            refuse(IdentityError::TooManyAttempts { retry_after_ms })
        }
    }
}
