//! Where a request comes from, seen through proxies that are believed.

use axum::extract::{ConnectInfo, Request};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// The proxies whose `X-Forwarded-For` is believed.
#[derive(Clone)]
pub(crate) struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Believes these and nobody else.
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// The address of whoever asks: the last one in the chain that is no trusted proxy. `None`
    /// where the server does not tell the connection's address.
    pub(crate) fn client(&self, request: &Request) -> Option<IpAddr> {
        let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
        let headers = request.headers().get_all("x-forwarded-for");
        let chain = headers.iter().filter_map(|value| value.to_str().ok());
        let chain: Vec<&str> = chain.flat_map(|value| value.split(',')).collect();
        Some(self.last_untrusted(peer.ip().to_canonical(), &chain))
    }

    fn last_untrusted(&self, peer: IpAddr, chain: &[&str]) -> IpAddr {
        let mut client = peer;
        for hop in chain.iter().rev() {
            match hop.trim().parse::<IpAddr>() {
                Ok(address) if self.trusts(client) => client = address.to_canonical(),
                _ => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, chain: &[&str]) -> String {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        proxies.last_untrusted(peer.parse().unwrap(), chain).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("203.0.113.5", &["198.51.100.1"]), "203.0.113.5");
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "198.51.100.1", " 10.0.0.2"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["junk"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }
}
