//! What a person has chosen, read and written as a whole.

use notifications_contract::{NotificationsError, UserRef};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::Service;
use crate::domain::{Choice, Preferences, check_choices};
use crate::store;

/// All that a person wants; what they do not name is as by default.
#[derive(Debug, Clone)]
pub(crate) struct PutPreferences {
    pub(crate) user: UserRef,
    /// The version the person saw.
    pub(crate) version: i64,
    pub(crate) choices: Vec<Choice>,
}

impl Service {
    /// Returns what a person has chosen.
    pub(crate) async fn get_preferences(
        &self,
        ctx: &CallCtx,
        user: UserRef,
    ) -> SeamResult<Preferences, NotificationsError> {
        let found = store::preferences::find(&mut self.db.read(ctx), user).await?;
        Ok(found.unwrap_or_default())
    }

    /// Writes what a person wants, all of it. It counts for messages that are asked for from then on, and for those that
    /// wait for their first attempt.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::InvalidRequest`], [`NotificationsError::StaleVersion`].
    pub(crate) async fn put_preferences(
        &self,
        ctx: &CallCtx,
        req: PutPreferences,
    ) -> SeamResult<Preferences, NotificationsError> {
        check_choices(&req.choices).map_err(SeamError::Domain)?;
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.put_preferences")
                .await?;
            let found = store::preferences::find(&mut tx, req.user).await?;
            let before = found.unwrap_or_default();
            let stale = |current| SeamError::Domain(NotificationsError::StaleVersion { current });
            if before.version != req.version {
                return Err(stale(before.version));
            }
            let after = Preferences {
                choices: req.choices.clone(),
                version: before.version + 1,
                ..before
            };
            if !store::preferences::put(&mut tx, req.user, &after).await? {
                let found = store::preferences::find(&mut tx, req.user).await?;
                return Err(stale(found.unwrap_or_default().version));
            }
            tx.commit().await?;
            Ok(after)
        })
        .await
    }
}
