//! Password hashing in bounded slots, so that a flood of sign-ins never starves the rest of the process.

mod memory;
mod threads;

use std::num::NonZero;
use std::sync::Arc;

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, KeyId, Params, ParamsBuilder, PasswordHasher as _, Version};
use tenon_kernel::Env;
use tenon_seam::{SeamError, SeamFault};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::threads::HashingThreads;
use crate::domain::password::Password;
use crate::key_ring::{KeyRing, Purpose};

const LANES: u32 = 1;
/// What callers are told when slots and queue are full.
const COME_BACK_MS: u64 = 1_000;
/// Salt of the hash that is computed for nobody.
const NOBODY: [u8; 16] = *b"there is no user";

/// What hashing a password costs by argon2id, in one lane: OWASP's minimum of 19 MiB and two passes.
///
/// No setting: nobody may pay less, except a test whose subject is another. Raising it re-hashes at the next sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, at least 8.
    pub memory_kib: u32,
    /// How often it is gone through, at least 1.
    pub passes: u32,
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PasswordHasher {
    ring: Arc<KeyRing>,
    env: Env,
    cost: PasswordCost,
    /// A place in the line, waiting or running.
    places: Arc<Semaphore>,
    /// A core and its memory.
    slots: Arc<Semaphore>,
    threads: Arc<HashingThreads>,
}

/// A place in the line for a slot.
pub(crate) struct Place(
    #[expect(dead_code, reason = "held: the place is free again when the work ends")]
    OwnedSemaphorePermit,
);

/// What came of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Whether it is the password.
    pub(crate) matches: bool,
    /// Whether the stored hash should be replaced: other parameters or another pepper than today's.
    pub(crate) outdated: bool,
}

impl PasswordHasher {
    /// `slots` of 0 means one for each core.
    pub(crate) fn new(
        ring: Arc<KeyRing>,
        env: Env,
        cost: PasswordCost,
        slots: u16,
        queue: u16,
    ) -> Self {
        let slots = match usize::from(slots) {
            0 => std::thread::available_parallelism().map_or(1, NonZero::get),
            slots => slots,
        };
        Self {
            ring,
            env,
            cost,
            places: Arc::new(Semaphore::new(slots + usize::from(queue))),
            slots: Arc::new(Semaphore::new(slots)),
            threads: Arc::new(HashingThreads::new(slots)),
        }
    }

