//! Sends a telephone the code that proves it.

use std::time::Duration;

use notifications_contract::{
    Channel, ContactPointId, MessageId, NotificationsError, Template, UserRef,
};
use serde_json::json;
use tenon_events::EventId;
use tenon_jobs::{Enqueue as _, JobOptions};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};
use tenon_store::{Claim, StoreError, Tx, retrying};

use super::{ShownContactPoint, no_point};
use crate::domain::{CODE_NONCE, ContactPoint, ContactStatus, NewMessage, Recipient, SentCode};
use crate::jobs::SendMessage;
use crate::service::Service;
use crate::store::messages::Way;
use crate::store::{contact_points, messages};

pub(crate) const OPERATION: &str = "send_contact_point_code";

/// How long a code counts.
const CODE_LIFE: Duration = Duration::from_mins(10);
/// Most codes that a person is sent within a day, to whatever telephones: each costs money, and rings somewhere.
const MAX_CODES: u32 = 5;
const DAY: Duration = Duration::from_hours(24);

impl Service {
    /// Sends another code; the one before counts no more.
    ///
    /// # Errors
    ///
    /// [`NotificationsError::ContactPointNotFound`], [`NotificationsError::NoCodeExpected`] for one that needs none,
    /// [`NotificationsError::TooManyCodes`], [`NotificationsError::ChannelUnavailable`].
    pub(crate) async fn send_contact_point_code(
        &self,
        ctx: &CallCtx,
        user: UserRef,
        id: ContactPointId,
    ) -> SeamResult<ShownContactPoint, NotificationsError> {
        if self.sender_of(Channel::Sms).is_none() {
            return Err(SeamError::Domain(NotificationsError::ChannelUnavailable));
        }
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self
                .db
                .begin(&mut ctx, "notifications.send_contact_point_code")
                .await?;
            let claim = tx.claim_key::<ContactPointId, NotificationsError>(OPERATION);
            if let Claim::Replay(outcome) = claim.await? {
                tx.rollback().await?;
                return outcome.map(drop).map_err(SeamError::Domain);
            }
            let found = contact_points::find_of(&mut tx, user, id).await?;
            let point = found.ok_or_else(no_point)?;
            let written = if point.status == ContactStatus::Unverified {
                self.write_code(&mut tx, &point).await?
            } else {
                Err(NotificationsError::NoCodeExpected)
            };
            if let Err(refusal) = written {
                let refused = tx.refuse::<ContactPointId, _>(OPERATION, refusal);
                return Err(SeamError::Domain(refused.await?));
            }
            let outcome = Ok::<_, NotificationsError>(id);
            tx.commit_outcome(OPERATION, &outcome, Some(id.to_string()))
                .await?;
            Ok::<_, SeamError<NotificationsError>>(())
        })
        .await?;
        self.show(ctx, user, id).await
    }

    /// Writes a new code down, and the message that brings it. The message holds no code: it is made again from the
    /// nonce when the message is sent.
    pub(super) async fn write_code(
        &self,
        tx: &mut Tx<'_>,
        point: &ContactPoint,
    ) -> Result<Result<(), NotificationsError>, StoreError> {
        let now = tx.now();
        let sent = messages::count_since(tx, point.user, Template::VerifyPhone, now - DAY).await?;
        if sent >= i64::from(MAX_CODES) {
            let limit = MAX_CODES;
            return Ok(Err(NotificationsError::TooManyCodes { limit }));
        }
        let code = SentCode {
            nonce: tx.env().random::<CODE_NONCE>(),
            expires_at: now + CODE_LIFE,
        };
        if !contact_points::put_code(tx, point, code).await? {
            // Somebody asked for one at the same moment, or has proved it.
            return Ok(Err(NotificationsError::NoCodeExpected));
        }
        let message = NewMessage {
            template: Template::VerifyPhone,
            recipient: Recipient::ContactPoint(point.id),
            subject: point.id.to_string(),
            data: json!({}),
            send_before: Some(code.expires_at),
        };
        let way = Way {
            channel: point.kind.channel(),
            user: Some(point.user),
            dropped: None,
            send_after: None,
            is_scheduled: false,
        };
        // Nothing but this request asks for it.
        let cause: EventId = tx.env().new_id();
        let message_id: MessageId = tx.env().new_id();
        messages::insert(tx, message_id, cause, &message, way).await?;
        let options = JobOptions {
            run_at: None,
            unique_key: Some(SendMessage::key(message_id)),
        };
        tx.enqueue(&SendMessage { message_id }, options).await?;
        Ok(Ok(()))
    }
}
