//! Text as words: without case and diacritics, German umlauts in both their spellings.

use unicode_normalization::UnicodeNormalization as _;

/// Longest word in letters; what is behind is cut off, in products and in queries alike.
const LONGEST: usize = 32;

/// A word as it is looked for: `kase`, and `kaese` if it was written `Käse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Without diacritics.
    pub(super) base: String,
    /// With umlauts written out, where there are any.
    pub(super) spelled_out: Option<String>,
}

impl Word {
    /// Both spellings.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        [Some(&self.base), self.spelled_out.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

/// Splits text at everything that is no letter and no digit (Unicode: Alphabetic, Numeric).
///
/// Compatibility forms fold (`ﬁ` is `fi`, `Ａ` is `a`), `ß` is `ss`. Scripts without spaces are one word up to the next mark.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut current = Folding::default();
    for character in text.nfkd().flat_map(char::to_lowercase) {
        if !current.push(character) {
            words.extend(current.finish());
        }
    }
    words.extend(current.finish());
    words
}

/// A word on its way.
#[derive(Default)]
struct Folding {
    base: String,
    spelled_out: String,
    letters: usize,
    has_umlaut: bool,
}

impl Folding {
    /// Takes a character of the word; `false` if it ends the word.
    fn push(&mut self, character: char) -> bool {
        match character {
            '\u{308}' if self.base.ends_with(['a', 'o', 'u']) => self.umlaut("e"),
            '\u{300}'..='\u{36f}' => {}
            'ß' => self.letter("ss"),
            'æ' => self.letter("ae"),
            'œ' => self.letter("oe"),
            'ø' => {
                self.letter("o");
                self.umlaut("e");
            }
            'ł' => self.letter("l"),
            'đ' | 'ð' => self.letter("d"),
            'þ' => self.letter("th"),
            'ı' => self.letter("i"),
            'ς' => self.letter("σ"),
            other if other.is_alphanumeric() => self.letter(other.encode_utf8(&mut [0; 4])),
            _ => return false,
        }
        true
    }

    fn letter(&mut self, letter: &str) {
        let letters = self.letters + letter.chars().count();
        if letters <= LONGEST {
            self.base.push_str(letter);
            self.spelled_out.push_str(letter);
            self.letters = letters;
        }
    }

    fn umlaut(&mut self, behind: &str) {
        if self.letters < LONGEST {
            self.spelled_out.push_str(behind);
            self.has_umlaut = true;
        }
    }

    fn finish(&mut self) -> Option<Word> {
        let Self {
            base,
            spelled_out,
            has_umlaut,
            ..
        } = std::mem::take(self);
        (!base.is_empty()).then(|| Word {
            base,
            spelled_out: has_umlaut.then_some(spelled_out),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bases(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.base).collect()
    }

    fn forms(text: &str) -> Vec<String> {
        words(text)
            .iter()
            .flat_map(Word::forms)
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn case_diacritics_and_marks_do_not_matter() {
        assert_eq!(
            bases("Crème BRÛLÉE, l'été"),
            ["creme", "brulee", "l", "ete"]
        );
        assert_eq!(bases("TEA-DJFF-050"), ["tea", "djff", "050"]);
        assert_eq!(
            bases("ﬁne ＡＢＣ İstanbul ΣΟΦΟΣ"),
            ["fine", "abc", "istanbul", "σοφοσ"]
        );
        assert_eq!(bases("e\u{301}te\u{301} \0 🍵 – …"), ["ete"]);
    }

    #[test]
    fn umlauts_are_found_in_both_spellings() {
        assert_eq!(forms("Käse"), ["kase", "kaese"]);
        assert_eq!(forms("Smørrebrød"), ["smorrebrod", "smoerrebroed"]);
        assert_eq!(forms("Straße STRASSE"), ["strasse", "strasse"]);
        assert_eq!(forms("naïve"), ["naive"], "a diaeresis over i is no umlaut");
    }

    proptest! {
        #[test]
        fn a_word_is_short_and_folds_to_itself(text in "\\PC{0,60}") {
            for word in words(&text) {
                for form in word.forms() {
                    prop_assert!((1..=2 * LONGEST).contains(&form.chars().count()));
                    prop_assert!(form.chars().all(char::is_alphanumeric), "{form:?}");
                }
                prop_assert_eq!(bases(&word.base), vec![word.base.clone()]);
            }
        }
    }
}
