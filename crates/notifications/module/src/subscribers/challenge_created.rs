//! `challenge.created`: a person is to be sent a one-time token.

use async_trait::async_trait;
use identity_contract::{ChallengeCreated, ChallengePurpose};
use notifications_contract::Template;
use serde_json::json;
use tenon_events::{Handle, HandlerError, Receipt};
use tenon_kernel::CallCtx;

use crate::domain::{NewMessage, Recipient};
use crate::service::Service;

#[async_trait]
impl Handle<ChallengeCreated> for Service {
    /// Neither address nor token are known here: identity is asked for both when the mail is sent.
    async fn handle(
        &self,
        ctx: &mut CallCtx,
        event: ChallengeCreated,
        receipt: Receipt,
    ) -> Result<(), HandlerError> {
        let template = match event.purpose {
            ChallengePurpose::VerifyEmail => Template::VerifyEmail,
            ChallengePurpose::Recover => Template::RecoverAccount,
            ChallengePurpose::AlreadyRegistered => Template::AlreadyRegistered,
            ChallengePurpose::Invite => Template::AccountMade,
            other => {
                let reason = format!("no template for a challenge of the purpose {other:?}");
                return Err(HandlerError::Dead { reason });
            }
        };
        let message = NewMessage {
            template,
            recipient: Recipient::Challenge(event.challenge_id),
            subject: event.challenge_id.to_string(),
            data: json!({}),
            send_before: Some(event.expires_at),
        };
        self.queue(
            ctx,
            receipt,
            "notifications.challenge_created",
            Some(message),
            None,
        )
        .await
    }
}
