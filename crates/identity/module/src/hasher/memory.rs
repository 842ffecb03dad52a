//! The memory of a hashing thread.

use std::cell::RefCell;

use argon2::{Argon2, Block};
use tenon_machine::filled_in_huge_pages;

thread_local! {
    static BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

#[cfg(test)]
thread_local! {
    static WALKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many blocks of memory this thread has gone through: what hashes cost, without a clock.
#[cfg(test)]
pub(super) fn walked() -> usize {
    WALKED.get()
}

/// Hashes in memory that the thread keeps until it ends: clearing new memory for each hash cost 5 to 10 % of it, and small
/// pages another 5 (ADR 34). What a hash leaves there is no password, and the next one writes over it.
///
/// # Errors
///
/// As [`Argon2::hash_password_into_with_memory`].
pub(super) fn hash_into(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    out: &mut [u8],
) -> argon2::Result<()> {
    let needed = argon2.params().block_count();
    BLOCKS.with_borrow_mut(|blocks| {
        if blocks.len() < needed {
            *blocks = filled_in_huge_pages(Block::new(), needed);
        }
        #[cfg(test)]
        WALKED.set(WALKED.get() + argon2.params().t_cost() as usize * needed);
        argon2.hash_password_into_with_memory(password, salt, out, &mut blocks[..needed])
    })
}
