//! API keys as text: a prefix, the id of the key, 256 random bits, and a checksum by which a scanner can tell one.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use tenon_kernel::{Env, Id, IdKind};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What every key starts with.
const PREFIX: &str = "tnk_";
/// Crockford's base 32 in lower case, as of ids.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ID: usize = 26;
/// 256 bits, five in each character; the last holds one.
const SECRET: usize = 52;
/// The first 35 bits of a hash.
const CHECKSUM: usize = 7;
const LENGTH: usize = PREFIX.len() + ID + SECRET + CHECKSUM;

/// An API key: `tnk_`, 26 characters of its id, 52 of its secret, 7 of the SHA-256 of all before them.
///
/// All of it is in `[0-9a-z_]`, so that a double click selects it whole and no form or address has to escape it.
pub struct ApiKey {
    id: Uuid,
    text: Zeroizing<String>,
}

/// What is shown of a key where it is checked: SHA-256 of its text. The key itself does not leave the edge.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApiKeyProof(pub [u8; 32]);

/// The kind of ids of keys.
struct Kind;

impl IdKind for Kind {
    const PREFIX: &'static str = "key";
}

impl ApiKey {
    /// Makes a new secret for the key with this id.
    pub fn generate(id: Uuid, env: &Env) -> Self {
        let secret = Zeroizing::new(env.random::<32>());
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        text.push_str(PREFIX);
        let name = Id::<Kind>::from_uuid(id).to_string();
        text.push_str(&name[name.len() - ID..]);
        push_base32(&mut text, secret.as_slice(), SECRET);
        let checksum = sha256(&text);
        push_base32(&mut text, &checksum, CHECKSUM);
        Self { id, text }
    }

    /// Says whether a credential is meant to be a key, good or bad: no other kind starts so.
    pub fn is_meant(credential: &str) -> bool {
        credential.starts_with(PREFIX)
    }

    /// Reads what a caller sent; `None` unless it is whole and unaltered. Asks nobody.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != LENGTH {
            return None;
        }
        let rest = text.strip_prefix(PREFIX)?;
        if !rest.bytes().all(|character| ALPHABET.contains(&character)) {
            return None;
        }
        let (name, checksum) = (&rest[..ID], &text[LENGTH - CHECKSUM..]);
        let mut expected = String::with_capacity(CHECKSUM);
        push_base32(&mut expected, &sha256(&text[..LENGTH - CHECKSUM]), CHECKSUM);
        if checksum != expected {
            return None;
        }
        let id: Id<Kind> = format!("{}_{name}", Kind::PREFIX).parse().ok()?;
        Some(Self {
            id: id.uuid(),
            text: Zeroizing::new(text.to_owned()),
        })
    }

    /// Which key it is.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The id as the API writes it: `key_…`.
    pub fn public_id(&self) -> String {
        Id::<Kind>::from_uuid(self.id).to_string()
    }

    /// What proves that a caller has it.
    pub fn proof(&self) -> ApiKeyProof {
        ApiKeyProof(sha256(&self.text))
    }

    /// For the one answer that shows it.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

/// Shows the id only.
impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({})", Id::<Kind>::from_uuid(self.id))
    }
}

/// Shows nothing: where keys are checked it is as good as the key.
impl fmt::Debug for ApiKeyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyProof(..)")
    }
}

/// Appends the first `5 * characters` bits, with zeros after the last byte.
fn push_base32(text: &mut String, bytes: &[u8], characters: usize) {
    for position in 0..characters {
        let first_bit = 5 * position;
        let byte = |index: usize| u16::from(bytes.get(index).copied().unwrap_or_default());
        let two = (byte(first_bit / 8) << 8) | byte(first_bit / 8 + 1);
        let value = (two >> (11 - first_bit % 8)) & 0x1F;
        text.push(char::from(ALPHABET[usize::from(value)]));
    }
}

fn sha256(text: &str) -> [u8; 32] {
    digest(&SHA256, text.as_bytes())
        .as_ref()
        .try_into()
        .expect("SHA-256 gives 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_form_that_carries_its_id() {
        let env = Env::system();
        let id = env.new_id::<Kind>().uuid();
        let key = ApiKey::generate(id, &env);
        assert_eq!(key.expose().len(), 89);
        let back = ApiKey::parse(key.expose()).expect("a key");
        assert_eq!((back.id(), back.proof()), (id, key.proof()));
        assert_ne!(ApiKey::generate(id, &env).proof(), key.proof());
        assert_eq!(
            format!("{key:?} {:?}", key.proof()),
            format!("ApiKey({}) ApiKeyProof(..)", Id::<Kind>::from_uuid(id))
        );
    }

    /// Typed wrong, cut off or made up: 35 bits say so without asking anybody.
    #[test]
    fn no_altered_key_is_one() {
        let env = Env::system();
        let key = ApiKey::generate(env.new_id::<Kind>().uuid(), &env);
        let text = key.expose();
        for position in 0..text.len() {
            let mut altered = text.as_bytes().to_vec();
            altered[position] = if altered[position] == b'7' {
                b'8'
            } else {
                b'7'
            };
            let altered = String::from_utf8(altered).expect("ASCII");
            assert!(ApiKey::parse(&altered).is_none(), "{position}");
        }
        let upper = text.to_uppercase();
        let (short, long) = (&text[..text.len() - 1], format!("{text}0"));
        for bad in ["", "tnk_", &upper, short, &long, "é".repeat(45).as_str()] {
            assert!(ApiKey::parse(bad).is_none(), "{bad}");
        }
    }

    /// RFC 4648 §10 with the alphabet of Crockford.
    #[test]
    fn five_bits_make_a_character() {
        let mut text = String::new();
        push_base32(&mut text, b"foobar", 10);
        assert_eq!(text, "csqpyrk1e8");
    }
}
