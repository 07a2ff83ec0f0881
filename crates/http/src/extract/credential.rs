//! The text of a credential in a request's headers.

use crate::problem::Problem;
use axum::http::{HeaderMap, header};
use wagate_engine::Error;

/// What stands in `X-API-Key` or, as a bearer token, in `Authorization`.
pub(super) fn presented(headers: &HeaderMap) -> Result<&str, Problem> {
    let key = single(headers, "x-api-key")?;
    let bearer = bearer(headers)?;
    match (key, bearer) {
        (Some(key), Some(bearer)) if key != bearer => Err(refused("two different keys were given")),
        (Some(key), _) | (None, Some(key)) => Ok(key),
        (None, None) => {
            Err(refused("no key was given; send one in `X-API-Key` or as a bearer token in `Authorization`"))
        }
    }
}

/// The bearer token in `Authorization`, if that header is there.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = single(headers, header::AUTHORIZATION.as_str())? else {
        return Ok(None);
    };
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused("`Authorization` must carry a bearer token"));
    }
    Ok(Some(token.trim()))
}

fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(refused("a credential was given more than once"));
    }
    let Some(value) = first else {
        return Ok(None);
    };
    let text = value.to_str().ok();
    text.map(Some).ok_or_else(|| refused("the credential is no plain text"))
}

pub(super) fn refused(why: &'static str) -> Problem {
    Error::Unauthenticated(why).into()
}
