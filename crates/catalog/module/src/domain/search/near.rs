//! Words with few typos between them, found by keys instead of comparing with every word of the shop.
//!
//! A typo is a letter too many, too few, another, or two neighbours exchanged. Two words with `n` typos between them have a
//! common remainder after at most `n` letters are left out of each. So each word of the shop is filed under all
//! remainders of its beginning, and a query looks under the remainders of its own: symmetric deletion.

use std::collections::BTreeSet;

/// Letters of a word that count for keys: a word has at most 37 of them.
const BEGINNING: usize = 8;

/// Words shorter than this are taken as written.
const ONE_TYPO: usize = 4;
const TWO_TYPOS: usize = 8;

/// Typos forgiven in a word that somebody looks for; none in what has digits: sizes and SKUs.
pub(crate) fn may_have_typos(word: &str) -> usize {
    if word.chars().any(char::is_numeric) {
        return 0;
    }
    match word.chars().count() {
        0..ONE_TYPO => 0,
        ONE_TYPO..TWO_TYPOS => 1,
        TWO_TYPOS.. => 2,
    }
}

/// Typos between two words if a query for `word` forgives them.
pub(super) fn typos(word: &str, term: &str) -> Option<usize> {
    let typos = strsim::osa_distance(word, term);
    (typos <= may_have_typos(word)).then_some(typos)
}

/// Keys under which a word of the shop is filed; none for one that no typo leads to.
pub(crate) fn keys_of_term(term: &str) -> BTreeSet<String> {
    if term.chars().any(char::is_numeric) {
        return BTreeSet::new();
    }
    match term.chars().count() {
        // Three letters are one typo away from four.
        0..3 => BTreeSet::new(),
        3..TWO_TYPOS => remainders(term, 1),
        TWO_TYPOS.. => remainders(term, 2),
    }
}

/// Keys under which a query looks.
pub(crate) fn keys_of_query(word: &str) -> BTreeSet<String> {
    match may_have_typos(word) {
        0 => BTreeSet::new(),
        typos => remainders(word, typos),
    }
}

/// The beginning of a word with up to so many letters left out.
fn remainders(word: &str, left_out: usize) -> BTreeSet<String> {
    let beginning: String = word.chars().take(BEGINNING).collect();
    let mut all = BTreeSet::from([beginning.clone()]);
    let mut last = vec![beginning];
    for _ in 0..left_out {
        let mut next = Vec::new();
        for longer in &last {
            for at in 0..longer.chars().count() {
                let shorter: String = longer
                    .chars()
                    .enumerate()
                    .filter(|(place, _)| *place != at)
                    .map(|(_, letter)| letter)
                    .collect();
                if all.insert(shorter.clone()) {
                    next.push(shorter);
                }
            }
        }
        last = next;
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_words_forgive_more() {
        assert_eq!(typos("tea", "tee"), None);
        assert_eq!(typos("grei", "grey"), Some(1));
        assert_eq!(typos("eral", "earl"), Some(1), "neighbours exchanged");
        assert_eq!(typos("gery", "grai"), None);
        assert_eq!(typos("darjeling", "darjeeling"), Some(1));
        assert_eq!(typos("dajreling", "darjeeling"), Some(2));
        assert_eq!(typos("1000", "100"), None, "a size is no typo");
    }

    #[test]
    fn a_word_has_few_keys() {
        assert_eq!(keys_of_term("tea").len(), 4);
        assert_eq!(keys_of_term("bergamotty").len(), 1 + 8 + 28);
        assert!(keys_of_term("100g").is_empty() && keys_of_term("of").is_empty());
    }

    proptest! {
        /// Few letters, so that many pairs are near; long enough to reach behind the beginning.
        #[test]
        fn what_is_near_shares_a_key(word in "[abc]{4,12}", edits in proptest::collection::vec((0..4u8, 0..13usize, "[abc]"), 0..3)) {
            let mut term: Vec<char> = word.chars().collect();
            for (edit, at, letter) in edits {
                let letter = letter.chars().next().expect("one letter");
                match edit {
                    0 => term.insert(at.min(term.len()), letter),
                    1 if at < term.len() => drop(term.remove(at)),
                    2 if at < term.len() => term[at] = letter,
                    3 if at + 1 < term.len() => term.swap(at, at + 1),
                    _ => {}
                }
            }
            let term: String = term.into_iter().collect();
            if typos(&word, &term).is_some() {
                prop_assert!(!keys_of_query(&word).is_disjoint(&keys_of_term(&term)), "{word} {term}");
            }
        }
    }
}
