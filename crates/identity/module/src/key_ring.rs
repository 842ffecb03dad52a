//! The key ring: seals what is stored, derives what need not be stored at all.
//!
//! Each key of the ring is 32 random bytes. It is never used itself: each purpose has a key of its own, derived
//! by HMAC-SHA256 (a sound derivation from a uniform key: RFC 5869 §3.3), so no use can weaken another.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenon_kernel::Env;
use zeroize::Zeroizing;

use crate::settings::{IdentitySettingsError, KeyRingEntry};

/// First byte of everything sealed: AES-256-GCM, 96-bit random nonce, 128-bit tag.
const FORMAT: u8 = 1;
/// Longest name of a key: what the password hash format has room for.
const MAX_KEY_ID: usize = 8;

/// What a derived key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Encrypts columns.
    Seal,
    /// Makes the tokens sent by mail.
    Challenge,
    /// Is mixed into password hashes.
    Pepper,
    /// Makes device tokens.
    Device,
    /// Names accounts and devices in the table of failed attempts.
    Attempts,
    /// Names addresses in events.
    Address,
    /// Marks the forms of our pages.
    Form,
    /// Makes what a provider is sent with a browser, and must send back.
    Federation,
}

/// Where a sealed value stands. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a [u8],
}

/// A sealed value cannot be opened: wrong place, altered, or its key is not in the ring.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret cannot be opened: it was altered or moved, or its key is not in the ring")]
pub(crate) struct OpenError;

/// The keys of the installation.
pub(crate) struct KeyRing {
    current: Key,
    others: Vec<Key>,
}

struct Key {
    id: String,
    secret: Zeroizing<[u8; 32]>,
}

impl KeyRing {
    /// Reads the ring.
    ///
    /// # Errors
    ///
    /// Names the entry that is wrong, or says that there is none.
    pub(crate) fn open_settings(entries: &[KeyRingEntry]) -> Result<Self, IdentitySettingsError> {
        let mut keys = Vec::with_capacity(entries.len());
        for (position, entry) in entries.iter().enumerate() {
            let key = Key::read(entry).map_err(|problem| {
                IdentitySettingsError::new(format!("key_ring[{position}]"), problem)
            })?;
            if keys.iter().any(|other: &Key| other.id == key.id) {
                return Err(IdentitySettingsError::new(
                    format!("key_ring[{position}].id"),
                    "is used twice",
                ));
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let current = keys
            .next()
            .ok_or_else(|| IdentitySettingsError::new("key_ring", "needs at least one key"))?;
        Ok(Self {
            current,
            others: keys.collect(),
        })
    }

    /// The id of the key that is used for what is new.
    pub(crate) fn current_id(&self) -> &str {
        &self.current.id
    }

    /// The ids of all keys, the current one first.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.current.id.as_str())
            .chain(self.others.iter().map(|key| key.id.as_str()))
    }

    /// Derives the key of one purpose.
    pub(crate) fn derive(&self, key_id: &str, purpose: Purpose) -> Option<Zeroizing<[u8; 32]>> {
        let key = std::iter::once(&self.current)
            .chain(&self.others)
            .find(|key| key.id == key_id)?;
        Some(key.derive(purpose))
    }

    /// Returns an HMAC-SHA256 over the parts; where one ends and the next begins is part of it.
    pub(crate) fn mac(&self, key_id: &str, purpose: Purpose, parts: &[&[u8]]) -> Option<[u8; 32]> {
        let key = self.derive(key_id, purpose)?;
        let mut context =
            hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()));
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        Some(
            context
                .sign()
                .as_ref()
                .try_into()
                .expect("HMAC-SHA256 gives 32 bytes"),
        )
    }

    /// As [`KeyRing::mac`], with the current key.
    pub(crate) fn current_mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(&self.current.id, purpose, parts)
            .expect("the current key is in the ring")
    }

    /// Encrypts a value for one place: format, key id, nonce, ciphertext and tag.
    pub(crate) fn seal(&self, env: &Env, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let id = self.current.id.as_bytes();
        let nonce = env.random::<NONCE_LEN>();
        let mut sealed =
            Vec::with_capacity(2 + id.len() + NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.push(FORMAT);
        sealed.push(u8::try_from(id.len()).expect("key ids are short"));
        sealed.extend_from_slice(id);
        sealed.extend_from_slice(&nonce);
        let mut body = plain.to_vec();
        let cipher = self.current.cipher();
        cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.associated_data(id)),
                &mut body,
            )
            .expect("short values can be encrypted");
        sealed.append(&mut body);
        sealed
    }

    /// Says whether a value was sealed with the key that is used for what is new. One that lives for years has to be sealed
    /// again some day, so that older keys can leave the ring.
    pub(crate) fn is_current(&self, sealed: &[u8]) -> bool {
        let id = self.current.id.as_bytes();
        sealed
            .get(1)
            .is_some_and(|length| usize::from(*length) == id.len())
            && sealed.get(2..2 + id.len()) == Some(id)
    }

    /// Decrypts a value that was sealed for this place.
    pub(crate) fn open(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (&[format, id_len], rest) = sealed.split_first_chunk::<2>().ok_or(OpenError)?;
        let (id, rest) = rest
            .split_at_checked(usize::from(id_len))
            .ok_or(OpenError)?;
        let (&nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(OpenError)?;
        let mut keys = std::iter::once(&self.current).chain(&self.others);
        let key = keys.find(|key| key.id.as_bytes() == id).ok_or(OpenError)?;
        if format != FORMAT {
            return Err(OpenError);
        }
        let mut body = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain_len = key
            .cipher()
            .open_in_place(nonce, Aad::from(place.associated_data(id)), &mut body)
            .map_err(|_| OpenError)?
            .len();
        body.truncate(plain_len);
        Ok(body)
    }
}

