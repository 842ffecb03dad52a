//! The port through which webhooks leave.

use async_trait::async_trait;
use http::HeaderMap;
use tenon_outbound::{Answer, Egress, EgressFault, ForbiddenUrl};

/// Takes webhooks to their receivers. At least once: a repeated call may reach the receiver again, with the same
/// `webhook-id`.
#[async_trait]
pub trait WebhookSender: Send + Sync + 'static {
    /// Says whether a URL may be called, as far as it can be seen without resolving its name.
    ///
    /// # Errors
    ///
    /// [`ForbiddenUrl`] with the first rule it breaks.
    fn check(&self, url: &str) -> Result<(), ForbiddenUrl>;

    /// Sends one and waits for the status.
    ///
    /// # Errors
    ///
    /// [`EgressFault`] if there is none.
    async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, EgressFault>;
}

#[async_trait]
impl WebhookSender for Egress {
    fn check(&self, url: &str) -> Result<(), ForbiddenUrl> {
        Egress::check(self, url)
    }

    async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, EgressFault> {
        Egress::post(self, url, headers, body).await
    }
}
