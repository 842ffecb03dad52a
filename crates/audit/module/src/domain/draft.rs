//! An event turned into what the log says about it.

use tenon_events::{Envelope, EventId};
use tenon_kernel::{Interface, Timestamp, TraceContext};
use tenon_seam::Event as _;
use tenon_seam::audit::AuditRecorded;
use uuid::Uuid;

use audit_contract::EntryId;

use super::chain::Facts;
use super::masking::Masking;

/// Everything about an entry but its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    event_id: EventId,
    occurred_at: Timestamp,
    actor: String,
    interface: String,
    action: String,
    target: String,
    source: String,
    trace_id: Option<String>,
    correlation_id: Option<String>,
    causation_id: Option<String>,
    before: Option<String>,
    after: Option<String>,
    data: Option<String>,
}

impl Draft {
    /// Reads an event. One that says what someone changed becomes an entry about that thing; any other becomes an
    /// entry that carries its data.
    pub(crate) fn from_event(event: &Envelope, masking: &Masking) -> Self {
        let draft = Self {
            event_id: event.id,
            occurred_at: event.time,
            actor: actor(&event.actor),
            interface: interface_text(event.interface),
            action: event.event_type.clone(),
            target: event.subject.clone(),
            source: event.source.trim_start_matches('/').to_owned(),
            trace_id: TraceContext::from_traceparent(&event.traceparent)
                .map(|trace| trace.trace_id_text()),
            correlation_id: event.correlationid.clone(),
            causation_id: event.causationid.clone(),
            before: None,
            after: None,
            data: None,
        };
        let change = (event.event_type == AuditRecorded::TYPE)
            .then(|| serde_json::from_value::<AuditRecorded>(event.data.clone()).ok())
            .flatten();
        match change {
            Some(change) => Self {
                action: change.action,
                target: change.target,
                before: change.before.map(|value| masking.canonical(&value)),
                after: change.after.map(|value| masking.canonical(&value)),
                ..draft
            },
            None => Self {
                data: Some(masking.canonical(&event.data)),
                ..draft
            },
        }
    }

    /// Gives it a place.
    pub(crate) fn at(self, seq: i64, id: EntryId, recorded_at: Timestamp) -> Facts {
        Facts {
            seq,
            id,
            event_id: self.event_id,
            occurred_at: self.occurred_at,
            recorded_at,
            actor: self.actor,
            interface: self.interface,
            action: self.action,
            target: self.target,
            source: self.source,
            trace_id: self.trace_id,
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
            before: self.before,
            after: self.after,
            data: self.data,
        }
    }
}

/// Envelopes name a user by the raw form of their id; people know `usr_…`.
fn actor(text: &str) -> String {
    let user = text
        .strip_prefix("user:")
        .and_then(|raw| raw.parse::<Uuid>().ok());
    user.map_or_else(
        || text.to_owned(),
        |uuid| UserId::from_uuid(uuid).to_string(),
    )
}

/// How an interface is stored: as in the envelope.
fn interface_text(interface: Interface) -> String {
    match serde_json::to_value(interface) {
        Ok(serde_json::Value::String(text)) => text,
        other => unreachable!("an interface is a JSON string, not {other:?}"),
    }
}

/// Users as identity names them.
struct UserKind;

impl tenon_kernel::IdKind for UserKind {
    const PREFIX: &'static str = "usr";
}

type UserId = tenon_kernel::Id<UserKind>;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn event(event_type: &str, data: Value) -> Envelope {
        Envelope {
            specversion: "1.0".to_owned(),
            id: EventId::from_uuid(Uuid::from_u128(1)),
            source: "/catalog".to_owned(),
            event_type: event_type.to_owned(),
            subject: "prd_1".to_owned(),
            time: Timestamp::EPOCH,
            dataschema: format!("/schemas/{event_type}/1"),
            sequence: 1,
            feedposition: 1,
            actor: "user:00000000-0000-0000-0000-000000000001".to_owned(),
            interface: Interface::Rest,
            correlationid: None,
            causationid: None,
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
            data,
        }
    }

    fn read(event: &Envelope) -> Draft {
        Draft::from_event(event, &Masking::with_members(&[]))
    }

    #[test]
    fn a_change_is_told_in_its_own_words() {
        let data = json!({ "action": "product.updated", "target": "prd_2", "before": { "title": "Tee" }, "after": { "title": "Tea" } });
        let draft = read(&event("audit.recorded", data));
        assert_eq!(
            (draft.action.as_str(), draft.target.as_str()),
            ("product.updated", "prd_2")
        );
        assert_eq!(draft.before.as_deref(), Some(r#"{"title":"Tee"}"#));
        assert_eq!(draft.after.as_deref(), Some(r#"{"title":"Tea"}"#));
        assert_eq!(draft.data, None);
        assert_eq!(draft.actor, "usr_00000000000000000000000001");
        assert_eq!(draft.source, "catalog");
        assert_eq!(
            draft.trace_id.as_deref(),
            Some("0af7651916cd43dd8448eb211c80319c")
        );
    }

    #[test]
    fn any_other_event_is_kept_with_its_data() {
        let draft = read(&event("order.placed", json!({ "email": "a@b.c" })));
        assert_eq!(
            (draft.action.as_str(), draft.target.as_str()),
            ("order.placed", "prd_1")
        );
        assert_eq!(draft.data.as_deref(), Some(r#"{"email":"[masked]"}"#));
    }

    #[test]
    fn a_change_that_cannot_be_read_is_kept_as_it_came() {
        let draft = read(&event("audit.recorded", json!({ "action": 5 })));
        assert_eq!(draft.action, "audit.recorded");
        assert_eq!(draft.data.as_deref(), Some(r#"{"action":5}"#));
    }

    #[test]
    fn parts_of_the_system_keep_their_names() {
        assert_eq!(actor("service:orders"), "service:orders");
        assert_eq!(actor("anonymous"), "anonymous");
        assert_eq!(actor("user:x"), "user:x");
    }
}
