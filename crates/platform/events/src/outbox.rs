//! Reading the outbox: rows in feed order, as envelopes.

use serde_json::Value;
use tenon_kernel::{CallCtx, Interface, Timestamp};
use tenon_store::{Db, Engine, Json, Queryable as _, StoreError};

use crate::{Envelope, EventId};

const PAGE_SQLITE: &str = "
    SELECT id AS feedposition, event_id, type, version, subject, sequence, data, actor, interface,
           correlationid, causationid, traceparent, time
      FROM outbox
     WHERE id > $1
     ORDER BY id LIMIT $2";

const PAGE_POSTGRES: &str = "
    SELECT feedposition, event_id, type, version, subject, sequence, data, actor, interface,
           correlationid, causationid, traceparent, time
      FROM outbox
     WHERE feedposition > $1
     ORDER BY feedposition LIMIT $2";

const HEAD_SQLITE: &str = "SELECT id FROM outbox ORDER BY id DESC LIMIT 1";
const HEAD_POSTGRES: &str = "SELECT position FROM feed_head";

#[derive(sqlx::FromRow)]
struct OutboxRow {
    feedposition: i64,
    event_id: EventId,
    #[sqlx(rename = "type")]
    event_type: String,
    version: i64,
    subject: String,
    sequence: i64,
    data: Json<Value>,
    actor: String,
    interface: String,
    correlationid: Option<String>,
    causationid: Option<String>,
    traceparent: String,
    time: Timestamp,
}

/// Reads positioned events after `after`.
pub(crate) async fn page(
    db: &Db,
    ctx: &CallCtx,
    after: i64,
    limit: u32,
) -> Result<Vec<Envelope>, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => PAGE_SQLITE,
        Engine::Postgres => PAGE_POSTGRES,
    };
    let rows: Vec<OutboxRow> = db
        .read(ctx)
        .query(sql)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|row| envelope(row, db.module()))
        .collect()
}

/// Returns the newest position, 0 if there is none.
pub(crate) async fn head(db: &Db, ctx: &CallCtx) -> Result<i64, StoreError> {
    let sql = match db.engine() {
        Engine::Sqlite => HEAD_SQLITE,
        Engine::Postgres => HEAD_POSTGRES,
    };
    Ok(db.read(ctx).query(sql).fetch_scalar().await?.unwrap_or(0))
}

/// How an interface is stored: as in the envelope.
pub(crate) fn interface_text(interface: Interface) -> String {
    match serde_json::to_value(interface) {
        Ok(Value::String(text)) => text,
        other => unreachable!("an interface is a JSON string, not {other:?}"),
    }
}

fn envelope(row: OutboxRow, module: &str) -> Result<Envelope, StoreError> {
    let interface = serde_json::from_value(Value::String(row.interface)).map_err(|error| {
        StoreError::inconsistent(format!("outbox.interface of {}: {error}", row.event_id))
    })?;
    Ok(Envelope {
        specversion: "1.0".to_owned(),
        id: row.event_id,
        source: format!("/{module}"),
        dataschema: format!("/schemas/{}/{}", row.event_type, row.version),
        event_type: row.event_type,
        subject: row.subject,
        time: row.time,
        sequence: row.sequence,
        feedposition: row.feedposition,
        actor: row.actor,
        interface,
        correlationid: row.correlationid,
        causationid: row.causationid,
        traceparent: row.traceparent,
        data: row.data.0,
    })
}
