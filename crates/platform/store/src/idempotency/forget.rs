//! Forgetting what a person did under keys, who is to be forgotten whole.

use tenon_kernel::{Principal, UserPrincipal};
use uuid::Uuid;

use super::sql;
use crate::{Queryable as _, StoreError, Tx};

impl Tx<'_> {
    /// Deletes the outcomes that are kept for a person, who will not ask again; returns how many. What is still being worked on stays.
    pub async fn forget_keys_of_user(&mut self, user: Uuid) -> Result<u64, StoreError> {
        let owner = Principal::User(UserPrincipal {
            user,
            session: Uuid::nil(),
            roles: Vec::new(),
            is_enrolling: false,
        });
        self.query(sql::FORGET)
            .bind(owner.to_string())
            .execute()
            .await
    }
}
