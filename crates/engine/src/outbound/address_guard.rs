//! Which IP addresses may be dialled for a customer: the globally routable ones, and those that the
//! operator allows by configuration.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// What the IANA special-purpose registry does not call globally reachable, and one cloud's own.
const FORBIDDEN_V4: [(Ipv4Net, &str); 16] = [
    (v4(0, 0, 0, 0, 8), "this network"),
    (v4(10, 0, 0, 0, 8), "a private network"),
    (v4(100, 64, 0, 0, 10), "a carrier's shared network"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    (v4(168, 63, 129, 16, 32), "a cloud platform's own address"),
    (v4(169, 254, 0, 0, 16), "link-local"),
    (v4(172, 16, 0, 0, 12), "a private network"),
    (v4(192, 0, 0, 0, 24), "reserved for protocols"),
    (v4(192, 0, 2, 0, 24), "documentation"),
    (v4(192, 88, 99, 0, 24), "6to4 relays"),
    (v4(192, 168, 0, 0, 16), "a private network"),
    (v4(198, 18, 0, 0, 15), "benchmarking"),
    (v4(198, 51, 100, 0, 24), "documentation"),
    (v4(203, 0, 113, 0, 24), "documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved or broadcast"),
];

/// All global unicast addresses; what lies outside (loopback, `fc00::/7`, `fe80::/10`, multicast,
/// `64:ff9b::/96`, `5f00::/16`, `100::/64`, embedded IPv4) is refused without being listed.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// Refused though inside [`GLOBAL_V6`]. `2001::/23` holds Teredo, ORCHID and benchmarking.
const FORBIDDEN_V6: [(Ipv6Net, &str); 4] = [
    (v6(0x2001, 0, 0, 23), "reserved for protocols (Teredo among them)"),
    (v6(0x2001, 0x0db8, 0, 32), "documentation"),
    (v6(0x2002, 0, 0, 16), "6to4"),
    (v6(0x3fff, 0, 0, 20), "documentation"),
];

/// The prefix under which a NAT64 gateway reaches IPv4 addresses.
const NAT64: Ipv6Net = v6(0x0064, 0xff9b, 0, 96);

/// An address that is not dialled. Its text names the kind of network and not the address, which
/// may be news to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not a public one ({kind})")]
pub struct ForbiddenAddress {
    /// The address, for the operator's log.
    pub address: IpAddr,
    /// What kind of network it belongs to.
    pub kind: &'static str,
}

/// Decides which addresses may be dialled. Cheap to clone. The default allows public ones alone.
#[derive(Debug, Clone, Default)]
pub struct AddressGuard {
    allowed: Arc<[IpNet]>,
}

impl AddressGuard {
    /// Public addresses, and those in `networks` whatever they are (`dev` gives `127.0.0.0/8` and
    /// `::1/128`).
    pub fn allowing(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self { allowed: networks.into_iter().collect() }
    }

    /// Whether the operator allows any network that is not public.
    pub fn allows_private_networks(&self) -> bool {
        !self.allowed.is_empty()
    }

    /// Says whether `address` may be dialled. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`)
    /// is judged as the IPv4 address that the system would dial.
    pub fn check(&self, address: IpAddr) -> Result<(), ForbiddenAddress> {
        let address = address.to_canonical();
        let forbidden = |kind| Err(ForbiddenAddress { address, kind });
        if self.allowed.iter().any(|network| network.contains(&address)) {
            return match behind_nat64(address) {
                Some(inner) => self.check(inner.into()),
                None => Ok(()),
            };
        }
        match kind_of(address) {
            Some(kind) => forbidden(kind),
            None => Ok(()),
        }
    }
}

/// What kind of special network a canonical address belongs to; `None` for a public address.
fn kind_of(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => {
            FORBIDDEN_V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind)
        }
        IpAddr::V6(address) if !GLOBAL_V6.contains(&address) => Some("not global unicast"),
        IpAddr::V6(address) => {
            FORBIDDEN_V6.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind)
        }
    }
}

fn behind_nat64(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(guard: &AddressGuard, address: &str) -> Result<(), ForbiddenAddress> {
        guard.check(address.parse().unwrap())
    }

    const REFUSED: [&str; 59] = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
        "3fff:fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "4000::1",
    ];

    #[test]
    fn addresses_that_are_not_public_are_refused() {
        for address in REFUSED {
            assert!(check(&AddressGuard::default(), address).is_err(), "{address}");
        }
    }

    #[test]
    fn public_addresses_and_the_neighbours_of_refused_ranges_are_allowed() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001:82a::200e",
            "3ffe::1",
        ] {
            assert_eq!(check(&AddressGuard::default(), address), Ok(()), "{address}");
        }
    }

    #[test]
    fn an_allowed_network_opens_itself_and_nothing_beside_it() {
        let guard = AddressGuard::allowing(["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "8.8.8.8"] {
            assert_eq!(check(&guard, address), Ok(()), "{address}");
        }
        for address in ["10.0.0.1", "::2", "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "169.254.169.254"] {
            assert!(check(&guard, address).is_err(), "{address}");
        }
    }

    #[test]
    fn an_allowed_nat64_gateway_leads_only_to_public_addresses() {
        let guard = AddressGuard::allowing(["64:ff9b::/96".parse().unwrap()]);
        assert_eq!(check(&guard, "64:ff9b::8.8.8.8"), Ok(()));
        assert!(check(&guard, "64:ff9b::10.0.0.1").is_err());
        assert!(check(&guard, "64:ff9b::127.0.0.1").is_err());
    }

    #[test]
    fn a_refusal_does_not_tell_the_address() {
        let error = check(&AddressGuard::default(), "10.1.2.3").unwrap_err();
        assert_eq!(error.to_string(), "the address is not a public one (a private network)");
    }
}
