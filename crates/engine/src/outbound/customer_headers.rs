//! Extra headers that a customer wants on deliveries, such as an `authorization` for his receiver.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::{collections::BTreeMap, fmt};
use wagate_model::FieldError;

const MAX_HEADERS: usize = 20;
const MAX_NAME_BYTES: usize = 128;
const MAX_VALUE_BYTES: usize = 2048;

/// Headers that decide how the request is framed or routed, or that only the gateway may say.
const REFUSED: [&str; 19] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
];
const REFUSED_PREFIXES: [&str; 3] = ["webhook-", "x-webhook-", "proxy-"];

/// At most 20 headers, by lowercase name. Values may be secrets: `Debug` shows the names alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CustomerHeaders(BTreeMap<String, String>);

impl CustomerHeaders {
    /// Reads headers from an input. Faults name `headers/NAME`; all of them are returned.
    pub fn parse(given: &BTreeMap<String, String>) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        if given.len() > MAX_HEADERS {
            faults.push(FieldError::new("headers", "too_many", format!("At most {MAX_HEADERS} headers.")));
            return Err(faults);
        }
        let mut kept = BTreeMap::new();
        for (name, value) in given {
            match read(name, value) {
                Ok(lower) if kept.contains_key(&lower) => {
                    faults.push(at(name, "not_allowed", "Given twice, in different case."));
                }
                Ok(lower) => drop(kept.insert(lower, value.clone())),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self(kept)) } else { Err(faults) }
    }

    /// The headers by lowercase name, to be sealed and stored, or shown to their owner.
    pub fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The headers for a request. Values are marked sensitive, so that no log shows them.
    pub fn to_header_map(&self) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(self.0.len() + 8);
        for (name, value) in &self.0 {
            // Both were checked by `read`; a pair that is no header after all is left out.
            if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                value.set_sensitive(true);
                map.insert(name, value);
            }
        }
        map
    }
}

impl fmt::Debug for CustomerHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerHeaders")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The name in lowercase, if name and value may be sent.
fn read(name: &str, value: &str) -> Result<String, FieldError> {
    let lower = read_name(name)?;
    if value.len() > MAX_VALUE_BYTES {
        return Err(at(name, "too_long", format!("A header's value has at most {MAX_VALUE_BYTES} bytes.")));
    }
    if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(at(name, "invalid_format", "A header's value has printable ASCII characters only."));
    }
    if value.trim().len() != value.len() {
        return Err(at(name, "invalid_format", "A header's value does not begin or end with a space."));
    }
    Ok(lower)
}

fn read_name(name: &str) -> Result<String, FieldError> {
    if name.len() > MAX_NAME_BYTES {
        return Err(at(name, "too_long", format!("A header's name has at most {MAX_NAME_BYTES} bytes.")));
    }
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_invalid| at(name, "invalid_format", "Not a header name: letters, digits and `-` are expected."))?;
    let lower = parsed.as_str();
    if REFUSED.contains(&lower) || REFUSED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix)) {
        return Err(at(name, "not_allowed", "This header is set by the gateway and cannot be given."));
    }
    Ok(lower.to_owned())
}

/// A fault at `headers/NAME`, with the name escaped as a JSON pointer wants it and cut.
fn at(name: &str, code: &'static str, detail: impl Into<String>) -> FieldError {
    let cut: String = name.chars().take(64).collect();
    FieldError::new(format!("headers/{}", cut.replace('~', "~0").replace('/', "~1")), code, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<CustomerHeaders, Vec<FieldError>> {
        let map = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        CustomerHeaders::parse(&map)
    }

    #[test]
    fn ordinary_headers_are_kept_in_lowercase() {
        let headers = parse(&[("Authorization", "Bearer x"), ("X-Tenant", "7"), ("x-empty", "")]).unwrap();
        let map = headers.to_header_map();
        assert_eq!(map["authorization"], "Bearer x");
        assert!(map["authorization"].is_sensitive());
        assert_eq!(headers.as_map().keys().collect::<Vec<_>>(), ["authorization", "x-empty", "x-tenant"]);
    }

    #[test]
    fn headers_that_frame_route_or_sign_the_request_are_refused() {
        for name in [
            "Host",
            "HOST",
            "Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Proxy-Authorization",
            "Proxy-Connection",
            "Proxy-Anything",
            "Content-Length",
            "Content-Type",
            "Expect",
            "User-Agent",
            "webhook-id",
            "Webhook-Signature",
            "WEBHOOK-TIMESTAMP",
            "X-Webhook-Signature",
            "x-webhook-event",
            "X-Webhook-Anything",
        ] {
            let faults = parse(&[(name, "x")]).unwrap_err();
            assert_eq!(faults.len(), 1);
            assert_eq!((faults[0].code, &faults[0].field), ("not_allowed", &format!("headers/{name}")));
        }
    }

    #[test]
    fn what_could_break_out_of_a_header_is_refused() {
        for (name, value) in [
            ("x-a", "1\r\nHost: evil"),
            ("x-a", "1\n"),
            ("x-a", "\r"),
            ("x-a", "1\0"),
            ("x-a", "caf\u{e9}"),
            ("x-a", "a\tb"),
            ("x-a", " padded"),
            ("x-a\r\nHost", "x"),
            ("x a", "x"),
            ("x:a", "x"),
            (":authority", "x"),
            ("", "x"),
            ("x-\u{e9}", "x"),
            ("x\0", "x"),
        ] {
            assert_eq!(parse(&[(name, value)]).unwrap_err()[0].code, "invalid_format", "{name:?}: {value:?}");
        }
    }

    #[test]
    fn lengths_and_numbers_are_bounded() {
        let many: BTreeMap<_, _> = (0..21).map(|n| (format!("x-{n}"), String::new())).collect();
        assert_eq!(CustomerHeaders::parse(&many).unwrap_err()[0].code, "too_many");
        assert_eq!(parse(&[(&"x".repeat(129), "")]).unwrap_err()[0].code, "too_long");
        assert_eq!(parse(&[("x", &"v".repeat(2049))]).unwrap_err()[0].code, "too_long");
        assert!(parse(&[(&"x".repeat(128), &"v".repeat(2048))]).is_ok());
    }

    #[test]
    fn one_name_in_two_cases_is_refused() {
        let faults = parse(&[("X-A", "1"), ("x-a", "2")]).unwrap_err();
        assert_eq!(faults[0].code, "not_allowed");
    }

    #[test]
    fn every_fault_is_reported_and_points_into_the_input() {
        let faults = parse(&[("a/b", "x"), ("host", "x"), ("ok", "x")]).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["headers/a~1b", "headers/host"]);
    }

    #[test]
    fn values_are_not_in_a_debug_text() {
        let headers = parse(&[("authorization", "Bearer secret")]).unwrap();
        assert_eq!(format!("{headers:?}"), "CustomerHeaders{\"authorization\"}");
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_becomes_exactly_that_header(name in ".{0,20}", value in ".{0,40}") {
            if let Ok(headers) = parse(&[(&name, &value)]) {
                let map = headers.to_header_map();
                prop_assert_eq!(map.len(), 1);
                prop_assert_eq!(map.get(name.as_str()).unwrap().to_str().unwrap(), value);
            }
        }
    }
}