    /// Gets in line.
    ///
    /// # Errors
    ///
    /// [`SeamFault::Overloaded`] if the line is full. Nothing has happened then.
    pub(crate) fn enter<E>(&self) -> Result<Place, SeamError<E>> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map(Place).map_err(|_| {
            SeamFault::Overloaded {
                retry_after_ms: COME_BACK_MS,
            }
            .into()
        })
    }

    /// Hashes a password; the text names algorithm, parameters, pepper and salt.
    pub(crate) async fn hash<E>(
        &self,
        place: Place,
        password: Password,
    ) -> Result<String, SeamError<E>> {
        let hasher = self.clone();
        let salt = self.env.random::<16>();
        self.in_slot(place, move || {
            let key_id = hasher.ring.current_id();
            let hash = hasher.argon2(key_id, |argon2| {
                argon2
                    .hash_password_with_salt(password.expose().as_bytes(), &salt)
                    .map(|hash| hash.to_string())
            });
            hash.and_then(Result::ok)
                .expect("parameters, pepper and salt are good")
        })
        .await
    }

    /// Compares a password with a stored hash. Without one the effort is the same and the answer no.
    pub(crate) async fn verify<E>(
        &self,
        place: Place,
        password: Password,
        stored: Option<String>,
    ) -> Result<Verdict, SeamError<E>> {
        let hasher = self.clone();
        self.in_slot(place, move || hasher.check(&password, stored.as_deref()))
            .await
    }

    /// Costs the same whether or not there is a hash.
    fn check(&self, password: &Password, stored: Option<&str>) -> Verdict {
        let password = password.expose().as_bytes();
        if let Some(Ok(hash)) = stored.map(PasswordHash::new) {
            return self.compare(password, &hash);
        }
        self.spend(password);
        Verdict {
            matches: false,
            outdated: false,
        }
    }

    fn compare(&self, password: &[u8], hash: &PasswordHash) -> Verdict {
        let current = self.params(self.ring.current_id());
        let params = Params::try_from(hash).ok();
        let key_id = params
            .as_ref()
            .and_then(|params| std::str::from_utf8(params.keyid()).ok())
            .unwrap_or_default();
        let verified = params
            .as_ref()
            .and_then(|params| self.is_hash_of(password, hash, key_id, params));
        let up_to_date = params.as_ref().is_some_and(|params| {
            let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
            costs(params) == costs(&current) && params.keyid() == current.keyid()
        });
        Verdict {
            matches: verified.unwrap_or(false),
            outdated: !up_to_date,
        }
    }

    /// `None` if the stored text is no hash that this program could have written.
    fn is_hash_of(
        &self,
        password: &[u8],
        hash: &PasswordHash,
        key_id: &str,
        params: &Params,
    ) -> Option<bool> {
        let (salt, expected) = (hash.salt.as_ref()?, hash.hash.as_ref()?);
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = Version::try_from(hash.version?).ok()?;
        let pepper = self.ring.derive(key_id, Purpose::Pepper)?;
        let secret = pepper.as_slice();
        let argon2 = Argon2::new_with_secret(secret, algorithm, version, params.clone()).ok()?;
        let mut out = vec![0; expected.len()];
        memory::hash_into(&argon2, password, salt.as_ref(), &mut out).ok()?;
        // Outputs are compared in constant time.
        Some(Output::new(&out).ok()? == *expected)
    }

    /// Costs as much as a comparison.
    fn spend(&self, password: &[u8]) {
        let mut out = [0; 32];
        self.argon2(self.ring.current_id(), |argon2| {
            memory::hash_into(&argon2, password, &NOBODY, &mut out).is_ok()
        });
        std::hint::black_box(out);
    }

    /// Lends a hasher with the pepper of one key; `None` if that is not in the ring.
    fn argon2<T>(&self, key_id: &str, run: impl FnOnce(Argon2<'_>) -> T) -> Option<T> {
        let pepper = self.ring.derive(key_id, Purpose::Pepper)?;
        let params = self.params(key_id);
        let argon2 = Argon2::new_with_secret(
            pepper.as_slice(),
            Algorithm::Argon2id,
            Version::V0x13,
            params,
        )
        .ok()?;
        Some(run(argon2))
    }

    fn params(&self, key_id: &str) -> Params {
        let PasswordCost { memory_kib, passes } = self.cost;
        let mut builder = ParamsBuilder::new();
        builder.m_cost(memory_kib).t_cost(passes).p_cost(LANES);
        builder.keyid(KeyId::new(key_id.as_bytes()).expect("key ids have at most 8 bytes"));
        builder.build().expect("the parameters are in range")
    }

    /// Runs on a thread of its own; the slot stays taken until the work ends, even if nobody waits for it any more.
    async fn in_slot<T: Send + 'static, E>(
        &self,
        place: Place,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, SeamError<E>> {
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        let run = move || {
            let outcome = work();
            drop((slot, place));
            outcome
        };
        if tenon_chaos::is_simulated() {
            return Ok(run()); // a simulation has one thread
        }
        let hashing = self.threads.spawn(run);
        hashing.await.map_err(|_| SeamFault::Cancelled.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::KeyRingEntry;
    use identity_contract::IdentityError;

    fn ring(entries: &[KeyRingEntry]) -> Arc<KeyRing> {
        Arc::new(KeyRing::open_settings(entries).expect("a good ring"))
    }

    fn hasher(entries: &[KeyRingEntry]) -> PasswordHasher {
        PasswordHasher::new(ring(entries), Env::system(), PasswordCost::default(), 1, 1)
    }

    async fn hash(hasher: &PasswordHasher, text: &str) -> String {
        let place = hasher.enter::<IdentityError>().expect("a place");
        hasher
            .hash::<IdentityError>(place, Password::new(text))
            .await
            .expect("hashed")
    }

    async fn verify(hasher: &PasswordHasher, text: &str, stored: Option<&str>) -> Verdict {
        let place = hasher.enter::<IdentityError>().expect("a place");
        let stored = stored.map(str::to_owned);
        hasher
            .verify::<IdentityError>(place, Password::new(text), stored)
            .await
            .expect("verified")
    }

    #[tokio::test]
    async fn the_hash_names_argon2id_its_costs_and_its_pepper() {
        let hasher = hasher(&[KeyRingEntry::generate("k1", &Env::system())]);
        let stored = hash(&hasher, "correct horse").await;
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=azE$"),
            "{stored}"
        );
        assert_ne!(stored, hash(&hasher, "correct horse").await, "salts differ");
    }

    #[tokio::test]
    async fn only_the_password_matches() {
        let hasher = hasher(&[KeyRingEntry::generate("k1", &Env::system())]);
        let stored = hash(&hasher, "pässwörd 🐎 with a long tail".repeat(8).as_str()).await;
        let good = "pässwörd 🐎 with a long tail".repeat(8);
        assert_eq!(
            verify(&hasher, &good, Some(&stored)).await,
            Verdict {
                matches: true,
                outdated: false
            }
        );
        assert!(
            !verify(&hasher, &good[..good.len() - 1], Some(&stored))
                .await
                .matches,
            "nothing is cut off"
        );
        assert!(!verify(&hasher, &good, None).await.matches);
        assert!(!verify(&hasher, "", Some("not a hash")).await.matches);
    }

    #[tokio::test]
    async fn another_key_ring_cannot_verify_and_an_older_key_asks_for_a_new_hash() {
        let env = Env::system();
        let (old, new) = (
            KeyRingEntry::generate("old", &env),
            KeyRingEntry::generate("new", &env),
        );
        let stored = hash(&hasher(std::slice::from_ref(&old)), "correct horse").await;
        let both = hasher(&[new.clone(), old]);
        assert_eq!(
            verify(&both, "correct horse", Some(&stored)).await,
            Verdict {
                matches: true,
                outdated: true
            }
        );
        assert!(
            !verify(&hasher(&[new]), "correct horse", Some(&stored))
                .await
                .matches,
            "the pepper is gone"
        );
    }

    #[tokio::test]
    async fn cheaper_parameters_ask_for_a_new_hash() {
        let hasher = hasher(&[KeyRingEntry::generate("k1", &Env::system())]);
        let pepper = hasher
            .ring
            .derive("k1", Purpose::Pepper)
            .expect("in the ring");
        let params = ParamsBuilder::new()
            .m_cost(8)
            .t_cost(1)
            .keyid(KeyId::new(b"k1").expect("short"))
            .build();
        let cheap = Argon2::new_with_secret(
            pepper.as_slice(),
            Algorithm::Argon2id,
            Version::V0x13,
            params.expect("good"),
        );
        let stored = cheap
            .expect("good")
            .hash_password_with_salt(b"correct horse", b"0123456789abcdef");
        let stored = stored.expect("hashed").to_string();
        assert_eq!(
            verify(&hasher, "correct horse", Some(&stored)).await,
            Verdict {
                matches: true,
                outdated: true
            }
        );
    }

    #[tokio::test]
    async fn a_full_line_is_told_to_come_back() {
        let hasher = hasher(&[KeyRingEntry::generate("k1", &Env::system())]);
        let places: Vec<_> = (0..2)
            .map(|_| hasher.enter::<IdentityError>().expect("a place"))
            .collect();
        assert!(matches!(
            hasher.enter::<IdentityError>(),
            Err(SeamError::Seam(SeamFault::Overloaded {
                retry_after_ms: 1_000
            }))
        ));
        drop(places);
        assert!(hasher.enter::<IdentityError>().is_ok());
    }

    /// Not a proof, but it notices a missing hash: that is three orders of magnitude.
    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let hasher = hasher(&[KeyRingEntry::generate("k1", &Env::system())]);
        let costs = |stored: Option<&str>| {
            let before = memory::walked();
            let verdict = hasher.check(&Password::new("wrong"), stored);
            assert!(!verdict.matches);
            memory::walked() - before
        };
        let stored = hasher.argon2(hasher.ring.current_id(), |argon2| {
            let hash = argon2.hash_password_with_salt(b"correct horse", &NOBODY);
            hash.expect("a good salt").to_string()
        });
        let somebody = costs(stored.as_deref());
        assert_eq!(somebody, 2 * 19 * 1024, "two passes through 19 MiB");
        assert_eq!(costs(None), somebody);
        assert_eq!(costs(Some("not a hash")), somebody);
    }
}
