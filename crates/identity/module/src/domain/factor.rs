//! Second factors: what somebody has beside the password, and how a sign-in was proved.

use std::time::Duration;

use identity_contract::{FactorId, FactorKind};
use tenon_access::Authentication;
use tenon_kernel::Timestamp;

use super::recovery_code::RecoveryCode;
use super::totp::TotpCode;

/// How old a sign-in may be when something that lasts is made by it.
pub(crate) const FRESH: Duration = Duration::from_mins(15);
/// Most apps that show codes of a person, pending ones among them.
pub(crate) const MAX_APPS: u32 = 5;
/// Most passkeys of a person, pending ones among them.
pub(crate) const MAX_PASSKEYS: u32 = 10;
/// How long a new factor waits for its first code.
pub(crate) const PENDING_LIFE: Duration = Duration::from_mins(15);
/// How long the challenge of a passkey can be answered, to register it and to sign in with it.
pub(crate) const CHALLENGE_LIFE: Duration = Duration::from_mins(5);
/// How long a sign-in waits for its code.
pub(crate) const SIGN_IN_LIFE: Duration = Duration::from_mins(5);
/// Codes that may be tried to complete one sign-in.
pub(crate) const MAX_GUESSES: i64 = 5;

/// A factor, without what is secret about it.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    pub(crate) id: FactorId,
    pub(crate) kind: FactorKind,
    pub(crate) name: String,
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amr {
    Password,
    /// With a code of an app.
    Code,
    /// With a recovery code.
    RecoveryCode,
    /// With a passkey after the password.
    PasswordAndPasskey,
    /// With a passkey and nothing else: the device, and what unlocks it.
    Passkey,
    /// At another provider.
    Federated,
    /// At another provider, and with a code of an app.
    FederatedCode,
    /// At another provider, and with a recovery code; or that provider saw two factors, and is trusted with it.
    FederatedMultiFactor,
    /// At another provider, and with a passkey.
    FederatedAndPasskey,
}

/// What somebody sends as a code.
#[derive(Debug, Clone)]
pub(crate) enum OneTimeCode {
    Totp(TotpCode),
    Recovery(RecoveryCode),
}

impl Factor {
    /// Whether people are asked for it.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }

    /// Whether it waits for its first proof in vain: a passkey has less time than an app, which has to be found first.
    pub(crate) fn is_forgotten(&self, now: Timestamp) -> bool {
        !self.is_confirmed()
            && self.kind == FactorKind::Passkey
            && now.since(self.created_at) >= CHALLENGE_LIFE
    }
}

impl Amr {
    /// In the words of RFC 8176. There is none for a recovery code, so it only says that there were two factors. A passkey is a key
    /// whose possession was proved (`pop`), with somebody there (`user`); where it is kept nobody attests. There is none for another
    /// provider either, whose own words are not ours to repeat: `fed`.
    pub(crate) fn values(self) -> Vec<String> {
        self.as_column().split(' ').map(str::to_owned).collect()
    }

    /// As the store keeps it.
    pub(crate) fn as_column(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Code => "pwd otp mfa",
            Self::RecoveryCode => "pwd mfa",
            Self::PasswordAndPasskey => "pwd pop user mfa",
            Self::Passkey => "pop user mfa",
            Self::Federated => "fed",
            Self::FederatedCode => "fed otp mfa",
            Self::FederatedMultiFactor => "fed mfa",
            Self::FederatedAndPasskey => "fed pop user mfa",
        }
    }

    /// What cannot be read says the least.
    pub(crate) fn from_column(column: &str) -> Self {
        match column {
            "pwd otp mfa" => Self::Code,
            "pwd mfa" => Self::RecoveryCode,
            "pwd pop user mfa" => Self::PasswordAndPasskey,
            "pop user mfa" => Self::Passkey,
            "fed" => Self::Federated,
            "fed otp mfa" => Self::FederatedCode,
            "fed mfa" => Self::FederatedMultiFactor,
            "fed pop user mfa" => Self::FederatedAndPasskey,
            _ => Self::Password,
        }
    }

    /// As tokens tell it.
    pub(crate) fn shown_at(self, at: Timestamp) -> Authentication {
        Authentication {
            at,
            amr: self.values(),
        }
    }

    /// Whether more was shown than a password, or than another provider's word.
    pub(crate) fn is_multi_factor(self) -> bool {
        !matches!(self, Self::Password | Self::Federated)
    }

    /// The same where another provider stands in for the password.
    pub(crate) fn federated(self) -> Self {
        match self {
            Self::Password => Self::Federated,
            Self::Code => Self::FederatedCode,
            Self::RecoveryCode => Self::FederatedMultiFactor,
            // A passkey after a provider is the second step, too: alone it goes by no provider.
            Self::PasswordAndPasskey | Self::Passkey => Self::FederatedAndPasskey,
            Self::Federated
            | Self::FederatedCode
            | Self::FederatedMultiFactor
            | Self::FederatedAndPasskey => self,
        }
    }

    /// Whether another provider stood in for the password.
    pub(crate) fn is_federated(self) -> bool {
        self == self.federated()
    }
}

impl OneTimeCode {
    /// Reads what somebody typed, with spaces and dashes as they please; `None` if it cannot be any code.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(32)
            .collect();
        let totp = TotpCode::parse(&plain).map(Self::Totp);
        totp.or_else(|| RecoveryCode::parse(&plain).map(Self::Recovery))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proved_survives_the_store() {
        for amr in [
            Amr::Password,
            Amr::Code,
            Amr::RecoveryCode,
            Amr::PasswordAndPasskey,
            Amr::Passkey,
        ] {
            assert_eq!(Amr::from_column(amr.as_column()), amr);
            assert_eq!(amr.is_multi_factor(), amr != Amr::Password);
            let federated = amr.federated();
            assert_eq!(Amr::from_column(federated.as_column()), federated);
            assert_eq!(federated.is_multi_factor(), amr.is_multi_factor());
            assert!(federated.is_federated() && !amr.is_federated());
            assert_eq!(federated.federated(), federated);
        }
        assert!(!Amr::from_column("face").is_multi_factor());
    }

    #[test]
    fn codes_are_told_apart_by_their_length() {
        assert!(matches!(
            OneTimeCode::parse(" 123 456 "),
            Some(OneTimeCode::Totp(_))
        ));
        let recovery = "0123-4567-89ab-cdef-ghjk-mnpq";
        assert!(matches!(
            OneTimeCode::parse(recovery),
            Some(OneTimeCode::Recovery(_))
        ));
        for bad in ["", "1", "0123-4567", &"1".repeat(1_000), "passwörd"] {
            assert!(OneTimeCode::parse(bad).is_none(), "{bad}");
        }
    }
}
