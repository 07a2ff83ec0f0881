//! The one HTTP client for customers' URLs: bounded in time and bytes, guarded, never redirected.

use super::{
    AddressGuard, CustomerUrl, NameLookup, PostError, PostErrorKind, UrlPolicy, excerpt, resolver::GuardedResolver,
    retry_after,
};
use reqwest::{
    Body, Client, Response,
    header::{ACCEPT_ENCODING, HeaderMap, RETRY_AFTER},
    redirect,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};
use wagate_model::Clock;

/// Bounds of a request. The defaults are those of the documentation.
#[derive(Debug, Clone)]
pub struct OutboundSettings {
    /// What may be called.
    pub policy: UrlPolicy,
    /// From the start to the end of the answer's head, look-up and connecting included (15 s).
    pub total_timeout: Duration,
    /// For the look-up, TCP and TLS together (5 s).
    pub connect_timeout: Duration,
    /// For the answer's body once its head is there, within the total (5 s).
    pub body_timeout: Duration,
    /// Bytes of the answer that are read and kept (16 KiB); the rest is not read.
    pub body_limit: usize,
    /// Idle connections kept per host (32).
    pub idle_per_host: usize,
    /// How long a connection may idle (30 s).
    pub idle_timeout: Duration,
}

impl Default for OutboundSettings {
    fn default() -> Self {
        Self {
            policy: UrlPolicy::default(),
            total_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(5),
            body_limit: 16 * 1024,
            idle_per_host: 32,
            idle_timeout: Duration::from_secs(30),
        }
    }
}

/// The client could not be built, such as on a machine without CA certificates.
#[derive(Debug, thiserror::Error)]
#[error("the client for webhooks could not be set up (are CA certificates installed?)")]
pub struct OutboundError(#[source] reqwest::Error);

/// What a receiver said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status, whatever it is.
    pub status: u16,
    /// `Retry-After`, at most a day.
    pub retry_after: Option<Duration>,
    /// The beginning of the body as text without control characters.
    pub body: String,
    /// The body went on, broke off, or was too slow.
    pub is_body_cut: bool,
}

impl Answer {
    /// Whether the status is 2xx; nothing else counts as accepted.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// One request as the attempt log wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostOutcome {
    /// From start to end, in milliseconds of the monotonic clock.
    pub duration_ms: u64,
    /// The answer, or why there is none.
    pub result: Result<Answer, PostError>,
}

/// Posts to customers' URLs. Built once; clones share the connections.
#[derive(Clone)]
pub struct OutboundClient {
    client: Client,
    settings: Arc<OutboundSettings>,
    clock: Arc<dyn Clock>,
}

impl OutboundClient {
    /// A client that resolves names with `lookup`. The process must have a default rustls provider.
    #[expect(clippy::disallowed_methods, reason = "the one client for customers' URLs, with the guard built in")]
    pub fn new(
        settings: OutboundSettings,
        lookup: Arc<dyn NameLookup>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OutboundError> {
        let client = Client::builder()
            .user_agent(concat!("wagate/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .dns_resolver(GuardedResolver::new(lookup, settings.policy.guard.clone()))
            .connect_timeout(settings.connect_timeout)
            .pool_max_idle_per_host(settings.idle_per_host)
            .pool_idle_timeout(settings.idle_timeout)
            .http2_max_header_list_size(16 * 1024)
            .build()
            .map_err(OutboundError)?;
        Ok(Self { client, settings: Arc::new(settings), clock })
    }

    /// What may be called, for checking URLs when they are given.
    pub fn policy(&self) -> &UrlPolicy {
        &self.settings.policy
    }

    /// Posts `body` to `url`, once. Ends within the total timeout.
    pub async fn post(&self, url: &CustomerUrl, headers: HeaderMap, body: impl Into<Body>) -> PostOutcome {
        let started = Instant::now();
        let result = self.try_post(url, headers, body.into(), started).await;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        PostOutcome { duration_ms, result }
    }

    /// Asks for what is at `url`, once: the answer's head, with the body still to come.
    pub(crate) async fn get(&self, url: &CustomerUrl) -> Result<Response, PostError> {
        check_url(url, &self.settings.policy)?;
        let request = self.client.get(url.url().clone()).header(ACCEPT_ENCODING, "identity");
        timeout_at(Instant::now() + self.settings.total_timeout, request.send())
            .await
            .map_err(|_elapsed| PostError::timeout("answering"))?
            .map_err(|error| PostError::from_client(&error, url.is_https()))
    }

    async fn try_post(
        &self,
        url: &CustomerUrl,
        headers: HeaderMap,
        body: Body,
        started: Instant,
    ) -> Result<Answer, PostError> {
        check_url(url, &self.settings.policy)?;
        let deadline = started + self.settings.total_timeout;
        let request = self.client.post(url.url().clone()).headers(headers).body(body);
        let response = timeout_at(deadline, request.send())
            .await
            .map_err(|_elapsed| PostError::timeout("answering"))?
            .map_err(|error| PostError::from_client(&error, url.is_https()))?;
        Ok(self.read(response, deadline).await)
    }

    /// Takes the answer's head and as much of its body as the bounds allow. The head has decided:
    /// a body that breaks off or dawdles is only cut.
    async fn read(&self, mut response: Response, deadline: Instant) -> Answer {
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| retry_after::parse(value, self.clock.now()));
        let until = deadline.min(Instant::now() + self.settings.body_timeout);
        let limit = self.settings.body_limit;
        let mut bytes = Vec::new();
        let is_body_cut = loop {
            match timeout_at(until, response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    bytes.extend_from_slice(&chunk[..chunk.len().min(limit + 1 - bytes.len())]);
                }
                Ok(Ok(None)) => break false,
                Ok(Err(_)) | Err(_) => break true,
            }
            if bytes.len() > limit {
                break true;
            }
        };
        bytes.truncate(limit);
        Answer { status, retry_after, body: excerpt::printable(&bytes, limit), is_body_cut }
    }
}

/// What the resolver does not see: literal addresses, and a scheme that is no longer allowed.
fn check_url(url: &CustomerUrl, policy: &UrlPolicy) -> Result<(), PostError> {
    if !url.is_https() && !policy.allow_http {
        return Err(PostError::new(PostErrorKind::ForbiddenAddress, "http:// is no longer allowed here"));
    }
    let guard: &AddressGuard = &policy.guard;
    match url.literal_address() {
        Some(address) => guard.check(address).map_err(PostError::forbidden),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
