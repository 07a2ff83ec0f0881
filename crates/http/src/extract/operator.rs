//! Whoever runs this gateway, known by the operator's token.

use super::credential::{bearer, refused};
use crate::{parts::OperatorToken, problem::Problem, request_context::request_id};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use wagate_engine::operator::OperatorCall;

/// A call with the operator's token; 401 with another one, 404 where the gateway has none.
pub(crate) struct Operator(pub(crate) OperatorCall);

impl<S: Send + Sync> FromRequestParts<S> for Operator
where
    OperatorToken: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Some(token) = OperatorToken::from_ref(state).0 else {
            return Err(Problem::not_found("path"));
        };
        let given =
            bearer(&parts.headers)?.ok_or_else(|| refused("the operator's token is needed as a bearer token"))?;
        if !is_same(given, token.expose_secret()) {
            return Err(refused("this is not the operator's token"));
        }
        Ok(Self(OperatorCall { request_id: request_id(&parts.extensions) }))
    }
}

/// Compares hashes, so that the time tells neither a length nor where texts differ.
fn is_same(given: &str, token: &str) -> bool {
    let (given, token) = (Sha256::digest(given.as_bytes()), Sha256::digest(token.as_bytes()));
    bool::from(given.ct_eq(&token))
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn only_the_very_token_is_the_same() {
        assert!(is_same("a-long-operator-token", "a-long-operator-token"));
        for other in ["", "a-long-operator-toke", "a-long-operator-tokenX", "A-long-operator-token"] {
            assert!(!is_same(other, "a-long-operator-token"));
        }
    }
}
