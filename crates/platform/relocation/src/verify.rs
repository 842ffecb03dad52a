//! Source against destination, row by row in the order of the key.

use futures_util::StreamExt as _;

use crate::canonical::{self, Hash};
use crate::error::{RelocationError, Result};
use crate::link::Link;
use crate::pair::Pair;
use crate::report::VerifiedTable;
use crate::sql::End;

/// Reads a table on both sides at once; the first row that differs is an error.
pub(crate) async fn table(
    source: &mut Link,
    target: &mut Link,
    pair: &Pair,
) -> Result<VerifiedTable> {
    let from = pair.select_all(source.engine(), End::Source { fenced: true });
    let to = pair.select_all(target.engine(), End::Target);
    let mut theirs = source
        .doing(format!("verifying {}", pair.name))
        .stream(from);
    let mut ours = target.doing(format!("verifying {}", pair.name)).stream(to);
    let (mut hash_theirs, mut hash_ours) = (Hash::new(), Hash::new());
    let mut rows = 0;
    let differs = |row: &str, what: &str| RelocationError::Differs {
        table: pair.name.clone(),
        key: canonical::key(pair, row),
        what: what.to_owned(),
    };
    loop {
        let (source, target) = tokio::join!(theirs.next(), ours.next());
        match (source.transpose()?, target.transpose()?) {
            (None, None) => break,
            (Some(row), None) => {
                return Err(differs(
                    &row,
                    &format!("the destination ends after {rows} rows"),
                ));
            }
            (None, Some(row)) => {
                return Err(differs(&row, &format!("the source ends after {rows} rows")));
            }
            (Some(source), Some(target)) => {
                let unreadable = |problem| RelocationError::Value {
                    table: pair.name.clone(),
                    problem,
                };
                let theirs = canonical::row(pair, &source).map_err(unreadable)?;
                let ours = canonical::row(pair, &target).map_err(unreadable)?;
                if theirs != ours {
                    return Err(differs(&source, &first_difference(pair, &source, &target)));
                }
                hash_theirs.add(&theirs);
                hash_ours.add(&ours);
                rows += 1;
            }
        }
    }
    let (sha256, other) = (hash_theirs.finish(), hash_ours.finish());
    if sha256 != other {
        return Err(differs("[]", "the hashes differ"));
    }
    Ok(VerifiedTable {
        table: pair.name.clone(),
        rows,
        sha256,
    })
}

/// Names the column; values may be personal, so they are not shown.
fn first_difference(pair: &Pair, source: &str, target: &str) -> String {
    if canonical::key(pair, source) != canonical::key(pair, target) {
        return format!(
            "there the destination has the key {}",
            canonical::key(pair, target)
        );
    }
    let values = |text| serde_json::from_str::<Vec<serde_json::Value>>(text).unwrap_or_default();
    let column = values(source)
        .into_iter()
        .zip(values(target))
        .zip(&pair.columns)
        .find(|((source, target), _)| source != target);
    match column {
        Some((_, column)) => format!("the column {} has another value", column.target),
        None => "the rows have another writing".to_owned(),
    }
}
