//! What an auditor does with a proof: the verification of RFC 9162, from its text and from nothing of the module.

use sha2::{Digest as _, Sha256};

type Hash = [u8; 32];

fn node(left: Hash, right: Hash) -> Hash {
    Sha256::digest([&[1][..], &left, &right].concat()).into()
}

/// RFC 9162 §2.1.3.2: whether a leaf is at a place of the tree with a root.
pub(crate) fn is_included(index: i64, size: i64, leaf: Hash, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut first, mut second, mut result) = (index, size - 1, leaf);
    for &step in path {
        if second == 0 {
            return false;
        }
        if first & 1 == 1 || first == second {
            result = node(step, result);
            while first & 1 == 0 && first != 0 {
                first >>= 1;
                second >>= 1;
            }
        } else {
            result = node(result, step);
        }
        first >>= 1;
        second >>= 1;
    }
    second == 0 && result == root
}

/// RFC 9162 §2.1.4.2: whether a tree begins with an older one. A tree begins with itself, by no steps.
pub(crate) fn is_consistent(
    older: i64,
    older_root: Hash,
    size: i64,
    root: Hash,
    path: &[Hash],
) -> bool {
    if older == size {
        return path.is_empty() && older_root == root;
    }
    let mut steps = path.to_vec();
    if path.is_empty() {
        return false;
    }
    if older & (older - 1) == 0 {
        steps.insert(0, older_root);
    }
    let (mut first, mut second) = (older - 1, size - 1);
    while first & 1 == 1 {
        first >>= 1;
        second >>= 1;
    }
    let (mut older_result, mut result) = (steps[0], steps[0]);
    for &step in &steps[1..] {
        if second == 0 {
            return false;
        }
        if first & 1 == 1 || first == second {
            older_result = node(step, older_result);
            result = node(step, result);
            while first & 1 == 0 && first != 0 {
                first >>= 1;
                second >>= 1;
            }
        } else {
            result = node(result, step);
        }
        first >>= 1;
        second >>= 1;
    }
    older_result == older_root && result == root && second == 0
}
