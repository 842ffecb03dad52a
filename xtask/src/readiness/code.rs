//! Functions, loops and calls in Rust source, read as tokens.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::check::rust_text;

/// A word, or one other character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// From 1.
    pub(crate) line: usize,
}

/// A source file without comments, texts and tests.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the root.
    pub(crate) file: PathBuf,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) functions: Vec<Function>,
    /// Bodies of `loop`, `while` and `for`.
    pub(crate) loops: Vec<Range<usize>>,
}

/// A function with a body.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Takes `self`.
    pub(crate) is_method: bool,
    /// Tokens of the body.
    pub(crate) body: Range<usize>,
}

impl Source {
    /// Reads a file; what follows `#[cfg(test)]` is not part of the module.
    pub(crate) fn read(file: &Path, text: &str) -> Self {
        let (_, code) = rust_text::split(text);
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        let tokens = tokens(code);
        let functions = functions(&tokens);
        let loops = loops(&tokens);
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            tokens,
            functions,
            loops,
        }
    }

    /// The word at a place.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// The line of a place.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(0, |token| token.line)
    }

    /// Places where a word stands.
    pub(crate) fn places<'s>(&'s self, word: &'s str) -> impl Iterator<Item = usize> + 's {
        (0..self.tokens.len()).filter(move |at| self.word(*at) == word)
    }

    /// The innermost function around a place.
    pub(crate) fn function_at(&self, at: usize) -> Option<&Function> {
        self.functions
            .iter()
            .filter(|function| function.body.contains(&at))
            .min_by_key(|function| function.body.len())
    }

    /// The innermost loop around a place.
    pub(crate) fn loop_at(&self, at: usize) -> Option<&Range<usize>> {
        let around = self.loops.iter().filter(|body| body.contains(&at));
        around.min_by_key(|body| body.len())
    }

    /// What is called in a stretch.
    pub(crate) fn called<'s>(
        &'s self,
        stretch: &Range<usize>,
    ) -> impl Iterator<Item = Call<'s>> + 's {
        let stretch = stretch.clone();
        stretch
            .filter(|at| self.word(at + 1) == "(" && is_word(self.word(*at)))
            .map(|at| Call {
                name: self.word(at),
                on: match self.word(at.saturating_sub(1)) {
                    "." => On::Value,
                    ":" => On::Path(self.word(at.saturating_sub(3))),
                    _ => On::Nothing,
                },
            })
    }
}

/// A call: `value.name(`, `path::name(` or `name(`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call<'s> {
    pub(crate) name: &'s str,
    pub(crate) on: On<'s>,
}

/// What stands before the name of a called function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum On<'s> {
    /// A value: it is a method.
    Value,
    /// A module or type.
    Path(&'s str),
    /// Nothing: it is in scope.
    Nothing,
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut line = 1;
    let mut word = String::new();
    let finish = |word: &mut String, line: usize, found: &mut Vec<Token>| {
        if !word.is_empty() {
            found.push(Token {
                text: std::mem::take(word),
                line,
            });
        }
    };
    for c in code.chars() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        finish(&mut word, line, &mut found);
        if c == '\n' {
            line += 1;
        } else if !c.is_whitespace() {
            found.push(Token {
                text: c.to_string(),
                line,
            });
        }
    }
    finish(&mut word, line, &mut found);
    found
}

/// The body that opens at or after a place, before a `;`.
fn body_after(tokens: &[Token], from: usize) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    let mut open = None;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "(" | "[" if open.is_none() => depth += 1,
            ")" | "]" if open.is_none() => depth = depth.saturating_sub(1),
            ";" if open.is_none() && depth == 0 => return None,
            "{" if open.is_none() && depth == 0 => {
                open = Some(at);
                depth = 1;
            }
            "{" if open.is_some() => depth += 1,
            "}" if open.is_some() => {
                depth -= 1;
                if depth == 0 {
                    return open.map(|open| open..at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn functions(tokens: &[Token]) -> Vec<Function> {
    let starts = (0..tokens.len()).filter(|at| tokens[*at].text == "fn");
    starts
        .filter_map(|at| {
            let name = tokens.get(at + 1).filter(|token| is_word(&token.text))?;
            let body = body_after(tokens, at + 2)?;
            Some(Function {
                name: name.text.clone(),
                is_method: tokens[at + 2..body.start]
                    .iter()
                    .any(|token| token.text == "self"),
                body,
            })
        })
        .collect()
}

fn loops(tokens: &[Token]) -> Vec<Range<usize>> {
    (0..tokens.len())
        .filter(|at| match tokens[*at].text.as_str() {
            "loop" | "while" => true,
            // `impl Trait for Type` is no loop.
            "for" => tokens[*at + 1..]
                .iter()
                .take(12)
                .any(|token| token.text == "in"),
            _ => false,
        })
        .filter_map(|at| body_after(tokens, at + 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_loops_and_calls_are_found() {
        let text = "impl A for B {\n async fn one(&self, x: [u8; 2]) { two(x); loop { self.three(); } }\n fn no();\n}\n\
                    // four()\nfn five() { let s = \"six()\"; for x in y { seven::<T>(x) } }\n\
                    #[cfg(test)]\nmod tests { fn eight() {} }";
        let source = Source::read(Path::new("a.rs"), text);
        let names: Vec<&str> = source.functions.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["one", "five"]);
        let body = source.functions[0].body.clone();
        let calls: Vec<Call<'_>> = source.called(&body).collect();
        assert_eq!(
            calls,
            [
                Call {
                    name: "two",
                    on: On::Nothing
                },
                Call {
                    name: "three",
                    on: On::Value
                }
            ]
        );
        assert!(source.functions[0].is_method && !source.functions[1].is_method);
        let three = source.places("three").next().expect("it is called");
        assert_eq!(source.line(three), 2);
        assert!(source.loop_at(three).is_some());
        assert_eq!(
            source.function_at(three).map(|it| it.name.as_str()),
            Some("one")
        );
        let two = source.places("two").next().expect("it is called");
        assert!(source.loop_at(two).is_none());
    }
}
