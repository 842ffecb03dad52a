//! Stock at a location, and how its ledger grows.

use catalog_contract::{CatalogError, LocationId, ReservationId, VariantId};
use tenon_kernel::Timestamp;
use uuid::Uuid;

use super::rules::Rules;

/// The location that is meant where none is named; the migrations create it.
pub(crate) const MAIN_LOCATION: LocationId =
    LocationId::from_uuid(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
/// Largest change by one adjustment.
const MAX_DELTA: i64 = 1_000_000;

/// How much of a variant lies where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) updated_at: Timestamp,
}

/// One entry of the stock ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Movement {
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) delta_on_hand: i64,
    pub(crate) delta_reserved: i64,
}

/// Why an entry was made, shared by all entries of one command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause<'a> {
    pub(crate) reservation_id: Option<ReservationId>,
    pub(crate) reason: &'a str,
    /// An order id, or a note.
    pub(crate) reference: Option<&'a str>,
}

/// A change of stock by a person.
#[derive(Debug, Clone)]
pub(crate) struct Adjustment {
    pub(crate) variant_id: VariantId,
    pub(crate) location_id: LocationId,
    pub(crate) delta: i64,
    pub(crate) reason: AdjustmentReason,
    pub(crate) note: Option<String>,
}

/// Why a person changes stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AdjustmentReason {
    Received,
    Counted,
    Damaged,
    Lost,
    Returned,
    Correction,
}

impl Level {
    /// Pieces that nobody has reserved.
    pub(crate) fn available(&self) -> i64 {
        self.on_hand - self.reserved
    }
}

impl AdjustmentReason {
    /// The name in the ledger.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Counted => "counted",
            Self::Damaged => "damaged",
            Self::Lost => "lost",
            Self::Returned => "returned",
            Self::Correction => "correction",
        }
    }
}

impl Adjustment {
    /// Checks every member.
    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        let mut rules = Rules::default();
        rules.check(
            self.delta != 0,
            "/delta",
            "out_of_range",
            "expected a change",
        );
        rules.range("/delta", self.delta, -MAX_DELTA..=MAX_DELTA);
        if let Some(note) = &self.note {
            rules.line("/note", note, 1..=500);
        }
        rules.finish()
    }
}

/// Checks the free text that a caller of the module gives for the ledger.
pub(crate) fn check_reason(pointer: &str, reason: &str) -> Result<(), CatalogError> {
    let mut rules = Rules::default();
    rules.line(pointer, reason, 1..=100);
    rules.finish()
}
