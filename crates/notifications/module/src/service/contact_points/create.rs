//! Adds a telephone or a device.

use notifications_contract::{ContactPointId, NotificationsError, UserRef};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, Tx, retrying};

use super::ShownContactPoint;
use crate::domain::{ContactKind, ContactPoint, ContactStatus, NewContactPoint};
use crate::service::Service;
use crate::store::contact_points;

pub(crate) const OPERATION: &str = "create_contact_point";

/// Most telephones and devices of a person.
const MAX_POINTS: u32 = 10;

impl Service {
    /// Adds a contact point. A telephone is sent a code; a device is taken as it is, because only its own app knows its
    /// token. One that is there already is returned as it is.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::ChannelUnavailable`], [`NotificationsError::TooManyContactPoints`],
    /// [`NotificationsError::TooManyCodes`].
    pub(crate) async fn create_contact_point(
        &self,
        ctx: &CallCtx,
        user: UserRef,
        new: NewContactPoint,
    ) -> SeamResult<ShownContactPoint, NotificationsError> {
        if self.sender_of(new.kind.channel()).is_none() {
            return Err(SeamError::Domain(NotificationsError::ChannelUnavailable));
        }
        let id = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.create_contact_point")
                .await?;
            let claim = tx.claim_key::<ContactPointId, NotificationsError>(OPERATION);
            if let Claim::Replay(outcome) = claim.await? {
                tx.rollback().await?;
                return outcome.map_err(SeamError::Domain);
            }
            let id = match self.add(&mut tx, user, &new).await? {
                Ok(id) => id,
                Err(refusal) => {
                    let refused = tx.refuse::<ContactPointId, _>(OPERATION, refusal);
                    return Err(SeamError::Domain(refused.await?));
                }
            };
            let outcome = Ok::<_, NotificationsError>(id);
            tx.commit_outcome(OPERATION, &outcome, Some(id.to_string()))
                .await?;
            Ok::<_, SeamError<NotificationsError>>(id)
        })
        .await?;
        self.show(ctx, user, id).await
    }

    async fn add(
        &self,
        tx: &mut Tx<'_>,
        user: UserRef,
        new: &NewContactPoint,
    ) -> Result<Result<ContactPointId, NotificationsError>, tenon_store::StoreError> {
        let hash = self.recipient_key.hash_exact(&new.address);
        if let Some(there) = contact_points::find_by_hash(tx, user, new.kind, &hash).await? {
            return Ok(Ok(there.id));
        }
        let there = contact_points::list(tx, user).await?.len();
        if there >= MAX_POINTS as usize {
            let limit = MAX_POINTS;
            return Ok(Err(NotificationsError::TooManyContactPoints { limit }));
        }
        let (id, now): (ContactPointId, _) = (tx.env().new_id(), tx.now());
        let is_device = new.kind == ContactKind::Push;
        let point = ContactPoint {
            id,
            user,
            kind: new.kind,
            platform: new.platform,
            address: self.contact_key.seal(tx.env(), id, &new.address),
            status: if is_device {
                ContactStatus::Verified
            } else {
                ContactStatus::Unverified
            },
            code: None,
            code_tries: 0,
            version: 1,
            created_at: now,
            verified_at: is_device.then_some(now),
        };
        if !contact_points::insert(tx, &point, &hash).await? {
            // Added by somebody else at the same moment.
            let there = contact_points::find_by_hash(tx, user, new.kind, &hash).await?;
            return Ok(there
                .map(|there| there.id)
                .ok_or(NotificationsError::ContactPointNotFound));
        }
        if is_device {
            return Ok(Ok(id));
        }
        Ok(self.write_code(tx, &point).await?.map(|()| id))
    }
}
