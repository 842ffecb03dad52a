//! The regular expressions that contracts use: literals, classes and counts between `^` and `$`.

use std::ops::RangeInclusive;

/// One place of a pattern: any of these characters, so many times.
struct Piece {
    any_of: Vec<RangeInclusive<char>>,
    times: usize,
}

/// A text that matches; with `last`, from the other end of each class.
pub(crate) fn example(pattern: &str, last: bool) -> String {
    let mut text = String::new();
    for piece in pieces(pattern) {
        let ends = piece
            .any_of
            .iter()
            .map(|range| if last { *range.end() } else { *range.start() });
        let c = if last { ends.max() } else { ends.min() };
        text.extend(std::iter::repeat_n(
            c.expect("a class is not empty"),
            piece.times,
        ));
    }
    text
}

/// Whether a text matches.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = text.chars();
    for piece in pieces(pattern) {
        for _ in 0..piece.times {
            let fits = rest
                .next()
                .is_some_and(|c| piece.any_of.iter().any(|range| range.contains(&c)));
            if !fits {
                return false;
            }
        }
    }
    rest.next().is_none()
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let body = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'))
        .unwrap_or_else(|| panic!("{pattern} is not anchored"));
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = body.chars();
    while let Some(c) = rest.next() {
        match c {
            '[' => {
                let class: String = rest.by_ref().take_while(|c| *c != ']').collect();
                pieces.push(Piece {
                    any_of: ranges(&class),
                    times: 1,
                });
            }
            '{' => {
                let count: String = rest.by_ref().take_while(|c| *c != '}').collect();
                let piece = pieces.last_mut().expect("something is counted");
                piece.times = count
                    .parse()
                    .unwrap_or_else(|_| panic!("{pattern}: a fixed count"));
            }
            '(' | ')' | '|' | '*' | '+' | '?' | '.' | '\\' => {
                panic!("{pattern}: teach this test `{c}` before a contract uses it")
            }
            literal => pieces.push(Piece {
                any_of: vec![literal..=literal],
                times: 1,
            }),
        }
    }
    pieces
}

fn ranges(class: &str) -> Vec<RangeInclusive<char>> {
    let chars: Vec<char> = class.chars().collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let is_range = chars.get(at + 1) == Some(&'-') && at + 2 < chars.len();
        let end = if is_range { chars[at + 2] } else { chars[at] };
        ranges.push(chars[at]..=end);
        at += if is_range { 3 } else { 1 };
    }
    ranges
}

#[test]
fn examples_match_and_others_do_not() {
    let id = "^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$";
    assert_eq!(example(id, false), format!("ord_0{}", "0".repeat(25)));
    assert_eq!(example(id, true), format!("ord_7{}", "z".repeat(25)));
    assert!(matches(id, &example(id, true)) && matches(id, &example(id, false)));
    for wrong in [
        format!("ord_8{}", "0".repeat(25)),
        format!("ord_0{}", "i".repeat(25)),
        "ord_0".to_owned(),
        format!("pay_0{}", "0".repeat(25)),
        format!("ord_0{}", "0".repeat(26)),
    ] {
        assert!(!matches(id, &wrong), "{wrong}");
    }
}
