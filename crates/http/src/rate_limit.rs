//! The limit on requests: each one with a valid key is counted before its body is read, and each
//! answer says how many are left.
//!
//! `RateLimit` and `RateLimit-Policy` are the fields of the IETF's draft (draft-ietf-httpapi-
//! ratelimit-headers), beside the `X-RateLimit-` ones that clients have known for long.

use crate::{extract::Authenticated, parts::HttpState, problem::Problem};
use axum::{
    extract::{FromRequestParts as _, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::time::Duration;
use wagate_engine::{Error, limits::Allowance};

/// The name of the policy: requests of a workspace in a minute.
pub(crate) const POLICY: &str = "workspace";

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The layer around the routes that take a key. Whoever has none is refused here already.
pub(crate) async fn limit(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/v1/") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let caller = match Authenticated::from_request_parts(&mut parts, &state).await {
        Ok(Authenticated(caller)) => caller,
        Err(problem) => return problem.into_response(),
    };
    let (allowance, mut response) = match state.engine.admit(&caller).await {
        Ok(Ok(allowance)) => (allowance, next.run(Request::from_parts(parts, body)).await),
        Ok(Err(allowance)) => (allowance, refusal(&allowance)),
        Err(error) => return Problem::from(error).into_response(),
    };
    tell(&allowance, response.headers_mut());
    response
}

fn refusal(allowance: &Allowance) -> Response {
    Problem::from(Error::RateLimited { retry_after: allowance.resets_in }).into_response()
}

fn tell(allowance: &Allowance, headers: &mut HeaderMap) {
    let Allowance { limit, remaining, resets_in, resets_at } = *allowance;
    let wait = seconds(resets_in);
    headers.insert(LIMIT, limit.into());
    headers.insert(REMAINING, remaining.into());
    headers.insert(RESET, resets_at.seconds().into());
    let fields = [
        (RATE_LIMIT_POLICY, format!("\"{POLICY}\";q={limit};w=60")),
        (RATE_LIMIT, format!("\"{POLICY}\";r={remaining};t={wait}")),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

/// Whole seconds, never too few: who comes back then finds the next minute begun.
const fn seconds(time: Duration) -> u64 {
    time.as_secs() + if time.subsec_nanos() > 0 { 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wagate_model::Timestamp;

    #[test]
    fn what_is_left_is_told_in_both_ways() {
        let mut headers = HeaderMap::new();
        let allowance = Allowance {
            limit: 100,
            remaining: 7,
            resets_in: Duration::from_millis(29_001),
            resets_at: Timestamp(1_763_812_860_000),
        };
        tell(&allowance, &mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"workspace\";q=100;w=60");
        assert_eq!(headers["ratelimit"], "\"workspace\";r=7;t=30");
        assert_eq!(
            (&headers["x-ratelimit-limit"], &headers["x-ratelimit-remaining"], &headers["x-ratelimit-reset"]),
            (&"100".parse().unwrap(), &"7".parse().unwrap(), &"1763812860".parse().unwrap())
        );
    }
}
