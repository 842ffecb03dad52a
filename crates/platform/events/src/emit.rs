//! Writing to the outbox.

use std::future::Future;

use serde_json::value::{RawValue, to_raw_value};
use tenon_seam::Event;
use tenon_store::{Engine, Json, Queryable as _, StoreError, Tx};

use crate::outbox::interface_text;
use crate::{EventId, metrics};

/// Largest data of an event, in bytes of JSON.
const LARGEST_DATA: usize = 20 * 1024;

/// Takes the next number of the subject with the event. SQLite has no writes in `WITH`: two statements at once, one turn of
/// the driver's thread. What they count together is not looked at.
const NUMBER_AND_INSERT_SQLITE: &str = "
    INSERT INTO event_subjects (subject, last_sequence) VALUES ($1, 1)
    ON CONFLICT (subject) DO UPDATE SET last_sequence = event_subjects.last_sequence + 1;
    INSERT INTO outbox (subject, event_id, type, version, data, actor, interface,
                        correlationid, causationid, traceparent, time, sequence)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, last_sequence
      FROM event_subjects WHERE subject = $1";

/// On PostgreSQL the number locks the subject until the unit ends.
const NUMBER_AND_INSERT_POSTGRES: &str = "
    WITH numbered AS (
        INSERT INTO event_subjects (subject, last_sequence) VALUES ($1, 1)
        ON CONFLICT (subject) DO UPDATE SET last_sequence = event_subjects.last_sequence + 1
        RETURNING last_sequence)
    INSERT INTO outbox (subject, event_id, type, version, data, actor, interface,
                        correlationid, causationid, traceparent, time, sequence)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, last_sequence FROM numbered";

/// Emits events from a unit of work.
pub trait Emit {
    /// Writes the event to the outbox; it leaves when, and only when, the unit commits.
    ///
    /// Actor, interface, correlation, cause and trace are taken from the context of the unit.
    ///
    /// # Errors
    ///
    /// [`StoreError::Inconsistent`] if the data is larger than 20 KiB.
    fn emit<E: Event>(
        &mut self,
        event: &E,
    ) -> impl Future<Output = Result<EventId, StoreError>> + Send;
}

impl Emit for Tx<'_> {
    async fn emit<E: Event>(&mut self, event: &E) -> Result<EventId, StoreError> {
        let (subject, data) = (event.subject(), encode(event)?);
        let id: EventId = self.env().new_id();
        let ctx = self.ctx();
        let (actor, interface) = (ctx.principal.to_string(), interface_text(ctx.interface));
        let (correlation, causation) = (ctx.correlation_id.clone(), ctx.causation_id.clone());
        let (trace, now) = (ctx.trace.to_traceparent(), self.now());
        let sql = match self.engine() {
            Engine::Sqlite => NUMBER_AND_INSERT_SQLITE,
            Engine::Postgres => NUMBER_AND_INSERT_POSTGRES,
        };
        self.query(sql)
            .bind(subject)
            .bind(id)
            .bind(E::TYPE)
            .bind(i64::from(E::VERSION))
            .bind(Json(data))
            .bind(actor)
            .bind(interface)
            .bind(correlation)
            .bind(causation)
            .bind(trace)
            .bind(now)
            .execute()
            .await?;
        self.note_emitted(E::TYPE, id.uuid());
        metrics::emitted(self.module(), E::TYPE);
        Ok(id)
    }
}

fn encode<E: Event>(event: &E) -> Result<Box<RawValue>, StoreError> {
    let data = to_raw_value(event).map_err(|error| {
        StoreError::inconsistent(format!("data of the event {}: {error}", E::TYPE))
    })?;
    let size = data.get().len();
    if size > LARGEST_DATA {
        let what = format!(
            "data of the event {}: {size} bytes, at most {LARGEST_DATA}",
            E::TYPE
        );
        return Err(StoreError::inconsistent(what));
    }
    Ok(data)
}
