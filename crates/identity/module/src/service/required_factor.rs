//! Roles whose holders must have a second factor.

use tenon_store::{Queryable, StoreError};

use crate::domain::factor::Amr;
use crate::domain::roles::Roles;
use crate::domain::user::Account;
use crate::service::Service;
use crate::store::factors;

impl Service {
    /// Says whether whoever has these roles must have a second factor.
    pub(super) fn must_have_factor(&self, roles: &Roles) -> bool {
        let required = &self.settings.second_factor_roles;
        required.iter().any(|role| roles.contains(*role))
    }

    /// Says whether a session that begins now by this proof is good for adding a second factor and nothing else.
    pub(super) fn begins_enrolling(&self, account: &Account, amr: Amr) -> bool {
        self.must_have_factor(&account.roles) && !amr.is_multi_factor()
    }

    /// Says the same of a session that began at any time: its factor may be gone, or the role new.
    pub(super) async fn is_enrolling(
        &self,
        db: &mut dyn Queryable,
        account: &Account,
        amr: Amr,
    ) -> Result<bool, StoreError> {
        if !self.must_have_factor(&account.roles) {
            return Ok(false);
        }
        Ok(match amr {
            // The provider saw two factors, and is trusted with it: there need be none here.
            Amr::FederatedMultiFactor => false,
            _ => !amr.is_multi_factor() || !factors::is_guarded(db, account.id).await?,
        })
    }
}
