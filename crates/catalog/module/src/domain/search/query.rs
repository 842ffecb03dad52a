//! What somebody typed, as words to be matched.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::document::read_lines;
use super::near::typos;
use super::words::{Word, words};

/// Longest text in characters.
const MAX_TEXT: usize = 200;

/// Most words: each costs a look.
const MAX_WORDS: usize = 8;

/// A word being typed needs so many letters before it stands for all that begin with it.
const SHORTEST_BEGINNING: usize = 2;

/// How good a word of a product is for a word of the query; what it weighs there is multiplied by it.
const AS_WRITTEN: i64 = 6;
const BEGINNING: i64 = 4;
const ONE_TYPO: i64 = 3;
const TWO_TYPOS: i64 = 2;

/// Words, all of which a product must have. There is no syntax: marks only separate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    words: Vec<Word>,
}

/// Why text is not looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    #[error("expected 1 to {MAX_TEXT} characters")]
    Length,
    #[error("expected at most {MAX_WORDS} words")]
    Words,
}

/// Words of the shop that are near those of a query, word by word, with the typos between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Near {
    by_word: Vec<BTreeMap<String, usize>>,
}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        if text.trim().is_empty() || text.chars().count() > MAX_TEXT {
            return Err(QueryError::Length);
        }
        let mut all: Vec<Word> = Vec::new();
        for word in words(text) {
            // The last one is being typed: of two equal words the later counts.
            all.retain(|other| *other != word);
            all.push(word);
        }
        if all.len() > MAX_WORDS {
            return Err(QueryError::Words);
        }
        Ok(Self { words: all })
    }
}

impl Query {
    /// The forms of each word.
    pub(crate) fn forms(&self) -> impl Iterator<Item = Vec<String>> {
        self.words
            .iter()
            .map(|word| word.forms().map(str::to_owned).collect())
    }

    /// The last word, if it is long enough to stand for what begins with it.
    pub(crate) fn beginning(&self) -> Option<&str> {
        let last = &self.words.last()?.base;
        (last.chars().count() >= SHORTEST_BEGINNING).then_some(last)
    }

    /// Says whether typos may be forgiven in any word.
    pub(crate) fn may_have_typos(&self) -> bool {
        self.words
            .iter()
            .any(|word| super::near::may_have_typos(&word.base) > 0)
    }

    /// Of words that share a key with those of the query, keeps those that are near.
    pub(crate) fn near(&self, candidates: &[String]) -> Near {
        let near_to = |word: &Word| {
            let pairs = candidates.iter().filter_map(|term| {
                let fewest = word.forms().filter_map(|form| typos(form, term)).min()?;
                Some((term.clone(), fewest))
            });
            pairs.collect()
        };
        Near {
            by_word: self.words.iter().map(near_to).collect(),
        }
    }

    /// What a product with these words is worth; `None` unless it has all that are looked for.
    pub(super) fn score(&self, lines: &str, near: &Near) -> Option<i64> {
        let mut best = vec![0; self.words.len()];
        for (term, weight) in read_lines(lines) {
            for (at, score) in best.iter_mut().enumerate() {
                *score = (*score).max(weight * self.quality(at, term, near));
            }
        }
        if best.contains(&0) {
            return None;
        }
        Some(best.iter().sum())
    }

    /// The words of a product that stand for a word of the query only because typos are forgiven.
    pub(super) fn corrected<'l>(&self, lines: &'l str, near: &Near) -> Vec<(usize, &'l str)> {
        let mut corrected = Vec::new();
        for at in 0..self.words.len() {
            let by_quality = |quality: fn(i64) -> bool| {
                read_lines(lines)
                    .map(|(term, _)| term)
                    .filter(move |term| quality(self.quality(at, term, near)))
            };
            if by_quality(|it| it > ONE_TYPO).next().is_none() {
                corrected.extend(by_quality(|it| it > 0).map(|term| (at, term)));
            }
        }
        corrected
    }

    /// A word as it is shown to whoever typed it.
    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &word.base)
    }

    fn quality(&self, at: usize, term: &str, near: &Near) -> i64 {
        let Some(word) = self.words.get(at) else {
            return 0;
        };
        if word.forms().any(|form| form == term) {
            return AS_WRITTEN;
        }
        let is_last = at + 1 == self.words.len();
        if is_last && self.beginning().is_some_and(|it| term.starts_with(it)) {
            return BEGINNING;
        }
        match near.by_word.get(at).and_then(|terms| terms.get(term)) {
            Some(0 | 1) => ONE_TYPO,
            Some(_) => TWO_TYPOS,
            None => 0,
        }
    }
}

impl Near {
    /// The words near a word of the query, those with fewer typos first.
    pub(crate) fn of_word(&self, at: usize) -> Vec<String> {
        let mut terms: Vec<_> = self.by_word.get(at).into_iter().flatten().collect();
        terms.sort_by_key(|(term, typos)| (**typos, *term));
        terms.into_iter().map(|(term, _)| term.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(text: &str) -> Query {
        text.parse().expect("can be looked for")
    }

    #[test]
    fn all_words_must_be_there_and_the_last_may_be_a_beginning() {
        let lines = "bergamot 8\nearl 8\ngrey 8\nscented 1\n";
        let score = |text: &str| query(text).score(lines, &Near::default());
        assert_eq!(score("Grey EARL"), Some(2 * 8 * AS_WRITTEN));
        assert_eq!(score("earl berg"), Some(8 * AS_WRITTEN + 8 * BEGINNING));
        assert_eq!(
            score("berg earl"),
            None,
            "only the last word is being typed"
        );
        assert_eq!(score("earl tea"), None);
        assert!(score("earl") > score("scented"), "a title weighs more");
        assert_eq!(query("b").score(lines, &Near::default()), None);
    }

    #[test]
    fn typos_count_only_where_words_are_near() {
        let wanted = query("earl grei");
        let near = wanted.near(&["grey".to_owned(), "great".to_owned(), "earls".to_owned()]);
        assert_eq!(near.of_word(1), ["grey"]);
        let lines = "earl 8\ngrey 8\n";
        assert_eq!(wanted.score(lines, &Near::default()), None);
        assert_eq!(
            wanted.score(lines, &near),
            Some(8 * AS_WRITTEN + 8 * ONE_TYPO)
        );
        assert_eq!(wanted.corrected(lines, &near), [(1, "grey")]);
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let refused = |text: &str| text.parse::<Query>().expect_err("too much");
        assert_eq!(refused(""), QueryError::Length);
        assert_eq!(refused(&"x".repeat(10_000)), QueryError::Length);
        assert_eq!(refused("a b c d e f g h i"), QueryError::Words);
        assert_eq!(query("!!! '\" * \0").words, [], "marks are no words");
        assert_eq!(query("tea pot tea").words.len(), 2);
    }

    proptest! {
        #[test]
        fn any_text_is_words_or_refused(text in "\\PC{0,220}") {
            if let Ok(query) = text.parse::<Query>() {
                prop_assert!(query.words.len() <= MAX_WORDS);
            }
        }
    }
}
