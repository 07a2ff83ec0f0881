//! JSON bodies: bounded, read strictly, and every fault named.

use super::{fault, object::Object};
use crate::problem::{INVALID_JSON, Problem};
use axum::{
    body::{Body as RawBody, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// The largest body that is read, in bytes; a request's extension, set by the outermost layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimit(pub(crate) usize);

/// How much of a body that is too large is still taken off the wire, so that the sender hears the
/// answer in place of a broken connection.
const MOST_DISCARDED: usize = 64 * 1024 * 1024;
/// How long a body may take to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A JSON body. 415 for another content type, 413 if it is too large, 400 if it is no JSON,
/// 422 with the field if it has another shape.
pub(crate) struct Body<T> {
    /// What it says.
    pub(crate) value: T,
    /// SHA-256 over its raw bytes, in hex.
    pub(crate) hash: String,
}

/// A JSON body of many things, which may have eight times the size of others.
pub(crate) struct LargeBody<T>(pub(crate) Body<T>);

/// How many times the limit of other bodies a large one may have.
const LARGE: usize = 8;

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for LargeBody<T> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Problem> {
        if let Some(limit) = request.extensions_mut().get_mut::<BodyLimit>() {
            limit.0 = limit.0.saturating_mul(LARGE);
        }
        Body::from_request(request, state).await.map(Self)
    }
}

/// A JSON body that may be left out.
pub(crate) struct OptionalBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes = read_request(request).await?;
        if !is_json {
            return Err(not_json());
        }
        Ok(Self { value: parse(&bytes)?, hash: hash(&bytes) })
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes = read_request(request).await?;
        match (bytes.is_empty(), is_json) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(not_json()),
        }
    }
}

/// Reads a request's body up to its limit.
pub(super) async fn read_request(request: Request) -> Result<Bytes, Problem> {
    let limit = request.extensions().get::<BodyLimit>().map_or(DEFAULT_LIMIT, |limit| limit.0);
    read_bytes(request.into_body(), limit).await
}

/// The limit where no layer has set one.
const DEFAULT_LIMIT: usize = 1024 * 1024;

/// Reads a body of up to `limit` bytes.
pub(crate) async fn read_bytes(body: RawBody, limit: usize) -> Result<Bytes, Problem> {
    let read = tokio::time::timeout(READ_TIMEOUT, collect(body, limit)).await;
    read.unwrap_or_else(|_| {
        Err(Problem::new(&crate::problem::REQUEST_TIMEOUT, "The body did not arrive within 30 seconds."))
    })
}

async fn collect(body: RawBody, limit: usize) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let (mut bytes, mut seen) = (Vec::new(), 0_usize);
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else {
            return Err(Problem::new(&INVALID_JSON, "The body broke off."));
        };
        seen += chunk.len();
        if seen <= limit {
            bytes.extend_from_slice(&chunk);
        } else if seen > MOST_DISCARDED.max(limit) {
            break;
        }
    }
    if seen <= limit { Ok(bytes.into()) } else { Err(too_large(limit)) }
}

/// SHA-256 over a body's raw bytes, in hex.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn too_large(limit: usize) -> Problem {
    Problem::new(&crate::problem::BODY_TOO_LARGE, format!("The body may have {limit} bytes."))
}

fn not_json() -> Problem {
    Problem::new(
        &crate::problem::UNSUPPORTED_MEDIA_TYPE,
        "The body must be JSON, with `Content-Type: application/json`.",
    )
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let detail = format!("The body is not UTF-8 from byte {} on.", error.valid_up_to());
        Problem::new(&INVALID_JSON, detail)
    })?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let Object(value) = serde_path_to_error::deserialize(&mut reader).map_err(|error| refuse(&error))?;
    reader.end().map_err(|error| not_parsed(&error))?;
    Ok(value)
}

fn refuse(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    if error.inner().is_data() { fault::of(error.path(), error.inner()).into() } else { not_parsed(error.inner()) }
}

fn not_parsed(error: &serde_json::Error) -> Problem {
    let detail = format!("The body is no JSON: line {}, column {}.", error.line(), error.column());
    Problem::new(&INVALID_JSON, detail)
}
