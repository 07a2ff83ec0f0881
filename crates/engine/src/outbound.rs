//! Requests to URLs that customers gave: what may be called, how it is signed, what comes back.
//!
//! Knows nothing of deliveries, retries or the database. The guard works in two places: a literal
//! address is checked before each request, and a name is resolved inside the connector, where every
//! one of its addresses must be allowed and only those checked are dialled. Redirects are never
//! followed and no proxy is taken from the environment, so there is no way around either.

mod address_guard;
mod client;
mod customer_headers;
mod customer_url;
mod excerpt;
#[cfg(test)]
pub(crate) mod loopback;
mod post_error;
mod resolver;
mod retry_after;
mod secret;
mod signature;
#[cfg(test)]
mod ssrf_tests;

pub use address_guard::{AddressGuard, ForbiddenAddress};
pub use client::{Answer, OutboundClient, OutboundError, OutboundSettings, PostOutcome};
pub use customer_headers::CustomerHeaders;
pub use customer_url::{CustomerUrl, MAX_URL_BYTES, UrlPolicy};
pub use ipnet::IpNet;
pub use post_error::{PostError, PostErrorKind};
pub use resolver::{NameLookup, SystemLookup};
pub use secret::{InvalidSecret, WebhookSecret};
pub use signature::SignedEvent;
