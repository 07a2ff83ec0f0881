//! `Prefer: wait=N` (RFC 7240): how long the caller would like to wait for an outcome.

use axum::{extract::FromRequestParts, http::request::Parts};
use std::{convert::Infallible, time::Duration};

/// The longest wait, in seconds.
const LONGEST: u64 = 30;

/// How long to wait. What cannot be read is ignored, as the RFC has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefer {
    /// At most 30 seconds.
    pub(crate) wait: Option<Duration>,
}

impl<S: Send + Sync> FromRequestParts<S> for Prefer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        let mut preferences = values.flat_map(|value| value.split(','));
        Ok(Self { wait: preferences.find_map(wait) })
    }
}

impl Prefer {
    /// The value of `Preference-Applied`.
    pub(crate) fn applied(self) -> Option<String> {
        self.wait.map(|wait| format!("wait={}", wait.as_secs()))
    }
}

fn wait(preference: &str) -> Option<Duration> {
    let preference = preference.split(';').next()?;
    let (name, value) = preference.split_once('=')?;
    let value = value.trim().trim_matches('"');
    let is_wait = name.trim().eq_ignore_ascii_case("wait");
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // A number that does not fit is longer than the longest wait anyway.
    (is_wait && is_number).then(|| Duration::from_secs(value.parse().unwrap_or(LONGEST).min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_and_bounded() {
        let seconds = |text| wait(text).map(|wait| wait.as_secs());
        assert_eq!(seconds("wait=5"), Some(5));
        assert_eq!(seconds(" Wait = \"10\"; x=y"), Some(10));
        assert_eq!(seconds("wait=31"), Some(30));
        assert_eq!(seconds("wait=99999999999999999999999"), Some(30));
        for other in ["wait", "wait=", "wait=-1", "wait=x", "respond-async", "waiting=3", "wait=+3"] {
            assert_eq!(seconds(other), None, "{other}");
        }
    }
}
