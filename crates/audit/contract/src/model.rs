//! What audit tells other modules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenon_kernel::{Cursor, Interface, PageRequest, Timestamp};

use crate::EntryId;

/// Most entries in one page.
pub const MAX_PAGE: u32 = 200;
/// Most entries verified by one call.
pub const MAX_VERIFY: u32 = 1_000;

/// One thing that happened: never changed, never removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Its place in the chain, gap-free from 1.
    pub seq: i64,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When audit wrote it down.
    pub recorded_at: Timestamp,
    /// Who did it: a user's id, `service:orders`, or `anonymous`.
    pub actor: String,
    /// Through which interface.
    pub interface: Interface,
    /// What was done: `order.placed`, `user.role_assigned`.
    pub action: String,
    /// Id of the thing it was done to.
    pub target: String,
    /// The module that said so.
    pub source: String,
    /// The event it was made from.
    pub event_id: String,
    /// 32 hexadecimal digits: the trace of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The request or event that everything follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The event that directly caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    /// Changed members as they were; personal data is masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Changed members as they are; personal data is masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// The event's data, for events that are not a change by someone; personal data is masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Hash of the entry before, 64 hexadecimal digits.
    pub previous_hash: String,
    /// SHA-256 over the previous hash and this entry, 64 hexadecimal digits.
    pub hash: String,
}

/// Which entries; all given members must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntryFilter {
    /// Exactly this actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Exactly this action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Exactly this target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// It happened then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// It happened before then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Asks for entries.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ListEntries {
    /// Which.
    #[serde(default)]
    pub filter: EntryFilter,
    /// Which part of the list; at most [`MAX_PAGE`].
    pub page: PageRequest,
}

/// A part of the list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Entries {
    /// Latest first.
    pub data: Vec<Entry>,
    /// Present if there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

/// Asks whether the chain holds.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct VerifyChain {
    /// First place to look at; 1 is the oldest.
    pub from: i64,
    /// How many, at most [`MAX_VERIFY`].
    pub limit: u32,
}

/// What a look at the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainReport {
    /// How many entries were recomputed and found good.
    pub verified: u32,
    /// Where to go on; absent at the end of the chain and after a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
    /// The first entry that does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<BrokenEntry>,
    /// Place of the chain's last entry; 0 if there is none.
    pub head_seq: i64,
    /// Hash of the chain's last entry. Written down elsewhere, it proves that the tail was not cut.
    pub head_hash: String,
}

/// The first place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BrokenEntry {
    /// Its place in the chain.
    pub seq: i64,
    /// What is wrong.
    pub fault: ChainFault,
}

/// What can be wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChainFault {
    /// There is no entry at this place.
    Missing,
    /// It does not follow the entry before it.
    NotLinked,
    /// It is not what was written.
    Altered,
    /// It stands behind the end of the chain.
    Surplus,
    /// A fault this version does not know.
    #[serde(other)]
    Unknown,
}

/// Asks for a proof that an entry is in the log.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GetEntryProof {
    /// Which.
    pub id: EntryId,
    /// In the tree of so many entries, the oldest; all that there are unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree_size: Option<i64>,
    /// Prove as well that this tree goes on from the one of so many entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistent_with: Option<i64>,
}

/// Shows that an entry is in the Merkle tree over the log, as RFC 9162 §2.1 has it. Hashes are SHA-256 in 64 hexadecimal
/// digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntryProof {
    /// The entry.
    pub entry_id: EntryId,
    /// Its place in the tree, from 0.
    pub leaf_index: i64,
    /// Hash of a zero byte and the 32 bytes of the entry's hash.
    pub leaf_hash: String,
    /// How many entries the tree has.
    pub tree_size: i64,
    /// Hash of the tree. Nothing signs it: written down elsewhere, it proves what the log was.
    pub root_hash: String,
    /// From the leaf to the root, bottom up.
    pub inclusion_path: Vec<String>,
    /// Size of the older tree, as asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistent_with: Option<i64>,
    /// From the older tree to this one; empty if they are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistency_path: Option<Vec<String>>,
}
