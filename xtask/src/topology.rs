//! How the modules of a stack reach each other: `local`, `wire`, `remote`, `remote:<module>`.

use std::fmt;
use std::str::FromStr;

use anyhow::{Error, Result, bail};

/// Modules of an installation, in the order in which their services start.
pub(crate) const MODULES: [&str; 6] = [
    "identity",
    "catalog",
    "payments",
    "orders",
    "notifications",
    "audit",
];

/// How modules reach each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topology {
    /// Directly, in one process.
    Local,
    /// Encoded and decoded, as if each were a service of its own.
    Wire,
    /// A gateway without a module, and a service for each.
    Remote,
    /// One module as a service beside the monolith.
    RemoteOne(&'static str),
}

impl Topology {
    /// The modules that run as services.
    pub(crate) fn services(self) -> Vec<&'static str> {
        match self {
            Self::Local | Self::Wire => Vec::new(),
            Self::Remote => MODULES.to_vec(),
            Self::RemoteOne(module) => vec![module],
        }
    }

    /// One module as a service.
    pub(crate) fn with_service(module: &str) -> Result<Self> {
        match MODULES.into_iter().find(|known| *known == module) {
            Some(module) => Ok(Self::RemoteOne(module)),
            None => bail!(
                "there is no module {module}; there are: {}",
                MODULES.join(", ")
            ),
        }
    }
}

impl FromStr for Topology {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "local" => Ok(Self::Local),
            "wire" => Ok(Self::Wire),
            "remote" => Ok(Self::Remote),
            other => match other.split_once(':') {
                Some(("remote", module)) => Self::with_service(module),
                _ => bail!("{other}: local, wire, remote or remote:<module>"),
            },
        }
    }
}

impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::Wire => f.write_str("wire"),
            Self::Remote => f.write_str("remote"),
            Self::RemoteOne(module) => write!(f, "remote:{module}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topology_is_read_as_it_is_written() {
        for text in ["local", "wire", "remote", "remote:catalog"] {
            let topology: Topology = text.parse().expect("known");
            assert_eq!(topology.to_string(), text);
        }
        for wrong in ["remotely", "remote:billing", "wire:catalog"] {
            assert!(wrong.parse::<Topology>().is_err(), "{wrong}");
        }
        assert_eq!(Topology::Remote.services().len(), MODULES.len());
    }
}
