//! The provider's JSON, and what its answers mean.

use payments_contract::DeclineClass;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};

use crate::provider::{Outcome, Refusal, Snapshot, SnapshotState};

#[derive(Debug, Serialize)]
pub(super) struct CreateBody<'a> {
    pub(super) key: String,
    pub(super) reference: String,
    pub(super) amount: i64,
    pub(super) currency: &'a str,
    pub(super) payment_method: Option<&'a str>,
    pub(super) return_url: Option<&'a str>,
    pub(super) capture: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct OperateBody {
    pub(super) key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct IntentBody {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) status: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) captured: i64,
    pub(super) refunded: i64,
    pub(super) revision: i64,
    pub(super) decline_code: Option<String>,
    pub(super) next_action: Option<NextActionBody>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NextActionBody {
    pub(super) url: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: ErrorCode,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorCode {
    pub(super) code: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct EventBody {
    pub(super) id: String,
    pub(super) data: IntentBody,
}

impl From<IntentBody> for Snapshot {
    fn from(intent: IntentBody) -> Self {
        let state = match (intent.status.as_str(), intent.next_action) {
            ("processing", _) => SnapshotState::Processing,
            ("requires_action", Some(action)) => SnapshotState::ActionRequired { url: action.url },
            ("authorized" | "captured" | "partially_refunded" | "refunded", _) => {
                SnapshotState::Authorized
            }
            ("declined", _) => {
                let code = intent.decline_code.unwrap_or_default();
                SnapshotState::Declined {
                    class: decline_class(&code),
                    code,
                }
            }
            ("canceled", _) => SnapshotState::Canceled,
            _ => SnapshotState::Unrecognized(intent.status),
        };
        Self {
            provider_ref: intent.id,
            reference: intent.reference,
            revision: intent.revision,
            state,
            amount: intent.amount,
            currency: intent.currency,
            captured: intent.captured,
            refunded: intent.refunded,
        }
    }
}

fn decline_class(code: &str) -> DeclineClass {
    match code {
        "insufficient_funds" => DeclineClass::InsufficientFunds,
        "authentication_failed" => DeclineClass::AuthenticationFailed,
        "expired_card" => DeclineClass::Expired,
        "abandoned" => DeclineClass::Abandoned,
        "suspected_fraud" => DeclineClass::SuspectedFraud,
        _ => DeclineClass::Declined,
    }
}

/// Sorts an answer into the three classes. Whatever is not clearly a yes or a no is a doubt.
pub(super) fn understand(status: StatusCode, body: &[u8]) -> Outcome<Snapshot> {
    if status.is_success() {
        return match serde_json::from_slice::<IntentBody>(body) {
            Ok(intent) => Outcome::Succeeded(intent.into()),
            Err(error) => Outcome::doubt(format!("unreadable answer: {error}")),
        };
    }
    let refused = matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY
    );
    match serde_json::from_slice::<ErrorBody>(body) {
        // They speak of this request, not of the one that had the key or the reference first.
        Ok(body) if matches!(body.error.code.as_str(), "key_reused" | "reference_exists") => {
            Outcome::doubt(body.error.code)
        }
        Ok(body) if refused => Outcome::Declined(Refusal {
            code: body.error.code,
        }),
        _ => Outcome::doubt(format!("status {}", status.as_u16())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_no_is_a_no() {
        let no = br#"{"error":{"code":"already_captured"}}"#;
        assert!(matches!(
            understand(StatusCode::CONFLICT, no),
            Outcome::Declined(_)
        ));
        for (status, body) in [
            (StatusCode::CONFLICT, &b"<html>"[..]),
            (StatusCode::INTERNAL_SERVER_ERROR, no),
            (StatusCode::SERVICE_UNAVAILABLE, no),
            (StatusCode::TOO_MANY_REQUESTS, no),
            (StatusCode::UNAUTHORIZED, no),
            (
                StatusCode::CONFLICT,
                &br#"{"error":{"code":"reference_exists"}}"#[..],
            ),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                &br#"{"error":{"code":"key_reused"}}"#[..],
            ),
            (StatusCode::FOUND, no),
            (StatusCode::OK, &b"{}"[..]),
            (StatusCode::OK, &b""[..]),
        ] {
            assert!(
                matches!(understand(status, body), Outcome::Ambiguous(_)),
                "{status}"
            );
        }
    }
}
