//! Takes the code that a telephone was sent.

use notifications_contract::{ContactPointId, NotificationsError, UserRef};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::{SeamError, SeamFault, SeamResult};
use tenon_store::{Tx, retrying};

use super::{ShownContactPoint, no_point};
use crate::domain::{ContactPoint, ContactStatus, MAX_TRIES};
use crate::service::Service;
use crate::store::contact_points;

impl Service {
    /// Takes a guess, which is counted before it is looked at, so that no two at once count as one. A right one proves
    /// the telephone; whoever repeats it finds it proved.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::ContactPointNotFound`], [`NotificationsError::WrongCode`],
    /// [`NotificationsError::NoCodeExpected`], [`NotificationsError::InvalidRequest`].
    pub(crate) async fn verify_contact_point(
        &self,
        ctx: &CallCtx,
        user: UserRef,
        id: ContactPointId,
        guess: &str,
    ) -> SeamResult<ShownContactPoint, NotificationsError> {
        if guess.len() != 6 || !guess.bytes().all(|byte| byte.is_ascii_digit()) {
            let wrong = FieldError::new("/code", "invalid_value", "A code has six digits.");
            let errors = vec![wrong];
            return Err(SeamError::Domain(NotificationsError::InvalidRequest {
                errors,
            }));
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.verify_contact_point")
                .await?;
            let found = contact_points::find_of(&mut tx, user, id).await?;
            let point = found.ok_or_else(no_point)?;
            if point.status == ContactStatus::Verified {
                return Ok(());
            }
            let refusal = self.take(&mut tx, &point, guess).await?;
            // A wrong guess is a change too.
            tx.commit().await?;
            refusal.map_or(Ok(()), |refusal| Err(SeamError::Domain(refusal)))
        })
        .await?;
        self.show(ctx, user, id).await
    }

    /// Counts the guess or lets it prove the telephone; returns why it does not.
    async fn take(
        &self,
        tx: &mut Tx<'_>,
        point: &ContactPoint,
        guess: &str,
    ) -> SeamResult<Option<NotificationsError>, NotificationsError> {
        let Some(code) = point.expected_code(tx.now()) else {
            return Ok(Some(NotificationsError::NoCodeExpected));
        };
        let is_right = self.contact_key.is_code(point.id, code, guess);
        let is_written = if is_right {
            contact_points::verify(tx, point).await?
        } else {
            contact_points::count_try(tx, point).await?
        };
        if !is_written {
            // Another guess came between: this one was not looked at.
            let fault = SeamFault::Overloaded { retry_after_ms: 50 };
            return Err(SeamError::Seam(fault));
        }
        let tries_left = MAX_TRIES - point.code_tries - 1;
        Ok((!is_right).then_some(NotificationsError::WrongCode { tries_left }))
    }
}
