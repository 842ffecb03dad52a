//! Encrypting what is stored and nobody may read in the store alone.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use tenon_kernel::Env;
use zeroize::Zeroizing;

/// First byte of everything sealed: AES-256-GCM, 96-bit random nonce, 128-bit tag.
const FORMAT: u8 = 1;

/// A key for one purpose.
#[derive(Clone)]
pub(super) struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Derives the key of a purpose from the secret of the installation.
    pub(super) fn derive(secret: &[u8], purpose: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let key = hmac::sign(&root, purpose).as_ref().try_into();
        Self(Zeroizing::new(key.expect("HMAC-SHA256 gives 32 bytes")))
    }

    /// Encrypts for a place, and opens nowhere else: format, nonce, ciphertext and tag.
    pub(super) fn seal(&self, env: &Env, place: Vec<u8>, plain: &[u8]) -> Vec<u8> {
        let nonce = env.random::<NONCE_LEN>();
        let mut body = plain.to_vec();
        self.cipher()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut body,
            )
            .expect("short values can be encrypted");
        [&[FORMAT], nonce.as_slice(), &body].concat()
    }

    /// Decrypts what was sealed for this place; `None` if it was altered or moved, or the installation has another
    /// secret by now.
    pub(super) fn open(&self, place: Vec<u8>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (&format, rest) = sealed.split_first()?;
        let (&nonce, body) = rest.split_first_chunk::<NONCE_LEN>()?;
        if format != FORMAT {
            return None;
        }
        let mut body = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self
            .cipher()
            .open_in_place(nonce, Aad::from(place), &mut body);
        let length = opened.ok()?.len();
        body.truncate(length);
        Some(body)
    }

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, self.0.as_slice());
        LessSafeKey::new(key.expect("AES-256 takes 32 bytes"))
    }
}
