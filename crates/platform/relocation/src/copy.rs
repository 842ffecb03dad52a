//! The first copy: each table from one snapshot of the source, in the order of its key.

use futures_util::StreamExt as _;

use crate::changes;
use crate::error::Result;
use crate::link::Link;
use crate::pair::Pair;
use crate::report::{Event, Observer};
use crate::sql::{End, quoted};
use crate::state::{Marker, Turn};

/// Text of one statement, about.
const LARGEST_BATCH: usize = 1024 * 1024;

/// Copies one table; the transaction of its last rows notes that it is whole. A table that was left half-way is
/// emptied first.
pub(crate) async fn table(
    snapshot: &mut Link,
    target: &mut Link,
    pair: &Pair,
    turn: &Turn,
    marker: &mut Marker,
    observer: &dyn Observer,
) -> Result<u64> {
    let of = snapshot
        .doing(format!("counting {}", pair.name))
        .number(
            format!("SELECT CAST(COUNT(*) AS text) FROM {}", quoted(&pair.name)),
            &[],
        )
        .await?;
    let of = u64::try_from(of).unwrap_or(0);
    let sql = pair.select_all(snapshot.engine(), End::Source { fenced: false });
    let mut rows = snapshot.doing(format!("reading {}", pair.name)).stream(sql);
    let (mut batch, mut bytes, mut copied) = (Vec::new(), 0, 0);
    loop {
        let row = rows.next().await.transpose()?;
        let ended = row.is_none();
        if let Some(row) = row {
            bytes += row.len();
            batch.push(row);
        }
        if !ended && batch.len() < changes::CHUNK && bytes < LARGEST_BATCH {
            continue;
        }
        if ended {
            marker.copied.push(pair.name.clone());
        }
        target.doing(format!("filling {}", pair.name));
        target.begin_write().await?;
        turn.mark(target, marker).await?;
        if copied == 0 {
            target
                .script(format!("DELETE FROM {}", quoted(&pair.name)))
                .await?;
        }
        changes::insert(target, pair, &batch).await?;
        target.commit().await?;
        copied += batch.len() as u64;
        batch.clear();
        bytes = 0;
        let event = Event::Copied {
            table: pair.name.clone(),
            rows: copied,
            of,
            whole: ended,
        };
        observer.notice(&event).await;
        if ended {
            return Ok(copied);
        }
    }
}
