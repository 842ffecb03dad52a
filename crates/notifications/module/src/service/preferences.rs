//! What a person has chosen, read and written as a whole.

use notifications_contract::{NotificationsError, UserRef};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

use super::Service;
use crate::domain::{Choice, DEFAULT_DIGEST_HOUR, Preferences, QuietHours, check_choices, is_zone};
use crate::store;

/// All that a person wants; what they do not name is as by default.
#[derive(Debug, Clone)]
pub(crate) struct PutPreferences {
    pub(crate) user: UserRef,
    /// The version the person saw.
    pub(crate) version: i64,
    pub(crate) choices: Vec<Choice>,
    /// UTC unless said.
    pub(crate) time_zone: Option<String>,
    pub(crate) quiet_hours: Option<QuietHours>,
    /// 8 unless said.
    pub(crate) digest_hour: Option<u8>,
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
    /// wait for their first attempt. What was gathered leaves at once if nothing is gathered any more.
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
        req.check_clock()
            .map_err(|errors| SeamError::Domain(NotificationsError::InvalidRequest { errors }))?;
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
                time_zone: req
                    .time_zone
                    .clone()
                    .unwrap_or_else(|| Preferences::default().time_zone),
                quiet_hours: req.quiet_hours,
                digest_hour: req.digest_hour.unwrap_or(DEFAULT_DIGEST_HOUR),
                version: before.version + 1,
            };
            if !store::preferences::put(&mut tx, req.user, &after).await? {
                let found = store::preferences::find(&mut tx, req.user).await?;
                return Err(stale(found.unwrap_or_default().version));
            }
            self.hurry_digests(&mut tx, req.user, &after).await?;
            tx.commit().await?;
            Ok(after)
        })
        .await
    }
}

impl PutPreferences {
    fn check_clock(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.time_zone.as_deref().is_some_and(|name| !is_zone(name)) {
            errors.push(FieldError::new(
                "/time_zone",
                "unknown_value",
                "An IANA name: `Europe/Berlin`.",
            ));
        }
        if self.digest_hour.is_some_and(|hour| hour > 23) {
            let detail = "An hour goes from 0 to 23.";
            errors.push(FieldError::new("/digest_hour", "out_of_range", detail));
        }
        if let Some(quiet) = self.quiet_hours {
            for (pointer, hour) in [
                ("/quiet_hours/from", quiet.from),
                ("/quiet_hours/until", quiet.until),
            ] {
                if hour > 23 {
                    let detail = "An hour goes from 0 to 23.";
                    errors.push(FieldError::new(pointer, "out_of_range", detail));
                }
            }
            if quiet.from == quiet.until {
                errors.push(FieldError::new(
                    "/quiet_hours/until",
                    "invalid_value",
                    "Another hour than `from`: null switches quiet hours off.",
                ));
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}
