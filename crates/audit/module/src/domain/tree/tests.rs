//! Paths against the definitions and the verifier of the RFC.

#[path = "../../../tests/it/rfc9162.rs"]
mod rfc9162;

use proptest::prelude::*;

use super::*;

fn leaves(size: i64) -> Vec<Hash> {
    let data = (0..size).map(|number| Hash::from(Sha256::digest(number.to_be_bytes())));
    data.map(|data| hash_leaf(&data)).collect()
}

/// MTH of the RFC, word by word.
fn defined(hashes: &[Hash]) -> Hash {
    if let [leaf] = hashes {
        return *leaf;
    }
    let mut split = 1;
    while split * 2 < hashes.len() {
        split *= 2;
    }
    join(&defined(&hashes[..split]), &defined(&hashes[split..]))
}

fn over<'h>(hashes: &'h [Hash], range: &Range<i64>) -> &'h [Hash] {
    let place = |number: i64| usize::try_from(number).expect("a place");
    &hashes[place(range.start)..place(range.end)]
}

fn inclusion(hashes: &[Hash], index: i64) -> Vec<Hash> {
    let size = i64::try_from(hashes.len()).expect("a size");
    let path = inclusion_path(index, size);
    path.iter()
        .map(|sibling| defined(over(hashes, &sibling.leaves)))
        .collect()
}

fn consistency(hashes: &[Hash], older: i64) -> Vec<Hash> {
    let size = i64::try_from(hashes.len()).expect("a size");
    let path = consistency_path(older, size);
    path.iter()
        .map(|range| defined(over(hashes, range)))
        .collect()
}

/// No leaf is a node, whatever its data is.
#[test]
fn leaves_and_nodes_are_hashed_apart() {
    let [left, right] = [[0; 32], [1; 32]];
    assert_eq!(
        hash_leaf(&left),
        Hash::from(Sha256::digest([&[0][..], &left].concat()))
    );
    assert_eq!(
        join(&left, &right),
        Hash::from(Sha256::digest([&[1][..], &left, &right].concat()))
    );
    assert_eq!(root_of(Vec::new()), None);
}

/// Every index of every small size, and every older size.
#[test]
fn small_trees_are_proved_whole() {
    for size in 1..=40 {
        let hashes = leaves(size);
        let root = defined(&hashes);
        assert_eq!(root_of(hashes.clone()), Some(root));
        for index in 0..size {
            let path = inclusion(&hashes, index);
            let leaf = over(&hashes, &(index..index + 1))[0];
            let by_path = root_by_path(&leaf, &inclusion_path(index, size), &path);
            assert_eq!(by_path, root, "{index} of {size}");
            assert!(
                rfc9162::is_included(index, size, leaf, &path, root),
                "{index} of {size}"
            );
        }
        for older in 1..=size {
            let path = consistency(&hashes, older);
            let old_root = defined(over(&hashes, &(0..older)));
            assert!(
                rfc9162::is_consistent(older, old_root, size, root, &path),
                "{older} of {size}"
            );
        }
    }
}

#[test]
fn a_subtree_completes_the_larger_one_that_it_is_the_right_half_of() {
    let right = Subtree::lowest(3);
    assert_eq!(right.leaves(), 768..1024);
    let whole = right.completes().expect("the left half is complete");
    assert_eq!(whole.halves(), Some([Subtree::lowest(2), right]));
    assert_eq!(
        (right.halves(), Subtree::lowest(2).completes()),
        (None, None)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_leaf_of_any_tree_is_proved_and_no_other(size in 1_i64..3_000, index: prop::sample::Index, other: prop::sample::Index, byte in 0_usize..32, bit in 0_u32..8) {
        let (index, other) = (index.index(usize::try_from(size)?), other.index(usize::try_from(size)?));
        let hashes = leaves(size);
        let root = root_of(hashes.clone()).expect("there are leaves");
        prop_assert_eq!(root, defined(&hashes));
        let at = i64::try_from(index)?;
        let mut path = inclusion(&hashes, at);
        prop_assert!(rfc9162::is_included(at, size, hashes[index], &path, root));
        prop_assert_eq!(rfc9162::is_included(at, size, hashes[other], &path, root), other == index);
        prop_assert!(!rfc9162::is_included(size, size, hashes[index], &path, root));
        if !path.is_empty() {
            let place = other % path.len();
            path[place][byte] ^= 1 << bit;
            prop_assert!(!rfc9162::is_included(at, size, hashes[index], &path, root));
        }
    }

    #[test]
    fn any_tree_goes_on_from_any_older_one_and_from_no_other(size in 2_i64..3_000, older: prop::sample::Index, changed: prop::sample::Index) {
        let older = i64::try_from(older.index(usize::try_from(size - 1)?))? + 1;
        let mut hashes = leaves(size);
        let root = defined(&hashes);
        let old_root = defined(over(&hashes, &(0..older)));
        let path = consistency(&hashes, older);
        prop_assert!(rfc9162::is_consistent(older, old_root, size, root, &path));
        // The past is another one: no path leads from the root that was noted.
        hashes[changed.index(usize::try_from(older)?)][0] ^= 1;
        let (root, path) = (defined(&hashes), consistency(&hashes, older));
        prop_assert!(!rfc9162::is_consistent(older, old_root, size, root, &path));
    }

    #[test]
    fn the_parts_of_what_a_proof_names_make_the_whole(size in 1_i64..6_000, index: prop::sample::Index) {
        let hashes = leaves(size);
        let index = i64::try_from(index.index(usize::try_from(size)?))?;
        let stretches = inclusion_path(index, size).into_iter().map(|sibling| sibling.leaves);
        for stretch in stretches.chain(consistency_path(index + 1, size)) {
            let (subtrees, rest) = parts(&stretch);
            let mut found: Vec<_> = subtrees.iter().map(|subtree| defined(over(&hashes, &subtree.leaves()))).collect();
            found.extend(root_of(over(&hashes, &rest).to_vec()));
            prop_assert!(rest.end - rest.start < 1 << LOWEST_STORED);
            prop_assert_eq!(join_parts(&found), Some(defined(over(&hashes, &stretch))));
        }
    }
}
