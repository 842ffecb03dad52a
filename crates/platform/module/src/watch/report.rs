//! What the watch knows, kept in the module's store (`invariant_watch`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_store::{Db, Json, Queryable as _, StoreError, Tx};

use crate::Violation;
use crate::invariant::MOST_VIOLATIONS;

/// Longest text of a case that is kept, in characters.
const MAX_TEXT: usize = 300;

const LOAD: &str = "SELECT version, looked_at, report FROM invariant_watch WHERE id = 1";

const SAVE: &str = "
    INSERT INTO invariant_watch (id, version, looked_at, report)
    VALUES (1, $1, $2, $3)
    ON CONFLICT (id) DO UPDATE
       SET version = excluded.version, looked_at = excluded.looked_at, report = excluded.report
     WHERE invariant_watch.version = excluded.version - 1";

/// Everything the watch knows about one store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    version: i64,
    /// When it was written; `None` before the first look.
    pub(crate) looked_at: Option<Timestamp>,
    pub(crate) rules: BTreeMap<String, RuleReport>,
}

/// What it knows about one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RuleReport {
    /// When a look last came to the end of the data.
    pub(crate) checked_at: Option<Timestamp>,
    /// Whether the last look failed.
    pub(crate) has_failed: bool,
    /// Where the next look goes on; `None` is the beginning.
    pub(crate) after: Option<String>,
    /// Cases that this pass has come across.
    seen: Vec<String>,
    /// Cases that are told.
    pub(crate) known: Vec<Found>,
}

/// A case that breaks a rule, and since when it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) subject: String,
    pub(crate) expected: String,
    pub(crate) actual: String,
    pub(crate) found_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    looked_at: Timestamp,
    report: Json<BTreeMap<String, RuleReport>>,
}

impl Report {
    pub(crate) async fn load(db: &Db, ctx: &CallCtx) -> Result<Self, StoreError> {
        let row: Option<Row> = db.read(ctx).query(LOAD).fetch_optional().await?;
        Ok(row.map_or_else(Self::default, |row| Self {
            version: row.version,
            looked_at: Some(row.looked_at),
            rules: row.report.0,
        }))
    }

    /// Writes it as the next version; `false` if somebody else wrote one meanwhile.
    pub(super) async fn save(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let now = tx.now();
        let saved = tx
            .query(SAVE)
            .bind(self.version + 1)
            .bind(now)
            .bind(Json(&self.rules))
            .execute()
            .await?;
        Ok(saved == 1)
    }
}

impl RuleReport {
    pub(super) fn knows(&self, subject: &str) -> bool {
        let subject = shortened(subject);
        self.known.iter().any(|known| known.subject == subject)
    }

    /// Notes a case; `true` if it is new and there is room for it.
    pub(super) fn note(&mut self, found: Found) -> bool {
        if !self.seen.contains(&found.subject) && self.seen.len() < MOST_VIOLATIONS {
            self.seen.push(found.subject.clone());
        }
        if let Some(known) = self.known.iter_mut().find(|it| it.subject == found.subject) {
            let found_at = known.found_at;
            *known = Found { found_at, ..found };
            return false;
        }
        if self.known.len() >= MOST_VIOLATIONS {
            return false;
        }
        self.known.push(found);
        true
    }

    /// Ends a pass over the data; returns the cases that are over. Where there are more cases than are told, nobody
    /// can say of one that it is.
    pub(super) fn end_of_pass(&mut self, now: Timestamp) -> Vec<String> {
        let seen = std::mem::take(&mut self.seen);
        self.checked_at = Some(now);
        self.has_failed = false;
        if seen.len() >= MOST_VIOLATIONS {
            return Vec::new();
        }
        let (known, over): (Vec<_>, Vec<_>) = std::mem::take(&mut self.known)
            .into_iter()
            .partition(|known| seen.contains(&known.subject));
        self.known = known;
        over.into_iter().map(|found| found.subject).collect()
    }
}

impl Found {
    pub(super) fn new(violation: Violation, found_at: Timestamp) -> Self {
        Self {
            subject: shortened(&violation.subject),
            expected: shortened(&violation.expected),
            actual: shortened(&violation.actual),
            found_at,
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(subject: &str, actual: &str, at: i64) -> Found {
        let violation = Violation {
            subject: subject.to_owned(),
            expected: "1".to_owned(),
            actual: actual.to_owned(),
        };
        Found::new(violation, Timestamp::from_micros(at))
    }

    #[test]
    fn a_case_is_new_once_and_over_once() {
        let mut rule = RuleReport::default();
        assert!(rule.note(found("a", "2", 1)));
        assert!(rule.end_of_pass(Timestamp::from_micros(2)).is_empty());
        assert!(!rule.note(found("a", "3", 3)), "it is known");
        assert_eq!(rule.known, [found("a", "3", 1)]);
        assert!(rule.end_of_pass(Timestamp::from_micros(4)).is_empty());
        assert_eq!(rule.end_of_pass(Timestamp::from_micros(5)), ["a"]);
        assert!(rule.end_of_pass(Timestamp::from_micros(6)).is_empty());
    }

    #[test]
    fn more_cases_than_are_told_are_never_called_over() {
        let mut rule = RuleReport::default();
        for number in 0..MOST_VIOLATIONS {
            assert!(rule.note(found(&number.to_string(), "2", 1)));
        }
        assert!(!rule.note(found("one more", "2", 1)));
        assert!(rule.end_of_pass(Timestamp::from_micros(2)).is_empty());
        for number in 50..MOST_VIOLATIONS + 50 {
            rule.note(found(&number.to_string(), "2", 3));
        }
        assert!(rule.end_of_pass(Timestamp::from_micros(4)).is_empty());
        assert_eq!(rule.known.len(), MOST_VIOLATIONS);
    }
}
