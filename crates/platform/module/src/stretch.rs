//! Stretches of a table in the order of its ids, for rules that go through it piece by piece.

use tenon_store::{Queryable, StoreError};
use uuid::Uuid;

/// Rows with `id > after AND id <= until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdRange {
    /// Behind this one.
    pub after: Uuid,
    /// Up to this one.
    pub until: Uuid,
    is_last: bool,
}

impl IdRange {
    /// The stretch behind `after`, which is what [`IdRange::next`] said, or nothing at the beginning.
    ///
    /// `end_of` selects the id at which a stretch behind `$1` ends, and nothing if fewer rows are left:
    /// `SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 1 OFFSET 999`.
    pub async fn behind(
        db: &mut dyn Queryable,
        end_of: &'static str,
        after: Option<&str>,
    ) -> Result<Self, StoreError> {
        let after = after
            .and_then(|text| text.parse().ok())
            .unwrap_or(Uuid::nil());
        let end = db.query(end_of).bind(after).fetch_scalar::<Uuid>().await?;
        Ok(Self {
            after,
            until: end.unwrap_or(Uuid::max()),
            is_last: end.is_none(),
        })
    }

    /// Where the next stretch begins; `None` if this was the last.
    pub fn next(&self) -> Option<String> {
        (!self.is_last).then(|| self.until.to_string())
    }
}
