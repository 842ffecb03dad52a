//! Stops mails about a topic for whoever holds the link of such a mail.

use notifications_contract::NotificationsError;
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamFault, SeamResult};
use tenon_store::retrying;

use super::Service;
use crate::domain::{Choice, Place, Preferences, TopicMode, Unsubscription};
use crate::store;

/// How often to look again when somebody else changes the same preferences at the same moment.
const TRIES: u32 = 5;

impl Service {
    /// Reads a token; `None` if it is not one of ours.
    pub(crate) fn read_unsubscription(&self, token: &str) -> Option<Unsubscription> {
        self.unsubscribe_key.open(token)
    }

    /// Switches mails about the topic off. Everything else stays as it was chosen, and a repeat changes nothing.
    pub(crate) async fn unsubscribe(
        &self,
        ctx: &CallCtx,
        what: Unsubscription,
    ) -> SeamResult<(), NotificationsError> {
        for _ in 0..TRIES {
            if self.switch_off(ctx, what).await? {
                return Ok(());
            }
        }
        Err(SeamError::Seam(SeamFault::Overloaded {
            retry_after_ms: 100,
        }))
    }

    /// `false` if the preferences changed meanwhile.
    async fn switch_off(
        &self,
        ctx: &CallCtx,
        what: Unsubscription,
    ) -> SeamResult<bool, NotificationsError> {
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "notifications.unsubscribe").await?;
            let found = store::preferences::find(&mut tx, what.user).await?;
            let before = found.unwrap_or_default();
            if before.mode(what.topic, Place::Email) == TopicMode::Off {
                return Ok(true);
            }
            let off = Choice {
                topic: what.topic,
                place: Place::Email,
                mode: TopicMode::Off,
            };
            let after = before.clone().choosing(off);
            let after = Preferences {
                version: before.version + 1,
                ..after
            };
            if !store::preferences::put(&mut tx, what.user, &after).await? {
                return Ok(false);
            }
            self.hurry_digests(&mut tx, what.user, &after).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
}