impl Key {
    fn read(entry: &KeyRingEntry) -> Result<Self, &'static str> {
        let name_is_good = (1..=MAX_KEY_ID).contains(&entry.id.len())
            && entry
                .id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !name_is_good {
            return Err("`id` is 1 to 8 lower-case letters and digits");
        }
        let wrong = "`key` is 32 bytes in base64url without padding";
        let bytes = Zeroizing::new(
            URL_SAFE_NO_PAD
                .decode(entry.key.expose())
                .map_err(|_| wrong)?,
        );
        let secret: [u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong)?;
        if secret == [0; 32] {
            return Err("`key` must be random");
        }
        Ok(Self {
            id: entry.id.clone(),
            secret: Zeroizing::new(secret),
        })
    }

    fn derive(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        let label: &[u8] = match purpose {
            Purpose::Seal => b"tenon/identity/1/seal",
            Purpose::Challenge => b"tenon/identity/1/challenge",
            Purpose::Pepper => b"tenon/identity/1/pepper",
            Purpose::Device => b"tenon/identity/1/device",
            Purpose::Attempts => b"tenon/identity/1/attempts",
            Purpose::Address => b"tenon/identity/1/address",
            Purpose::Form => b"tenon/identity/1/form",
            Purpose::Federation => b"tenon/identity/1/federation",
        };
        let tag = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_slice()),
            label,
        );
        Zeroizing::new(tag.as_ref().try_into().expect("HMAC-SHA256 gives 32 bytes"))
    }

    fn cipher(&self) -> LessSafeKey {
        let key = self.derive(Purpose::Seal);
        LessSafeKey::new(
            UnboundKey::new(&AES_256_GCM, key.as_slice()).expect("AES-256 takes 32 bytes"),
        )
    }
}

