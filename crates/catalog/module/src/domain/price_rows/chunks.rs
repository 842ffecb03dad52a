//! Many rows as chunks that are written one after another: the rows of a variant are never apart.

use super::WantedRow;

/// Rows of a chunk. So many changes with their events are one short transaction.
const CHUNK: usize = 500;

/// Puts the rows in the order in which they are written.
pub(crate) fn by_variant(mut rows: Vec<WantedRow>) -> Vec<WantedRow> {
    rows.sort_unstable_by_key(|row| (row.variant_id, row.min_quantity));
    rows
}

/// Where the chunk ends that starts at `start`, of rows in the order of [`by_variant`]: as many variants as fit, and at
/// least one. One that does not fit changes few of its rows, for few are there.
pub(crate) fn end_of_chunk(rows: &[WantedRow], start: usize) -> usize {
    let is_boundary =
        |at: &usize| *at == rows.len() || rows[*at].variant_id != rows[*at - 1].variant_id;
    let last = (start + CHUNK).min(rows.len());
    let within = (start + 1..=last).rev().find(is_boundary);
    let beyond = || (last + 1..=rows.len()).find(is_boundary);
    within.or_else(beyond).unwrap_or(rows.len())
}

#[cfg(test)]
mod tests {
    use catalog_contract::VariantId;
    use uuid::Uuid;

    use super::*;

    /// So many rows of each variant, as no sender would sort them.
    fn rows(counts: &[usize]) -> Vec<WantedRow> {
        let mut rows = Vec::new();
        for (number, count) in counts.iter().enumerate() {
            let variant_id = VariantId::from_uuid(Uuid::from_u128(number as u128));
            rows.extend((1..).take(*count).map(|min_quantity| WantedRow {
                position: 0,
                variant_id,
                min_quantity,
                amount: None,
            }));
        }
        rows.sort_by_key(|row| (row.min_quantity, std::cmp::Reverse(row.variant_id)));
        rows
    }

    fn chunks(rows: &[WantedRow]) -> Vec<usize> {
        let (mut sizes, mut start) = (Vec::new(), 0);
        while start < rows.len() {
            let end = end_of_chunk(rows, start);
            sizes.push(end - start);
            start = end;
        }
        sizes
    }

    #[test]
    fn a_chunk_holds_whole_variants() {
        for (counts, expected) in [
            (vec![1; 500], vec![500]),
            (vec![1; 501], vec![500, 1]),
            (vec![300, 200, 1], vec![500, 1]),
            (vec![300, 201, 1], vec![300, 202]),
            (vec![9_999], vec![9_999]),
            (vec![1, 9_999, 1], vec![1, 9_999, 1]),
        ] {
            assert_eq!(chunks(&by_variant(rows(&counts))), expected);
        }
    }
}
