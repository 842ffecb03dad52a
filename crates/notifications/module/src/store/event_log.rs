//! The log of public events, and its two ends.

use serde_json::json;
use serde_json::value::RawValue;
use tenon_events::EventId;
use tenon_kernel::{Timestamp, TraceContext};
use tenon_store::{Engine, Json, Queryable, StoreError, Tx};

use crate::domain::{Ends, EventFilter, LogPage, NewPublicEvent, PublicEvent};

/// A row of the log beside both ends; all but the ends is absent where no event was found.
#[derive(sqlx::FromRow)]
struct PageRow {
    head: i64,
    purged: i64,
    position: Option<i64>,
    event_id: Option<EventId>,
    source: Option<String>,
    #[sqlx(rename = "type")]
    event_type: Option<String>,
    dataschema: Option<String>,
    subject: Option<String>,
    time: Option<Timestamp>,
    data: Option<String>,
    #[sqlx(default)]
    traceparent: Option<String>,
}

/// What is wrong with a log that is not whole.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct BrokenRow {
    pub(crate) expected: String,
    pub(crate) actual: String,
}

/// Both ends, with events after `$3` beside them: one statement, so that both are of the same moment.
macro_rules! page {
    ($condition:literal) => {
        concat!(
            "SELECT ends.position AS head, ends.purged, page.position, page.event_id, page.source, page.type,
                    page.dataschema, page.subject, page.time, page.data
               FROM event_log_head AS ends
               LEFT JOIN (SELECT position, event_id, source, type, dataschema, subject, time, data
                            FROM event_log
                           WHERE ", $condition,
            "                AND ($1 IS NULL OR type = $1)
                             AND ($2 IS NULL OR subject = $2)
                             AND position > $3
                           ORDER BY position
                           LIMIT $4) AS page ON TRUE
              ORDER BY page.position"
        )
    };
}

/// Rows out of a JSON array of arrays; how it is taken apart depends on the engine.
macro_rules! insert_after {
    ($given:literal, $id:literal, $time:literal) => {
        concat!(
            "INSERT INTO event_log (position, event_id, source, type, dataschema, subject, time, data, recorded_at,
                                    traceparent)
             SELECT $1 + ROW_NUMBER() OVER (ORDER BY given.key), ", $id, ", given.value ->> 1, given.value ->> 2,
                    given.value ->> 3, given.value ->> 4, ", $time, ", given.value ->> 6, $3,
                    given.value ->> 7
               FROM ", $given,
            " WHERE NOT EXISTS (SELECT 1 FROM event_log AS known WHERE known.event_id = ", $id, ")"
        )
    };
}

/// Moves the end of the log by some events and returns it. Its row makes writers take turns until they commit, so a
/// position is never seen before the one below it, and one that is rolled back is given again.
pub(crate) async fn move_end(tx: &mut Tx<'_>, events: i64) -> Result<i64, StoreError> {
    tx.query("UPDATE event_log_head SET position = position + $1 WHERE id = 1 RETURNING position")
        .bind(events)
        .fetch_scalar()
        .await?
        .ok_or_else(|| StoreError::inconsistent("event_log_head: no row"))
}

/// Adds events after a position, in their order and without gaps, those that are there left out; returns how many.
pub(crate) async fn insert_after(
    tx: &mut Tx<'_>,
    position: i64,
    events: &[NewPublicEvent],
) -> Result<u64, StoreError> {
    let (now, engine) = (tx.now(), tx.engine());
    let sql = match engine {
        Engine::Sqlite => insert_after!(
            "json_each($2) AS given",
            "unhex(given.value ->> 0)",
            "given.value ->> 5"
        ),
        Engine::Postgres => insert_after!(
            "jsonb_array_elements($2) WITH ORDINALITY AS given (value, key)",
            "CAST(given.value ->> 0 AS uuid)",
            "CAST(given.value ->> 5 AS timestamptz)"
        ),
    };
    let rows = events.iter().map(|event| {
        let time = match engine {
            Engine::Sqlite => json!(event.time.as_micros()),
            Engine::Postgres => json!(event.time),
        };
        json!([
            event.id.uuid().simple().to_string(),
            event.source,
            event.event_type,
            event.dataschema,
            event.subject,
            time,
            event.data,
            event.traceparent,
        ])
    });
    tx.query(sql)
        .bind(position)
        .bind(Json(rows.collect::<Vec<_>>()))
        .bind(now)
        .execute()
        .await
}

