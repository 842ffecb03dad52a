//! Groups of customers, newest first, and who is in them.

use catalog_contract::{BuyerId, CatalogError, CustomerGroupId};
use tenon_kernel::{CallCtx, Page, PageRequest};
use tenon_seam::SeamResult;
use uuid::Uuid;

use super::{Service, refused};
use crate::domain::customer_group::CustomerGroup;
use crate::store::customer_groups::{self, Member};

/// Before the first page.
const NEWEST: CustomerGroupId = CustomerGroupId::from_uuid(Uuid::max());
const FIRST: BuyerId = BuyerId::from_uuid(Uuid::nil());

impl Service {
    /// Lists groups; those that one person is in, if one is named.
    #[tracing::instrument(name = "catalog.list_customer_groups", skip_all)]
    pub(crate) async fn list_customer_groups(
        &self,
        ctx: &CallCtx,
        user: Option<BuyerId>,
        page: PageRequest,
    ) -> SeamResult<Page<CustomerGroup>, CatalogError> {
        let scope = format!("customer groups {user:?}");
        let before = self.position(&scope, &page, NEWEST)?;
        let mut reader = self.db.read(ctx);
        let limit = i64::from(page.limit) + 1;
        let rows = customer_groups::list(&mut reader, user, before, limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.id)
        }))
    }

    /// Lists who is in a group.
    ///
    /// # Errors
    ///
    /// [`CatalogError::CustomerGroupNotFound`].
    #[tracing::instrument(name = "catalog.list_customer_group_members", skip_all, fields(group.id = %id))]
    pub(crate) async fn list_customer_group_members(
        &self,
        ctx: &CallCtx,
        id: CustomerGroupId,
        page: PageRequest,
    ) -> SeamResult<Page<Member>, CatalogError> {
        let scope = format!("members of {id}");
        let after = self.position(&scope, &page, FIRST)?;
        let mut reader = self.db.read(ctx);
        if customer_groups::find(&mut reader, id).await?.is_none() {
            return refused(CatalogError::CustomerGroupNotFound {
                customer_group_id: id,
            });
        }
        let limit = i64::from(page.limit) + 1;
        let rows = customer_groups::members(&mut reader, id, after, limit).await?;
        Ok(Page::from_rows(rows, page.limit, |last| {
            self.cursor_key.seal(&scope, &last.user_id)
        }))
    }
}
