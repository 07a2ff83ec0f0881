//! Why a request got no answer, under a name.

use super::{ForbiddenAddress, resolver::NameRefused};
use std::{error::Error as StdError, fmt, io};

/// The named reasons; their texts are stored in the attempt log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PostErrorKind {
    /// No connection or no answer in time.
    Timeout,
    /// Nothing listens there.
    ConnectionRefused,
    /// The name has no address, or the resolver failed.
    Dns,
    /// No agreement on TLS, or a certificate that is not trusted.
    Tls,
    /// The address, or one of the name's addresses, may not be called.
    ForbiddenAddress,
    /// Anything else, such as a connection that broke off.
    Other,
}

impl PostErrorKind {
    /// The name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::ConnectionRefused => "connection_refused",
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::ForbiddenAddress => "forbidden_address",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for PostErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request without an answer. The detail may be shown to the endpoint's owner: it holds neither
/// the URL nor an address that a name resolved to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct PostError {
    /// The name of the failure.
    pub kind: PostErrorKind,
    /// One sentence or clause.
    pub detail: String,
}

impl PostError {
    pub(super) fn new(kind: PostErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    pub(super) fn timeout(phase: &str) -> Self {
        Self::new(PostErrorKind::Timeout, format!("{phase} took too long"))
    }

    pub(super) fn forbidden(address: ForbiddenAddress) -> Self {
        Self::new(PostErrorKind::ForbiddenAddress, address.to_string())
    }

    /// Names a failure of the HTTP client by the causes in its chain.
    pub(super) fn from_client(error: &reqwest::Error, is_https: bool) -> Self {
        let causes = causes(error);
        if let Some(refused) = causes.iter().find_map(|cause| cause.downcast_ref::<NameRefused>()) {
            return Self::from_name(refused);
        }
        if error.is_timeout() {
            return Self::timeout(if error.is_connect() { "connecting" } else { "answering" });
        }
        let mut io = causes.iter().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        let kind = io
            .find_map(|kind| match kind {
                io::ErrorKind::ConnectionRefused => Some(PostErrorKind::ConnectionRefused),
                io::ErrorKind::TimedOut => Some(PostErrorKind::Timeout),
                // While connecting, the TLS layer reports its own failures as invalid or missing data.
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof if is_https && error.is_connect() => {
                    Some(PostErrorKind::Tls)
                }
                _ => None,
            })
            .unwrap_or(PostErrorKind::Other);
        let innermost = causes.last().map_or_else(|| "the request failed".to_owned(), ToString::to_string);
        Self::new(kind, super::excerpt::printable(innermost.as_bytes(), 300))
    }

    fn from_name(refused: &NameRefused) -> Self {
        match refused {
            NameRefused::Forbidden(address) => {
                tracing::warn!(address = %address.address, kind = address.kind, "a customer's name resolves to a forbidden address");
                Self::forbidden(*address)
            }
            NameRefused::Unknown(_) | NameRefused::NoAddress => Self::new(PostErrorKind::Dns, refused.to_string()),
        }
    }
}

/// What lies behind an error, outermost first; the client's own text, which has the URL, is left out.
fn causes(error: &reqwest::Error) -> Vec<&(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| next_cause(*cause)).collect()
}

/// An I/O error skips the error that it wraps when asked for its source.
fn next_cause<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => cause.source(),
    }
}
