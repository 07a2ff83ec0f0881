//! The `Idempotency-Key` header.

use crate::problem::{INVALID_HEADER, Problem};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};

/// The header's name.
const NAME: &str = "idempotency-key";
/// The most characters of a key.
const MOST: usize = 255;

/// The key, if one was given: 1 to 255 visible ASCII characters, else 400.
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl IdempotencyKey {
    /// Reads the key from a request's headers.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut values = headers.get_all(NAME).iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        let is_one = values.next().is_none();
        let text = value.to_str().ok().filter(|text| is_one && is_key(text));
        text.map(|text| Self(Some(text.to_owned()))).ok_or_else(|| {
            Problem::new(&INVALID_HEADER, "`Idempotency-Key` has 1 to 255 visible ASCII characters and is given once.")
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::read(&parts.headers)
    }
}

fn is_key(text: &str) -> bool {
    (1..=MOST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
