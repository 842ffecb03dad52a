//! Sets of addresses: `10.0.0.0/8`, `2001:db8::/32`.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// An address, or all addresses that share its first bits: `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// The text is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an address or a network such as 10.0.0.0/8")]
pub struct ParseNetworkError;

impl Network {
    /// Says whether an address belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.bits);
                u32::from(own).checked_shr(shift) == u32::from(other).checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.bits);
                u128::from(own).checked_shr(shift) == u128::from(other).checked_shr(shift)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Says whether it is written as its first address, and can hold one at all: `10.0.0.5/8` says two things, and an
    /// IPv6 network of IPv4 addresses holds none, because they are compared as IPv4.
    pub fn is_exact(&self) -> bool {
        let host_bits = match self.address {
            IpAddr::V4(own) => u32::from(own)
                .checked_shl(u32::from(self.bits))
                .is_some_and(|rest| rest != 0),
            IpAddr::V6(own) => u128::from(own)
                .checked_shl(u32::from(self.bits))
                .is_some_and(|rest| rest != 0),
        };
        !host_bits && self.address == self.address.to_canonical()
    }
}

/// Says whether a caller is where they may be: anywhere if no networks are named. Who names some and does not know where
/// the caller is, refuses.
pub fn is_within_any(networks: &[Network], from: Option<IpAddr>) -> bool {
    networks.is_empty()
        || from.is_some_and(|from| networks.iter().any(|network| network.contains(from)))
}

/// An address without bits if it is one, otherwise the network.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = if self.address.is_ipv4() { 32 } else { 128 };
        if self.bits == most {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.bits)
        }
    }
}

impl FromStr for Network {
    type Err = ParseNetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| ParseNetworkError)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits
            .map_or(Ok(most), str::parse)
            .map_err(|_| ParseNetworkError)?;
        if bits > most {
            Err(ParseNetworkError)
        } else {
            Ok(Self { address, bits })
        }
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for Network {
    fn schema_name() -> Cow<'static, str> {
        "Network".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "An address, or a network such as 10.0.0.0/8." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().expect("a network")
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn networks_have_edges() {
        let ten = network("10.1.0.0/16");
        assert!(ten.contains(address("10.1.255.255")) && !ten.contains(address("10.2.0.0")));
        assert!(ten.contains(address("::ffff:10.1.2.3")));
        assert!(network("0.0.0.0/0").contains(address("203.0.113.9")));
        let six = network("2001:db8::/32");
        assert!(six.contains(address("2001:db8:ffff::1")) && !six.contains(address("2001:db9::1")));
        assert!(network("::/0").contains(address("2001:db9::1")));
        assert!(!network("::/0").contains(address("192.0.2.1")));
        for bad in ["", "10.0.0.0/33", "::/129", "example.org", "10.0.0.0/x"] {
            assert_eq!(bad.parse::<Network>(), Err(ParseNetworkError), "{bad}");
        }
    }

    #[test]
    fn a_caller_from_nowhere_is_in_no_network() {
        let networks = [network("192.0.2.0/24"), network("2001:db8::/32")];
        assert!(is_within_any(&[], None) && is_within_any(&[], Some(address("::1"))));
        assert!(is_within_any(&networks, Some(address("192.0.2.7"))));
        assert!(!is_within_any(&networks, Some(address("192.0.3.7"))));
        assert!(!is_within_any(&networks, None));
    }

    #[test]
    fn what_says_two_things_is_not_exact() {
        for good in [
            "10.0.0.0/8",
            "192.0.2.1",
            "0.0.0.0/0",
            "::/0",
            "2001:db8::/32",
            "::1",
        ] {
            assert!(network(good).is_exact(), "{good}");
            assert_eq!(network(good).to_string(), good);
        }
        assert_eq!(network("192.0.2.1/32").to_string(), "192.0.2.1");
        for bad in [
            "10.0.0.5/8",
            "2001:db8::1/32",
            "::ffff:10.0.0.0/104",
            "1.0.0.0/0",
        ] {
            assert!(!network(bad).is_exact(), "{bad}");
        }
    }
}
