//! Keyset pages: a signed cursor that binds the filter it was made for.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Bytes of the signature kept in a cursor: 128 bits.
const TAG_LEN: usize = 16;

/// Where the next page starts; opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Cursor(String);

/// The cursor was not made by us, or for another list or filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cursor does not belong to this list and filter")]
pub struct CursorError;

/// What part of a list is wanted.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PageRequest {
    /// 1 to 200.
    pub limit: u32,
    /// From the page before, absent for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// A part of a list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    /// At most `limit` items.
    pub data: Vec<T>,
    /// Present if there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

/// Signs cursors of one installation.
#[derive(Clone)]
pub struct CursorKey(hmac::Key);

impl Cursor {
    /// Takes what a caller sent; [`CursorKey::open`] decides whether it is good.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the opaque text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PageRequest {
    /// The first page.
    pub const fn first(limit: u32) -> Self {
        Self {
            limit,
            cursor: None,
        }
    }
}

impl<T> Page<T> {
    /// Cuts a page out of `limit + 1` fetched rows: the extra row only says that there is more.
    pub fn from_rows(
        mut rows: Vec<T>,
        limit: u32,
        cursor_after: impl FnOnce(&T) -> Cursor,
    ) -> Self {
        let limit = limit as usize;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if has_more {
            rows.last().map(cursor_after)
        } else {
            None
        };
        Self {
            data: rows,
            next_cursor,
        }
    }

    /// Converts each item.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(convert).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

impl CursorKey {
    /// Derives the key from the installation's secret.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Makes a cursor for `position` in the list and filter that `scope` spells out.
    pub fn seal<P: Serialize>(&self, scope: &str, position: &P) -> Cursor {
        let payload = serde_json::to_vec(position).expect("cursor positions are plain data");
        let mut bytes = self.tag(scope, &payload).to_vec();
        bytes.extend_from_slice(&payload);
        Cursor(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads back the position.
    ///
    /// # Errors
    ///
    /// [`CursorError`] for a cursor of another list, filter or installation, and for nonsense.
    pub fn open<P: for<'de> Deserialize<'de>>(
        &self,
        scope: &str,
        cursor: &Cursor,
    ) -> Result<P, CursorError> {
        let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).map_err(|_| CursorError)?;
        let (tag, payload) = bytes.split_at_checked(TAG_LEN).ok_or(CursorError)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(tag, &self.tag(scope, payload))
            .map_err(|_| CursorError)?;
        serde_json::from_slice(payload).map_err(|_| CursorError)
    }

    fn tag(&self, scope: &str, payload: &[u8]) -> [u8; TAG_LEN] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&(scope.len() as u64).to_be_bytes());
        context.update(scope.as_bytes());
        context.update(payload);
        let mut tag = [0; TAG_LEN];
        tag.copy_from_slice(&context.sign().as_ref()[..TAG_LEN]);
        tag
    }
}

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_is_bound_to_its_list_and_key() {
        let key = CursorKey::new(b"one");
        let cursor = key.seal("products?category=tea", &(7_i64, "x"));
        assert_eq!(
            key.open::<(i64, String)>("products?category=tea", &cursor),
            Ok((7, "x".to_owned()))
        );
        assert_eq!(
            key.open::<(i64, String)>("products", &cursor),
            Err(CursorError)
        );
        assert_eq!(
            CursorKey::new(b"two").open::<(i64, String)>("products?category=tea", &cursor),
            Err(CursorError)
        );
    }

    proptest! {
        #[test]
        fn nonsense_is_refused_without_panic(text: String) {
            prop_assert!(CursorKey::new(b"k").open::<i64>("s", &Cursor::from_text(text)).is_err());
        }
    }
}
