//! A URL that a customer gave, parsed so that only callable ones exist.
//!
//! What a name resolves to is not judged here but each time it is dialled.

use super::{AddressGuard, ForbiddenAddress};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};
use url::{Host, Url};
use wagate_model::FieldError;

/// The longest URL, in bytes, as given and as normalised.
pub const MAX_URL_BYTES: usize = 2048;

/// Last labels of names that belong to somebody's own network.
const INTERNAL_SUFFIXES: [&str; 10] =
    ["local", "localdomain", "internal", "intranet", "lan", "corp", "home", "private", "home.arpa", "onion"];

/// What the operator lets customers call.
#[derive(Debug, Clone, Default)]
pub struct UrlPolicy {
    /// Which addresses may be dialled.
    pub guard: AddressGuard,
    /// Whether `http://` is accepted besides `https://`.
    pub allow_http: bool,
}

/// An absolute http(s) URL with a host, without user, password or fragment. Its path and query may
/// hold a customer's secret: `Debug` shows the origin alone.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerUrl(Url);

impl CustomerUrl {
    /// Reads a URL from an input, under the operator's policy; faults name `field`.
    pub fn parse(field: &str, text: &str, policy: &UrlPolicy) -> Result<Self, FieldError> {
        let fault = |(code, detail): Fault| FieldError::new(field, code, detail);
        let url = read(text).map_err(fault)?;
        check_policy(&url, policy).map_err(fault)?;
        Ok(Self(url))
    }

    /// Reads a URL back from the database. The policy is not applied: it may have changed, and is
    /// applied again when dialling.
    pub fn from_stored(text: &str) -> Result<Self, FieldError> {
        read(text).map(Self).map_err(|(code, detail)| FieldError::new("url", code, detail))
    }

    /// The whole URL in its normal form, to be stored and shown to its owner.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme, host and port, which may be logged.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Where a relative reference in an answer from here leads.
    pub(crate) fn join(&self, reference: &str) -> Option<String> {
        self.0.join(reference).ok().map(String::from)
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address, if the host is one instead of a name.
    pub(super) fn literal_address(&self) -> Option<IpAddr> {
        literal(&self.0)
    }
}

impl fmt::Debug for CustomerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomerUrl({}/...)", self.origin())
    }
}

/// Code and sentence of a fault.
type Fault = (&'static str, String);

fn fault(code: &'static str, detail: impl Into<String>) -> Fault {
    (code, detail.into())
}

fn read(text: &str) -> Result<Url, Fault> {
    if text.is_empty() {
        return Err(fault("required", "A URL is required."));
    }
    check_length(text)?;
    // The parser drops tabs and line breaks and reads `\` as `/`; what is meant must be what is read.
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(fault("invalid_format", "A URL has no spaces, control characters or backslashes."));
    }
    let url = Url::parse(text).map_err(|error| fault("invalid_format", format!("Not an absolute URL: {error}.")))?;
    check_length(url.as_str())?;
    check_parts(&url)?;
    Ok(url)
}

fn check_length(text: &str) -> Result<(), Fault> {
    if text.len() > MAX_URL_BYTES {
        return Err(fault("too_long", format!("A URL has at most {MAX_URL_BYTES} bytes.")));
    }
    Ok(())
}

fn check_parts(url: &Url) -> Result<(), Fault> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(fault("not_allowed", "The URL must begin with https://."));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(fault("invalid_format", "The URL has no host."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fault("not_allowed", "The URL must not hold a user or password; give a header instead."));
    }
    if url.fragment().is_some() {
        return Err(fault("not_allowed", "The URL must not have a fragment (`#...`)."));
    }
    if url.port() == Some(0) {
        return Err(fault("invalid_format", "Port 0 cannot be called."));
    }
    Ok(())
}

fn check_policy(url: &Url, policy: &UrlPolicy) -> Result<(), Fault> {
    if url.scheme() == "http" && !policy.allow_http {
        return Err(fault("not_allowed", "The URL must begin with https://."));
    }
    if let Some(address) = literal(url) {
        return policy
            .guard
            .check(address)
            .map_err(|ForbiddenAddress { kind, .. }| fault("not_allowed", format!("Not a public address ({kind}).")));
    }
    let name = url.host_str().unwrap_or_default().trim_end_matches('.');
    if is_internal(name, &policy.guard) {
        return Err(fault("not_allowed", format!("`{name}` is not a public name.")));
    }
    Ok(())
}

/// Names that no public resolver answers. With private networks allowed only loopback is judged.
fn is_internal(name: &str, guard: &AddressGuard) -> bool {
    if has_suffix(name, "localhost") {
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        return loopback.into_iter().all(|address| guard.check(address).is_err());
    }
    !guard.allows_private_networks()
        && (!name.contains('.') || INTERNAL_SUFFIXES.iter().any(|suffix| has_suffix(name, suffix)))
}

