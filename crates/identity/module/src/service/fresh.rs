//! Asking for a fresh proof before something is made that outlives the session.

use identity_contract::{IdentityError, SessionId, UserId};
use tenon_kernel::CallCtx;
use tenon_seam::SeamResult;
use tenon_store::Tx;

use crate::domain::factor::FRESH;
use crate::service::{refuse, signed_in};
use crate::store::{factors, sessions};

/// Refuses unless the caller proved lately who they are: with their password, and with a second factor if they have one.
pub(super) async fn require_fresh_sign_in(
    tx: &mut Tx<'_>,
    ctx: &CallCtx,
) -> SeamResult<(), IdentityError> {
    let principal = signed_in(ctx)?;
    let session = SessionId::from_uuid(principal.session);
    let now = tx.now();
    if let Some((signed_in_at, amr)) = sessions::find_sign_in(tx, session, now).await?
        && now.since(signed_in_at) < FRESH
        && (amr.is_multi_factor()
            || !factors::is_guarded(tx, UserId::from_uuid(principal.user)).await?)
    {
        return Ok(());
    }
    refuse(IdentityError::SignInAgain {
        max_age_seconds: u32::try_from(FRESH.as_secs()).unwrap_or(u32::MAX),
    })
}
