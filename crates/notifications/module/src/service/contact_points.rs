//! Telephones and devices of people: added, proved, looked at, removed.

mod create;
mod send_code;
mod verify;

use notifications_contract::{ContactPointId, NotificationsError, UserRef};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::retrying;

pub(crate) use self::create::OPERATION as CREATE_CONTACT_POINT;
pub(crate) use self::send_code::OPERATION as SEND_CODE;
use super::Service;
use crate::domain::{ContactPoint, hint};
use crate::store::contact_points;

/// A contact point as its owner sees it.
pub(crate) struct ShownContactPoint {
    pub(crate) point: ContactPoint,
    /// The end of the number or token.
    pub(crate) hint: String,
}

impl Service {
    /// Lists a person's contact points, oldest first.
    pub(crate) async fn list_contact_points(
        &self,
        ctx: &CallCtx,
        user: UserRef,
    ) -> SeamResult<Vec<ShownContactPoint>, NotificationsError> {
        let points = contact_points::list(&mut self.db.read(ctx), user).await?;
        Ok(points.into_iter().map(|point| self.shown(point)).collect())
    }

    /// Removes a contact point if it is still at `version`. What is on its way to it is dropped.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::ContactPointNotFound`], [`NotificationsError::StaleVersion`].
    pub(crate) async fn delete_contact_point(
        &self,
        ctx: &CallCtx,
        user: UserRef,
        id: ContactPointId,
        version: i64,
    ) -> SeamResult<(), NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.delete_contact_point")
                .await?;
            let found = contact_points::find_of(&mut tx, user, id).await?;
            let point = found.ok_or_else(no_point)?;
            if point.version != version || !contact_points::delete(&mut tx, &point).await? {
                let found = contact_points::find_of(&mut tx, user, id).await?;
                let current = found.ok_or_else(no_point)?.version;
                return Err(SeamError::Domain(NotificationsError::StaleVersion {
                    current,
                }));
            }
            tx.commit().await?;
            Ok::<_, SeamError<NotificationsError>>(())
        })
        .await
    }

    fn shown(&self, point: ContactPoint) -> ShownContactPoint {
        let address = self.contact_key.open(point.id, &point.address);
        ShownContactPoint {
            hint: hint(&address.unwrap_or_default()),
            point,
        }
    }

    /// Reads one of a person's again.
    async fn show(
        &self,
        ctx: &CallCtx,
        user: UserRef,
        id: ContactPointId,
    ) -> SeamResult<ShownContactPoint, NotificationsError> {
        let found = contact_points::find_of(&mut self.db.read(ctx), user, id).await?;
        Ok(self.shown(found.ok_or_else(no_point)?))
    }
}

fn no_point() -> SeamError<NotificationsError> {
    SeamError::Domain(NotificationsError::ContactPointNotFound)
}
