//! Lists entries, latest first.

use audit_contract::{AuditError, Entries, EntryFilter, ListEntries, MAX_PAGE};
use tenon_kernel::{CallCtx, FieldError, Page};
use tenon_seam::{SeamError, SeamResult};

use super::{Service, view};
use crate::store::{self, EntryPosition};

/// Longest text of a filter, in bytes.
const MAX_FILTER: usize = 200;

impl Service {
    pub(super) async fn list(
        &self,
        ctx: &CallCtx,
        req: ListEntries,
    ) -> SeamResult<Entries, AuditError> {
        check(&req).map_err(|errors| SeamError::Domain(AuditError::InvalidRequest { errors }))?;
        let scope = scope(&req.filter);
        let after = req
            .page
            .cursor
            .as_ref()
            .map(|cursor| self.cursor_key.open::<EntryPosition>(&scope, cursor))
            .transpose()
            .map_err(|_| SeamError::Domain(AuditError::InvalidCursor))?;
        let links =
            store::list_entries(&mut self.db.read(ctx), &req.filter, after, req.page.limit).await?;
        let page = Page::from_rows(links, req.page.limit, |last| {
            self.cursor_key.seal(&scope, &EntryPosition::of(last))
        });
        let data = page
            .data
            .into_iter()
            .map(view::entry)
            .collect::<Result<_, _>>()?;
        Ok(Entries {
            data,
            next_cursor: page.next_cursor,
        })
    }
}

/// A cursor goes on with the filter it was made for.
fn scope(filter: &EntryFilter) -> String {
    format!(
        "audit.entries?{}",
        serde_json::to_string(filter).expect("a filter is plain data")
    )
}

fn check(req: &ListEntries) -> Result<(), Vec<FieldError>> {
    let EntryFilter {
        actor,
        action,
        target,
        since,
        until,
    } = &req.filter;
    let mut errors = Vec::new();
    if !(1..=MAX_PAGE).contains(&req.page.limit) {
        errors.push(FieldError::new(
            "?limit",
            "out_of_range",
            format!("`limit` goes from 1 to {MAX_PAGE}."),
        ));
    }
    for (name, text) in [("actor", actor), ("action", action), ("target", target)] {
        if text
            .as_ref()
            .is_some_and(|text| text.is_empty() || text.len() > MAX_FILTER || text.contains('\0'))
        {
            let detail = format!("`{name}` has 1 to {MAX_FILTER} bytes.");
            errors.push(FieldError::new(format!("?{name}"), "invalid_value", detail));
        }
    }
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        errors.push(FieldError::new(
            "?until",
            "out_of_range",
            "`until` is before `since`.",
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
