//! What changed between two documents, how bad that is, and which side may be deployed first.

use std::fmt;

/// How a change meets peers that still speak the older document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Both sides understand each other, in the order that [`First`] says.
    Compatible,
    /// They do, but somebody may have relied on what changed.
    Warning,
    /// They do not: needs a new version.
    Breaking,
}

/// Which side has to be deployed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum First {
    /// Any order is safe.
    Either,
    /// The module that owns the document: it serves the calls and publishes the events.
    Owner,
    /// The modules that call it or listen to it.
    Users,
}

/// What a schema describes: decides who writes it and who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Written by users, read by the owner.
    Request,
    /// Written by the owner, read by users.
    Response,
    /// Like a response; new codes are expected.
    Error,
    /// Written by the owner, read by users, and kept: old data is read by new code as well.
    Event,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub(crate) severity: Severity,
    pub(crate) first: First,
    /// Method, or `order.placed v1`.
    pub(crate) subject: String,
    /// Where in the document.
    pub(crate) pointer: String,
    pub(crate) what: String,
}

impl Role {
    /// The reader accepts, or the writer writes, more than before.
    pub(crate) fn widened(self) -> (Severity, First) {
        match self {
            Self::Request => (Severity::Compatible, First::Owner),
            Self::Response | Self::Error | Self::Event => (Severity::Breaking, First::Either),
        }
    }

    /// The reader accepts, or the writer writes, less than before.
    pub(crate) fn narrowed(self) -> (Severity, First) {
        match self {
            Self::Request | Self::Event => (Severity::Breaking, First::Either),
            Self::Response | Self::Error => (Severity::Compatible, First::Owner),
        }
    }

    /// A value that readers of before decode as `unknown`.
    pub(crate) fn open_growth(self) -> (Severity, First) {
        match self {
            Self::Request => (Severity::Compatible, First::Owner),
            Self::Response | Self::Error | Self::Event => (Severity::Compatible, First::Either),
        }
    }

    /// A value that is no longer there, where unknown values are tolerated.
    pub(crate) fn open_shrink(self) -> (Severity, First) {
        match self {
            Self::Request => (Severity::Breaking, First::Either),
            Self::Response | Self::Error => (Severity::Compatible, First::Either),
            Self::Event => (Severity::Warning, First::Either),
        }
    }

    /// A bound that decoding does not enforce moved outwards.
    pub(crate) fn bound_widened(self) -> (Severity, First) {
        match self {
            Self::Request => (Severity::Compatible, First::Owner),
            Self::Response | Self::Error | Self::Event => (Severity::Warning, First::Either),
        }
    }

    /// A bound moved inwards.
    pub(crate) fn bound_narrowed(self) -> (Severity, First) {
        match self {
            Self::Request => (Severity::Breaking, First::Either),
            Self::Response | Self::Error | Self::Event => (Severity::Compatible, First::Either),
        }
    }
}

/// The order that is safe for all of these.
pub(crate) fn order(differences: &[Difference]) -> Order {
    let has = |first| {
        differences
            .iter()
            .any(|difference| difference.first == first)
    };
    if differences
        .iter()
        .any(|difference| difference.severity == Severity::Breaking)
    {
        Order::NewVersion
    } else {
        match (has(First::Owner), has(First::Users)) {
            (false, false) => Order::Any,
            (true, false) => Order::OwnerFirst,
            (false, true) => Order::UsersFirst,
            (true, true) => Order::TwoSteps,
        }
    }
}

/// A deploy order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Any,
    OwnerFirst,
    UsersFirst,
    TwoSteps,
    NewVersion,
}

impl Order {
    /// The word that superseded documents carry; skew tests read it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Any => "any order",
            Self::OwnerFirst => "owner first",
            Self::UsersFirst => "users first",
            Self::TwoSteps => "two steps",
            Self::NewVersion => "new version",
        }
    }

    /// What to do, in a sentence.
    pub(crate) fn advice(self, module: &str) -> String {
        match self {
            Self::Any => "deploy in any order".to_owned(),
            Self::OwnerFirst => format!("deploy {module} first, then who calls or hears it"),
            Self::UsersFirst => format!("deploy who calls or hears {module} first, then {module}"),
            Self::TwoSteps => format!(
                "split the change: what needs {module} first in one release, what needs its users first in the next"
            ),
            Self::NewVersion => {
                format!("no order is safe: give {module} a new version beside the old one")
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Compatible => "compatible",
            Severity::Warning => "warning",
            Severity::Breaking => "BREAKING",
        };
        let first = match (self.severity, self.first) {
            (Severity::Breaking, _) | (_, First::Either) => "",
            (_, First::Owner) => " (owner first)",
            (_, First::Users) => " (users first)",
        };
        write!(
            f,
            "{severity} {} {}: {}{first}",
            self.subject, self.pointer, self.what
        )
    }
}
