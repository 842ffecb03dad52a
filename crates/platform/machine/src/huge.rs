//! Memory in huge pages.

/// Makes a vector that the system is asked to keep in huge pages.
///
/// Who walks through megabytes in no order pays for the look-up of every small page, twice in a virtual machine.
pub fn filled_in_huge_pages<T: Clone>(item: T, len: usize) -> Vec<T> {
    let mut memory = Vec::with_capacity(len);
    // Before the first touch: pages that are there already stay small for long.
    advise(memory.spare_capacity_mut());
    memory.resize(len, item);
    memory
}

/// Asks for huge pages for the whole pages that lie in `memory`.
#[cfg(target_os = "linux")]
fn advise<T>(memory: &mut [T]) {
    let page = rustix::param::page_size();
    let all = memory.as_mut_ptr_range();
    let begin = all.start.addr().next_multiple_of(page);
    let len = (all.end.addr() / page * page).saturating_sub(begin);
    if len == 0 {
        return;
    }
    let begin = all.start.with_addr(begin).cast();
    // SAFETY: the range lies within a slice that is borrowed mutably, and this advice changes by what pages it is kept, never
    // what is in it (madvise(2)).
    #[expect(unsafe_code, reason = "no library wraps this advice for typed memory")]
    let advised = unsafe { rustix::mm::madvise(begin, len, rustix::mm::Advice::LinuxHugepage) };
    // A kernel without huge pages says so; there is nothing else to do.
    let _ = advised;
}

#[cfg(not(target_os = "linux"))]
fn advise<T>(_memory: &mut [T]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_it_is_filled_with() {
        let mut memory = filled_in_huge_pages([7_u64; 128], 19 * 1024);
        assert_eq!(memory.len(), 19 * 1024);
        assert!(memory.iter().all(|block| *block == [7; 128]));
        memory.fill([8; 128]);
        assert!(memory.iter().all(|block| *block == [8; 128]));
    }

    #[test]
    fn what_is_smaller_than_a_page_or_nothing_is_only_a_vector() {
        assert_eq!(filled_in_huge_pages(1_u8, 3), [1, 1, 1]);
        assert!(filled_in_huge_pages((), 0).is_empty());
        assert_eq!(filled_in_huge_pages((), 5).len(), 5);
        assert!(filled_in_huge_pages(1_u64, 0).is_empty());
    }
}
