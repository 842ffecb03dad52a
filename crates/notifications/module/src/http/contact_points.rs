//! `/v1/me/contact-points`: telephones and devices of the caller.

mod create;
mod delete;
mod list;
mod send_code;
mod verify;

use std::sync::Arc;

use notifications_contract::ContactPointId;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::Timestamp;
use tenon_web::Endpoint;

use crate::domain::{ContactKind, ContactStatus, Platform};
use crate::service::{Service, ShownContactPoint};

const TAG: &str = "notifications";
const PATH: &str = "/v1/me/contact-points";

/// A telephone or a device.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ContactPoint")]
struct ContactPointView {
    /// Its id.
    id: ContactPointId,
    /// What it is.
    kind: ContactKind,
    /// What a device runs; absent for telephones.
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<Platform>,
    /// The end of the number or token: no answer has more of it.
    hint: String,
    /// Whether it gets messages.
    status: ContactStatus,
    /// Grows with each change: `If-Match: "v<version>"`.
    version: i64,
    /// When it was added.
    created_at: Timestamp,
    /// When it was proved.
    verified_at: Option<Timestamp>,
}

impl From<ShownContactPoint> for ContactPointView {
    fn from(shown: ShownContactPoint) -> Self {
        let ShownContactPoint { point, hint } = shown;
        Self {
            id: point.id,
            kind: point.kind,
            platform: point.platform,
            hint,
            status: point.status,
            version: point.version,
            created_at: point.created_at,
            verified_at: point.verified_at,
        }
    }
}

pub(super) fn endpoints(service: &Arc<Service>) -> [Endpoint; 5] {
    [
        list::endpoint(Arc::clone(service)),
        create::endpoint(Arc::clone(service)),
        delete::endpoint(Arc::clone(service)),
        send_code::endpoint(Arc::clone(service)),
        verify::endpoint(Arc::clone(service)),
    ]
}
