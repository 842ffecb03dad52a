//! `GET /v1/audit/entries/{id}/proof`

use std::sync::Arc;

use audit_contract::{Audit as _, EntryId, EntryProof, GetEntryProof};
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::Role;
use tenon_web::{ApiPath, ApiQuery, Ctx, Endpoint, Problem, Reply};

use crate::service::Service;

/// Which trees.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryProofQuery {
    /// Prove it in the tree of so many entries, the oldest: what was noted earlier. All that there are unless said.
    #[schemars(range(min = 1))]
    tree_size: Option<i64>,
    /// Prove as well that this tree goes on from the one of so many entries.
    #[schemars(range(min = 1))]
    consistent_with: Option<i64>,
}

/// Shows that an entry is in the Merkle tree over the log (RFC 9162 §2.1). Hashes are SHA-256 in 64 hexadecimal digits.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEntryProof")]
pub(super) struct EntryProofView {
    /// The entry.
    entry_id: EntryId,
    /// Its place in the tree, from 0: its `seq` less 1.
    leaf_index: i64,
    /// Hash of a zero byte and the 32 bytes of the entry's `hash`.
    leaf_hash: String,
    /// How many entries the tree has.
    tree_size: i64,
    /// Hash of the tree. Nothing signs it: keep it elsewhere, with `tree_size`, and hold later proofs against it.
    root_hash: String,
    /// From the leaf to the root, bottom up (RFC 9162 §2.1.3).
    inclusion_path: Vec<String>,
    /// Size of the older tree, as asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    consistent_with: Option<i64>,
    /// From the older tree to this one (RFC 9162 §2.1.4); empty if they are the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    consistency_path: Option<Vec<String>>,
}

pub(super) fn endpoint(service: Arc<Service>) -> Endpoint {
    Endpoint::get(
        "/v1/audit/entries/{id}/proof",
        "get_audit_entry_proof",
        Policy::Has(Role::Admin),
    )
    .tag("audit")
    .summary("Proves that an entry is in the audit log, to whoever noted a root of it.")
    .path_param::<EntryId>("id", "The entry.")
    .query::<EntryProofQuery>()
    .answers::<EntryProofView>(200, "The proof.")
    .problem(404, "audit.entry_not_found")
    .problem(422, "audit.invalid_request")
    .handler(handler, service)
}

/// Proves one entry.
#[tracing::instrument(name = "http.audit.get_entry_proof", skip_all)]
pub(super) async fn handler(
    State(service): State<Arc<Service>>,
    Ctx(ctx): Ctx,
    ApiPath(id): ApiPath<EntryId>,
    ApiQuery(query): ApiQuery<EntryProofQuery>,
) -> Result<Reply, Problem> {
    let EntryProofQuery {
        tree_size,
        consistent_with,
    } = query;
    let request = GetEntryProof {
        id,
        tree_size,
        consistent_with,
    };
    let proof = service.get_entry_proof(&ctx, request).await?;
    Ok(Reply::ok(&EntryProofView::from(proof)))
}

impl From<EntryProof> for EntryProofView {
    fn from(proof: EntryProof) -> Self {
        Self {
            entry_id: proof.entry_id,
            leaf_index: proof.leaf_index,
            leaf_hash: proof.leaf_hash,
            tree_size: proof.tree_size,
            root_hash: proof.root_hash,
            inclusion_path: proof.inclusion_path,
            consistent_with: proof.consistent_with,
            consistency_path: proof.consistency_path,
        }
    }
}
