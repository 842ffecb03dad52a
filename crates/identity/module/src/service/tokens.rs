//! What a sign-in or refresh gives out, and the tokens that are derived instead of stored.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity_contract::{ChallengeId, ChallengePurpose, IdentityError, SessionId, UserId};
use tenon_access::{Authentication, SigningKey};
use tenon_kernel::Timestamp;
use tenon_seam::{Executed, SeamFault, SeamResult};

use crate::domain::secret::SecretToken;
use crate::domain::user::Account;
use crate::key_ring::Purpose;
use crate::service::Service;
use crate::store::challenges::purpose_name;

const DEVICE_NONCE: usize = 16;

/// What a sign-in or refresh gives out.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) session_id: SessionId,
    pub(crate) access_token: String,
    pub(crate) access_expires_at: Timestamp,
    pub(crate) refresh_token: SecretToken,
    /// Whether they are good for adding a second factor and nothing else.
    pub(crate) is_enrolling: bool,
    /// With a sign-in only: proves at the next one that this device is known.
    pub(crate) device_token: Option<String>,
}

impl Service {
    pub(super) fn access_token(
        &self,
        key: &SigningKey,
        account: &Account,
        session: SessionId,
        authentication: &Authentication,
        is_enrolling: bool,
    ) -> SeamResult<(String, Timestamp), IdentityError> {
        let (user, session) = (account.id.uuid(), session.uuid());
        let issued = if is_enrolling {
            self.issuer
                .issue_enrolling(key, user, session, authentication)
        } else {
            let roles = account.roles.to_vec();
            self.issuer
                .issue(key, user, session, &roles, authentication)
        };
        issued.map_err(|_| {
            SeamFault::Unavailable {
                executed: Executed::Unknown,
            }
            .into()
        })
    }

    /// Derives the token of a challenge; `None` if its key has left the ring.
    pub(super) fn challenge_token(
        &self,
        id: ChallengeId,
        purpose: ChallengePurpose,
        key_id: &str,
    ) -> Option<SecretToken> {
        let id = id.uuid();
        let parts = [id.as_bytes().as_slice(), purpose_name(purpose).as_bytes()];
        let mac = self.ring.mac(key_id, Purpose::Challenge, &parts)?;
        Some(SecretToken::from_bytes(&mac))
    }

    /// Makes a token that proves later that this user has signed in from this device.
    pub(super) fn device_token(&self, user: UserId) -> String {
        let nonce = self.db.env().random::<DEVICE_NONCE>();
        let proof = self
            .ring
            .current_mac(Purpose::Device, &[user.uuid().as_bytes(), &nonce]);
        URL_SAFE_NO_PAD.encode([nonce.as_slice(), &proof].concat())
    }

    /// Returns the nonce of a device token, if it is one of this user's.
    pub(super) fn known_device(&self, user: UserId, token: &str) -> Option<[u8; DEVICE_NONCE]> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (nonce, proof) = bytes.split_first_chunk::<DEVICE_NONCE>()?;
        let is_ours = self.ring.ids().any(|key_id| {
            self.ring
                .mac(key_id, Purpose::Device, &[user.uuid().as_bytes(), nonce])
                .is_some_and(|expected| {
                    aws_lc_rs::constant_time::verify_slices_are_equal(&expected, proof).is_ok()
                })
        });
        is_ours.then_some(*nonce)
    }

    /// A name for an address that says nothing about it.
    pub(super) fn address_hash(&self, address: IpAddr) -> String {
        let mac = self.ring.current_mac(
            Purpose::Address,
            &[address.to_canonical().to_string().as_bytes()],
        );
        URL_SAFE_NO_PAD.encode(&mac[..16])
    }
}