/// Reads at most `limit` events after a position, with both ends of the log.
pub(crate) async fn page(
    db: &mut dyn Queryable,
    filter: &EventFilter,
    after: i64,
    limit: u32,
) -> Result<LogPage, StoreError> {
    // One thing has few events: begin with what leaves the least.
    let sql = if filter.subject.is_some() {
        page!("subject = $2")
    } else if filter.event_type.is_some() {
        page!("type = $1")
    } else {
        page!("TRUE")
    };
    let rows: Vec<PageRow> = db
        .query(sql)
        .bind(filter.event_type.as_deref())
        .bind(filter.subject.as_deref())
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    let first = rows
        .first()
        .ok_or_else(|| StoreError::inconsistent("event_log_head: no row"))?;
    let ends = Ends {
        head: first.head,
        purged: first.purged,
    };
    let events = rows
        .into_iter()
        .filter_map(event)
        .collect::<Result<_, _>>()?;
    Ok(LogPage { ends, events })
}

/// Finds one event.
pub(crate) async fn find(
    db: &mut dyn Queryable,
    id: EventId,
) -> Result<Option<PublicEvent>, StoreError> {
    let row: Option<PageRow> = db
        .query(
            "SELECT position AS head, position AS purged, position, event_id, source, type, dataschema, subject,
                    time, data, traceparent
               FROM event_log
              WHERE event_id = $1",
        )
        .bind(id)
        .fetch_optional()
        .await?;
    row.and_then(event).transpose()
}

/// Returns the position of the newest event.
pub(crate) async fn head(db: &mut dyn Queryable) -> Result<i64, StoreError> {
    let head = db.query("SELECT position FROM event_log_head WHERE id = 1");
    Ok(head.fetch_scalar().await?.unwrap_or(0))
}

/// Drops the oldest events, as far as they were recorded before `before`, at most `limit`; returns how many.
pub(crate) async fn purge(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let last = tx
        .query(
            "SELECT MAX(oldest.position)
               FROM (SELECT position, recorded_at FROM event_log ORDER BY position LIMIT $2) AS oldest
              WHERE oldest.recorded_at < $1",
        )
        .bind(before)
        .bind(i64::from(limit))
        .fetch_scalar::<Option<i64>>()
        .await?
        .flatten();
    let Some(last) = last else {
        return Ok(0);
    };
    // First the mark: rows above it cannot be deleted.
    tx.query("UPDATE event_log_head SET purged = $1 WHERE id = 1")
        .bind(last)
        .execute()
        .await?;
    tx.query("DELETE FROM event_log WHERE position <= $1")
        .bind(last)
        .execute()
        .await
}

/// Compares the rows of the log with its two ends.
pub(crate) async fn find_broken(db: &mut dyn Queryable) -> Result<Option<BrokenRow>, StoreError> {
    db.query(
        "SELECT CAST(ends.position - ends.purged AS text) || ' events, from ' || CAST(ends.purged + 1 AS text)
                    || ' to ' || CAST(ends.position AS text) AS expected,
                CAST(rows.number AS text) || ' events, from ' || CAST(rows.first AS text)
                    || ' to ' || CAST(rows.last AS text) AS actual
           FROM event_log_head AS ends,
                (SELECT COUNT(*) AS number, COALESCE(MIN(position), 0) AS first, COALESCE(MAX(position), 0) AS last
                   FROM event_log) AS rows
          WHERE rows.number <> ends.position - ends.purged
             OR (rows.number > 0 AND (rows.first <> ends.purged + 1 OR rows.last <> ends.position))",
    )
    .fetch_optional()
    .await
}

fn event(row: PageRow) -> Option<Result<PublicEvent, StoreError>> {
    let position = row.position?;
    let data = RawValue::from_string(row.data?).map_err(|error| {
        StoreError::inconsistent(format!("event_log.data of {position}: {error}"))
    });
    Some(data.and_then(|data| {
        let missing = || StoreError::inconsistent(format!("event_log of {position}: no value"));
        Ok(PublicEvent {
            position,
            id: row.event_id.ok_or_else(missing)?,
            source: row.source.ok_or_else(missing)?,
            event_type: row.event_type.ok_or_else(missing)?,
            dataschema: row.dataschema.ok_or_else(missing)?,
            subject: row.subject.ok_or_else(missing)?,
            time: row.time.ok_or_else(missing)?,
            data,
            trace: row
                .traceparent
                .as_deref()
                .and_then(TraceContext::from_traceparent),
        })
    }))
}
