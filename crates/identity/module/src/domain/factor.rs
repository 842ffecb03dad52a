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
    /// whose possession was proved (`pop`), with somebody there (`user`); where it is kept nobody attests.
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
        }
    }

    /// What cannot be read says the least.
    pub(crate) fn from_column(column: &str) -> Self {
        match column {
            "pwd otp mfa" => Self::Code,
            "pwd mfa" => Self::RecoveryCode,
            "pwd pop user mfa" => Self::PasswordAndPasskey,
            "pop user mfa" => Self::Passkey,
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

    /// Whether more was shown than a password.
    pub(crate) fn is_multi_factor(self) -> bool {
        self != Self::Password
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