fn has_suffix(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strict(text: &str) -> Result<CustomerUrl, FieldError> {
        CustomerUrl::parse("url", text, &UrlPolicy::default())
    }

    fn dev(text: &str) -> Result<CustomerUrl, FieldError> {
        let networks = ["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let policy = UrlPolicy { guard: AddressGuard::allowing(networks), allow_http: true };
        CustomerUrl::parse("url", text, &policy)
    }

    #[test]
    fn a_public_https_url_is_accepted_on_any_port_and_normalised() {
        for (given, kept) in [
            ("https://Hooks.Example.com", "https://hooks.example.com/"),
            ("https://hooks.example.com:8443/a?b=c", "https://hooks.example.com:8443/a?b=c"),
            ("https://b\u{fc}cher.example/\u{fc}", "https://xn--bcher-kva.example/%C3%BC"),
            ("https://8.8.8.8/x", "https://8.8.8.8/x"),
            ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
        ] {
            assert_eq!(strict(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn a_bad_url_is_refused_with_the_field_and_a_code() {
        let long = format!("https://example.com/{}", "a".repeat(MAX_URL_BYTES));
        let long_when_escaped = format!("https://example.com/{}", "\u{fc}".repeat(600));
        for (text, code) in [
            ("", "required"),
            ("hooks.example.com", "invalid_format"),
            ("/relative", "invalid_format"),
            ("https://", "invalid_format"),
            ("https://exa mple.com/", "invalid_format"),
            (" https://example.com/", "invalid_format"),
            ("https://example.com/\r\nX: y", "invalid_format"),
            ("https://example.com\\@127.0.0.1/", "invalid_format"),
            ("https://example.com:0/", "invalid_format"),
            ("https://example.com:99999/", "invalid_format"),
            ("https://999.1.1.1/", "invalid_format"),
            ("http://example.com/", "not_allowed"),
            ("ftp://example.com/", "not_allowed"),
            ("file:///etc/passwd", "not_allowed"),
            ("gopher://example.com/", "not_allowed"),
            ("javascript:alert(1)", "not_allowed"),
            ("https://user@example.com/", "not_allowed"),
            ("https://user:secret@example.com/", "not_allowed"),
            ("https://example.com/#part", "not_allowed"),
            (&long, "too_long"),
            (&long_when_escaped, "too_long"),
        ] {
            let error = strict(text).unwrap_err();
            assert_eq!((error.field.as_str(), error.code), ("url", code), "{text}");
        }
    }

    #[test]
    fn names_of_a_private_network_are_refused() {
        for name in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "printer.local",
            "db.internal",
            "db.internal.",
            "metadata.google.internal",
            "intranet",
            "box.lan",
            "x.home.arpa",
            "x.corp",
            "x.localdomain",
            "x.onion",
        ] {
            let error = strict(&format!("https://{name}/")).unwrap_err();
            assert_eq!(error.code, "not_allowed", "{name}");
        }
        assert!(strict("https://notlocalhost.example/").is_ok());
        assert!(strict("https://internal.example.com/").is_ok());
    }

    #[test]
    fn development_may_call_loopback_over_http() {
        for text in ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "http://[::1]:9/", "https://example.com/"]
        {
            assert!(dev(text).is_ok(), "{text}");
        }
        for text in ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data"] {
            assert_eq!(dev(text).unwrap_err().code, "not_allowed", "{text}");
        }
    }

    #[test]
    fn allowing_a_private_network_does_not_allow_localhost() {
        let guard = AddressGuard::allowing(["10.0.0.0/8".parse().unwrap()]);
        let policy = UrlPolicy { guard, allow_http: false };
        assert!(CustomerUrl::parse("url", "https://hooks.internal/", &policy).is_ok());
        assert!(CustomerUrl::parse("url", "https://localhost/", &policy).is_err());
    }

    #[test]
    fn a_stored_url_reads_back_whatever_the_policy_is_now() {
        let url = dev("http://127.0.0.1:9000/hook").unwrap();
        assert_eq!(CustomerUrl::from_stored(url.as_str()).unwrap(), url);
        assert!(CustomerUrl::from_stored("ftp://127.0.0.1/").is_err());
    }

    #[test]
    fn a_debug_text_holds_neither_path_nor_query() {
        let url = strict("https://hooks.example.com/services/T0/secret?token=secret").unwrap();
        assert_eq!(format!("{url:?}"), "CustomerUrl(https://hooks.example.com/...)");
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic_and_what_passes_reads_back(text in "(https?://)?[ -~\u{e0}-\u{ff}\u{3002}]{0,60}") {
            if let Ok(url) = strict(&text) {
                prop_assert_eq!(&CustomerUrl::from_stored(url.as_str()).unwrap(), &url);
                prop_assert_eq!(&strict(url.as_str()).unwrap(), &url);
            }
        }
    }
}
