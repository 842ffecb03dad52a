//! People: that they exist and what changed about them, never who they are. What concerns their sessions, roles,
//! factors and one-time tokens stays inside: it tells how accounts are guarded.

use identity_contract::{
    UserErased, UserErasureCancelled, UserErasureRequested, UserLocked, UserRegistered,
    UserUpdated, UserVerified,
};

use super::EventTypes;

const SOURCE: &str = "identity";

pub(super) fn name_all(list: &mut impl EventTypes) {
    list.add::<UserRegistered>(SOURCE, &["user_id", "channel"], &[]);
    list.add::<UserVerified>(SOURCE, &["user_id", "channel"], &[]);
    list.add::<UserUpdated>(SOURCE, &["user_id", "fields"], &[]);
    list.add::<UserLocked>(SOURCE, &["user_id"], &["reason"]);
    list.add::<UserErasureRequested>(SOURCE, &["user_id", "erase_at"], &[]);
    list.add::<UserErasureCancelled>(SOURCE, &["user_id"], &[]);
    list.add::<UserErased>(SOURCE, &["user_id"], &[]);
}