impl Place<'_> {
    /// Table, column, row and key: a ciphertext that was moved does not open.
    fn associated_data(&self, key_id: &[u8]) -> Vec<u8> {
        let mut data = Vec::new();
        for part in [
            b"identity".as_slice(),
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row,
            key_id,
        ] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_settings::Secret;

    const HERE: Place<'static> = Place {
        table: "signing_keys",
        column: "sealed_seed",
        row: b"row 1",
    };

    fn ring(ids: &[&str]) -> KeyRing {
        let entry = |id: &&str| {
            let byte = id.bytes().fold(1_u8, u8::wrapping_add);
            KeyRingEntry {
                id: (*id).to_owned(),
                key: Secret::new(URL_SAFE_NO_PAD.encode([byte; 32])),
            }
        };
        KeyRing::open_settings(&ids.iter().map(entry).collect::<Vec<_>>()).expect("a good ring")
    }

    #[test]
    fn a_sealed_value_opens_in_its_place_only() {
        let ring = ring(&["k1"]);
        let sealed = ring.seal(&Env::system(), HERE, b"secret");
        assert_eq!(
            ring.open(HERE, &sealed).expect("opens").as_slice(),
            b"secret"
        );
        assert_eq!(
            ring.open(
                Place {
                    row: b"row 2",
                    ..HERE
                },
                &sealed
            ),
            Err(OpenError)
        );
        assert_eq!(
            ring.open(
                Place {
                    column: "other",
                    ..HERE
                },
                &sealed
            ),
            Err(OpenError)
        );
        assert_eq!(
            ring.open(
                Place {
                    table: "other",
                    ..HERE
                },
                &sealed
            ),
            Err(OpenError)
        );
    }

    #[test]
    fn every_altered_byte_is_noticed() {
        let ring = ring(&["k1"]);
        let sealed = ring.seal(&Env::system(), HERE, b"secret");
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert_eq!(ring.open(HERE, &altered), Err(OpenError), "byte {position}");
            assert_eq!(
                ring.open(HERE, &sealed[..position]),
                Err(OpenError),
                "cut at {position}"
            );
        }
    }

    #[test]
    fn an_older_key_still_opens_what_it_closed() {
        let sealed = ring(&["old"]).seal(&Env::system(), HERE, b"secret");
        assert_eq!(
            ring(&["new", "old"])
                .open(HERE, &sealed)
                .expect("opens")
                .as_slice(),
            b"secret"
        );
        assert_eq!(ring(&["new"]).open(HERE, &sealed), Err(OpenError));
        assert!(ring(&["old"]).is_current(&sealed));
        for other in ["new", "ol", "old1"] {
            assert!(!ring(&[other, "old"]).is_current(&sealed), "{other}");
        }
        assert!(!ring(&["old"]).is_current(&sealed[..4]));
    }

    #[test]
    fn sealing_twice_gives_two_texts() {
        let (ring, env) = (ring(&["k1"]), Env::system());
        assert_ne!(
            ring.seal(&env, HERE, b"secret"),
            ring.seal(&env, HERE, b"secret")
        );
    }

    #[test]
    fn parts_do_not_run_together() {
        let ring = ring(&["k1"]);
        let mac = |parts: &[&[u8]]| ring.current_mac(Purpose::Attempts, parts);
        assert_ne!(mac(&[b"ab", b"c"]), mac(&[b"a", b"bc"]));
        assert_ne!(mac(&[b"a"]), ring.current_mac(Purpose::Address, &[b"a"]));
    }

    #[test]
    fn bad_rings_are_refused_with_the_place_named() {
        let good = URL_SAFE_NO_PAD.encode([7; 32]);
        let refused = |entries: &[(&str, &str)]| {
            let entry = |(id, key): &(&str, &str)| KeyRingEntry {
                id: (*id).to_owned(),
                key: Secret::new(*key),
            };
            let error = KeyRing::open_settings(&entries.iter().map(entry).collect::<Vec<_>>())
                .expect_err("bad");
            error.key
        };
        assert_eq!(refused(&[]), "key_ring");
        assert_eq!(refused(&[("k1", &good), ("k1", &good)]), "key_ring[1].id");
        assert_eq!(refused(&[("", &good)]), "key_ring[0]");
        assert_eq!(refused(&[("UPPER", &good)]), "key_ring[0]");
        assert_eq!(refused(&[("ninechars", &good)]), "key_ring[0]");
        assert_eq!(refused(&[("k1", &good[..42])]), "key_ring[0]");
        assert_eq!(
            refused(&[("k1", &URL_SAFE_NO_PAD.encode([0; 32]))]),
            "key_ring[0]"
        );
    }
}
