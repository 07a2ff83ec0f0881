//! Names to addresses, inside the connector: every address of a name must be allowed, and only the
//! addresses checked here are dialled. A name that changes between two look-ups is judged each time.

use super::{AddressGuard, ForbiddenAddress};
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// What knows the addresses of a name. Production asks the system, tests answer themselves.
#[async_trait]
pub trait NameLookup: Send + Sync {
    /// All addresses of `name`, in the order in which they are to be tried.
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver (`getaddrinfo`).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl NameLookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Why a name is not dialled.
#[derive(Debug, thiserror::Error)]
pub(super) enum NameRefused {
    #[error(transparent)]
    Forbidden(ForbiddenAddress),
    #[error("the name could not be resolved")]
    Unknown(#[source] io::Error),
    #[error("the name has no address")]
    NoAddress,
}

/// The resolver given to the HTTP client.
pub(super) struct GuardedResolver {
    lookup: Arc<dyn NameLookup>,
    guard: AddressGuard,
}

impl GuardedResolver {
    pub(super) fn new(lookup: Arc<dyn NameLookup>, guard: AddressGuard) -> Self {
        Self { lookup, guard }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, guard) = (Arc::clone(&self.lookup), self.guard.clone());
        Box::pin(async move {
            let addresses = checked(&*lookup, &guard, name.as_str()).await?;
            // Port 0 is replaced by the URL's.
            let dialled: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(dialled)
        })
    }
}

async fn checked(lookup: &dyn NameLookup, guard: &AddressGuard, name: &str) -> Result<Vec<IpAddr>, NameRefused> {
    let addresses = lookup.lookup(name).await.map_err(NameRefused::Unknown)?;
    if addresses.is_empty() {
        return Err(NameRefused::NoAddress);
    }
    for address in &addresses {
        guard.check(*address).map_err(NameRefused::Forbidden)?;
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(&'static [&'static str]);

    #[async_trait]
    impl NameLookup for Fixed {
        async fn lookup(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
            Ok(self.0.iter().map(|address| address.parse().unwrap()).collect())
        }
    }

    async fn check(addresses: &'static [&'static str]) -> Result<Vec<IpAddr>, NameRefused> {
        checked(&Fixed(addresses), &AddressGuard::default(), "name.example").await
    }

    #[tokio::test]
    async fn a_name_with_public_addresses_keeps_their_order() {
        let found = check(&["2606:4700:4700::1111", "8.8.8.8"]).await.unwrap();
        assert_eq!(found, ["2606:4700:4700::1111", "8.8.8.8"].map(|text| text.parse::<IpAddr>().unwrap()));
    }

    #[tokio::test]
    async fn one_forbidden_address_among_public_ones_refuses_the_name() {
        for addresses in [
            &["8.8.8.8", "10.0.0.1"] as &[&str],
            &["10.0.0.1", "8.8.8.8"],
            &["2606:4700:4700::1111", "8.8.8.8", "::ffff:192.168.0.1"],
            &["8.8.8.8", "64:ff9b::a00:1"],
        ] {
            assert!(matches!(check(addresses).await, Err(NameRefused::Forbidden(_))), "{addresses:?}");
        }
    }

    #[tokio::test]
    async fn a_name_without_addresses_is_refused() {
        assert!(matches!(check(&[]).await, Err(NameRefused::NoAddress)));
    }

    #[tokio::test]
    async fn the_system_knows_localhost() {
        let found = SystemLookup.lookup("localhost").await.unwrap();
        assert!(!found.is_empty() && found.iter().all(IpAddr::is_loopback), "{found:?}");
    }
}
