//! API keys of people; those of service accounts are made beside their accounts.

mod create_key;
mod delete_key;
mod get_key;
mod list_keys;
mod rotate_key;
mod update_key;
pub(super) mod view;

use std::sync::Arc;

use identity_contract::{ApiKeyOwner, UserId};
use tenon_kernel::CallCtx;
use tenon_web::Endpoint;

use crate::service::Service;

pub(super) const TAG: &str = "api-keys";

/// All endpoints of keys.
pub(super) fn endpoints(service: &Arc<Service>) -> Vec<Endpoint> {
    vec![
        create_key::endpoint(service),
        list_keys::endpoint(service),
        get_key::endpoint(service),
        update_key::endpoint(service),
        delete_key::endpoint(service),
        rotate_key::endpoint(service),
    ]
}

/// Whoever asks, as an owner of keys; the policy makes sure that it is somebody.
fn caller(ctx: &CallCtx) -> ApiKeyOwner {
    ctx.principal
        .user()
        .map_or(ApiKeyOwner::Unknown, |user| ApiKeyOwner::User {
            user_id: UserId::from_uuid(user.user),
        })
}
