//! Returns one entry.

use audit_contract::{AuditError, Entry, EntryId};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::{Service, view};
use crate::store;

impl Service {
    /// Returns an entry, for the administrators' interface.
    ///
    /// # Errors
    ///
    /// [`AuditError::EntryNotFound`].
    pub(crate) async fn get(&self, ctx: &CallCtx, id: EntryId) -> SeamResult<Entry, AuditError> {
        let link = store::find_entry(&mut self.db.read(ctx), id).await?;
        let link = link.ok_or(SeamError::Domain(AuditError::EntryNotFound))?;
        Ok(view::entry(link)?)
    }
}
