//! A look at JSON text before it is parsed: depth, members that are there twice, NUL characters.

use std::borrow::Cow;

/// Deepest nesting of a request body.
const MAX_DEPTH: usize = 32;

/// Why JSON text is refused although it may be well-formed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Objects and arrays are nested deeper than 32.
    TooDeep,
    /// An object has this member twice; parsers would disagree about which one counts (RFC 8259 §4).
    Duplicate { pointer: String },
    /// PostgreSQL cannot store this text.
    NullCharacter { pointer: String },
}

enum Frame<'a> {
    Object {
        names: Vec<Cow<'a, str>>,
        name_is_next: bool,
    },
    Array {
        index: usize,
    },
}

/// Finds the first flaw. Text that is not JSON is left to the parser, which says where it stops being JSON.
pub(super) fn inspect(text: &[u8]) -> Result<(), Flaw> {
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'{' | b'[' => {
                if frames.len() == MAX_DEPTH {
                    return Err(Flaw::TooDeep);
                }
                frames.push(match byte {
                    b'{' => Frame::Object {
                        names: Vec::new(),
                        name_is_next: true,
                    },
                    _ => Frame::Array { index: 0 },
                });
            }
            b'}' | b']' => match frames.pop() {
                Some(Frame::Object { names, .. }) => {
                    if let Some(name) = repeated(names) {
                        return Err(Flaw::Duplicate {
                            pointer: format!("{}/{}", pointer(&frames), escape(&name)),
                        });
                    }
                }
                Some(Frame::Array { .. }) => {}
                None => return Ok(()),
            },
            b',' => match frames.last_mut() {
                Some(Frame::Object { name_is_next, .. }) => *name_is_next = true,
                Some(Frame::Array { index }) => *index += 1,
                None => return Ok(()),
            },
            b'"' => {
                let Some(string) = read_string(&text[at..]) else {
                    return Ok(());
                };
                if let Some(Frame::Object {
                    names,
                    name_is_next,
                }) = frames.last_mut()
                    && *name_is_next
                {
                    let Some(name) = string.decode() else {
                        return Ok(());
                    };
                    names.push(name);
                    *name_is_next = false;
                }
                if string.has_null {
                    return Err(Flaw::NullCharacter {
                        pointer: pointer(&frames),
                    });
                }
                at += string.quoted.len() - 1;
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

struct JsonString<'a> {
    quoted: &'a [u8],
    has_escape: bool,
    has_null: bool,
}

impl<'a> JsonString<'a> {
    fn decode(&self) -> Option<Cow<'a, str>> {
        if self.has_escape {
            serde_json::from_slice(self.quoted).ok().map(Cow::Owned)
        } else {
            std::str::from_utf8(&self.quoted[1..self.quoted.len() - 1])
                .ok()
                .map(Cow::Borrowed)
        }
    }
}

/// Reads a string up to its closing quote; `None` if there is none.
fn read_string(text: &[u8]) -> Option<JsonString<'_>> {
    let (mut has_escape, mut has_null) = (false, false);
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => {
                return Some(JsonString {
                    quoted: &text[..=at],
                    has_escape,
                    has_null,
                });
            }
            b'\\' => {
                has_escape = true;
                has_null |= text[at + 1..].starts_with(b"u0000");
                at += 2;
            }
            _ => at += 1,
        }
    }
}

fn repeated(mut names: Vec<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    names.sort_unstable();
    let second = names.windows(2).position(|pair| pair[0] == pair[1])?;
    Some(names.swap_remove(second))
}

/// The JSON pointer of where the scan is.
fn pointer(frames: &[Frame<'_>]) -> String {
    use std::fmt::Write as _;
    let mut pointer = String::new();
    for frame in frames {
        match frame {
            Frame::Object { names, .. } => {
                let name = names.last().map_or("", |name| name);
                write!(pointer, "/{}", escape(name)).expect("writing to a string succeeds");
            }
            Frame::Array { index } => {
                write!(pointer, "/{index}").expect("writing to a string succeeds");
            }
        }
    }
    pointer
}

/// Escapes one step of a JSON pointer (RFC 6901 §3).
pub(super) fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        name.replace('~', "~0").replace('/', "~1").into()
    } else {
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn duplicate(pointer: &str) -> Result<(), Flaw> {
        Err(Flaw::Duplicate {
            pointer: pointer.to_owned(),
        })
    }

    #[test]
    fn members_that_are_there_twice_are_found_at_any_place() {
        assert_eq!(inspect(br#"{"a":1,"b":{"a":1}}"#), Ok(()));
        assert_eq!(inspect(br#"{"a":1,"b":2,"a":1}"#), duplicate("/a"));
        assert_eq!(
            inspect(br#"{"a":[0,{"x/y":1,"x/y":2}]}"#),
            duplicate("/a/1/x~1y")
        );
        assert_eq!(inspect(br#"{"a":1,"\u0061":2}"#), duplicate("/a"));
        assert_eq!(inspect(br#"{"a":"a","b":"a"}"#), Ok(()));
    }

    #[test]
    fn depth_is_bounded_before_parsing() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(inspect(nested(32).as_bytes()), Ok(()));
        assert_eq!(inspect(nested(33).as_bytes()), Err(Flaw::TooDeep));
        assert_eq!(
            inspect("[".repeat(1_000_000).as_bytes()),
            Err(Flaw::TooDeep)
        );
        assert_eq!(
            inspect(br#"{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}"#),
            Ok(())
        );
    }

    #[test]
    fn null_characters_are_found_however_they_are_written() {
        let found = |pointer: &str| {
            Err(Flaw::NullCharacter {
                pointer: pointer.to_owned(),
            })
        };
        assert_eq!(inspect(br#"{"name":"a\u0000b"}"#), found("/name"));
        assert_eq!(inspect(br#"["x","\\u0000"]"#), Ok(()));
        assert_eq!(inspect(br#"["x","\\\u0000"]"#), found("/1"));
        assert_eq!(inspect(br#"{"\u0000":1}"#), found("/\0"));
    }

    #[test]
    fn nonsense_is_left_to_the_parser() {
        for text in [
            "",
            "}",
            "]]",
            "\"",
            "\"\\",
            ",",
            "{\"a",
            "{\"\\ud800\":1}",
            "nul",
        ] {
            assert_eq!(inspect(text.as_bytes()), Ok(()), "{text}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[^\\x00]*".prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map("[^\\x00]*", inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_a_serializer_writes_has_no_flaw_and_a_second_copy_of_a_member_is_one(value in json(), name in "[^\\x00]*") {
            prop_assert_eq!(inspect(value.to_string().as_bytes()), Ok(()));
            let name = Value::from(name);
            let twice = format!("[{value},{{{name}:{value},{name}:0}}]");
            let found = matches!(inspect(twice.as_bytes()), Err(Flaw::Duplicate { .. }));
            prop_assert!(found);
        }

        #[test]
        fn nonsense_never_panics(text: Vec<u8>) {
            let flaw = inspect(&text);
            prop_assert!(flaw.is_ok() || !text.is_empty());
        }
    }
}
