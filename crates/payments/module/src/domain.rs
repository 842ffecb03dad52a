//! The rules of payments: pure, without clock, database or network.

/// An enum whose variants are words in the database.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::domain::UnknownWord;

            fn try_from(word: String) -> Result<Self, Self::Error> {
                match word.as_str() {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::domain::UnknownWord { word, of: stringify!($name) }),
                }
            }
        }
    };
}

pub(crate) mod approval;
pub(crate) mod attempt;
pub(crate) mod ledger;
pub(crate) mod operation;
pub(crate) mod payment;
pub(crate) mod provider_event;
pub(crate) mod reconcile;
pub(crate) mod schedule;
pub(crate) mod transition;

/// The database holds a word that this program does not know.
#[derive(Debug, thiserror::Error)]
#[error("`{word}` is not a known {of}")]
pub(crate) struct UnknownWord {
    word: String,
    of: &'static str,
}

#[cfg(test)]
mod tests {
    use super::approval::ApprovalState;
    use super::attempt::AttemptState;
    use super::ledger::EntryKind;
    use super::operation::OperationStatus;
    use super::provider_event::EventStatus;

    #[test]
    fn every_word_is_read_back() {
        macro_rules! check {
            ($($name:ty),*) => {$(
                for &value in <$name>::ALL {
                    assert_eq!(<$name>::try_from(value.as_str().to_owned()).expect("known"), value);
                }
                assert!(<$name>::try_from("nonsense".to_owned()).is_err());
            )*};
        }
        check!(
            ApprovalState,
            AttemptState,
            EntryKind,
            OperationStatus,
            EventStatus
        );
    }
}
