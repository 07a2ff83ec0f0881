//! `Idempotency-Key` on POSTs: the first answer again for the same key and body.
//!
//! Sending and retrying a message are not here: their key commits with the message, in the engine.

use crate::{
    answer::CarriesSecret,
    extract::{Authenticated, BodyLimit, IdempotencyKey, hash, read_bytes},
    parts::HttpState,
    problem::{self, Answer, Problem},
    request_context::request_id,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts as _, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use wagate_engine::{
    Engine,
    idempotency::{Begun, IdempotencyTicket, IdempotencyUse},
};
use wagate_model::{Caller, RequestId};

/// The header that says that an answer is an earlier one.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The layer around the routes whose answers are kept.
pub(crate) async fn keep(State(state): State<HttpState>, request: Request, next: Next) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    once(&state, parts, body, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn once(state: &HttpState, mut parts: Parts, body: Body, next: Next) -> Answer<Response> {
    let Authenticated(caller) = Authenticated::from_request_parts(&mut parts, state).await?;
    let Some(key) = IdempotencyKey::read(&parts.headers)?.0 else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let limit = parts.extensions.get::<BodyLimit>().map_or(usize::MAX, |limit| limit.0);
    let bytes = read_bytes(body, limit).await?;
    match begin(&state.engine, &caller, &parts, key, &bytes).await? {
        Begun::Replay { status, body } => Ok(replay(status, body)),
        Begun::Fresh(ticket) => {
            let id = request_id(&parts.extensions);
            let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
            Ok(conclude(&state.engine, ticket, response, id).await)
        }
    }
}

async fn begin(engine: &Engine, caller: &Caller, parts: &Parts, key: String, bytes: &Bytes) -> Answer<Begun> {
    let path = parts.uri.path().to_owned();
    let request = IdempotencyUse { method: "POST", path, key, body_hash: hash(bytes) };
    Ok(engine.idempotency_begin(caller, &request).await?)
}

/// Keeps the answer, or lets the key be used anew.
pub(crate) async fn conclude(
    engine: &Engine,
    ticket: IdempotencyTicket,
    response: Response,
    id: RequestId,
) -> Response {
    let is_kept = match response.extensions().get::<Problem>() {
        Some(problem) => problem.is_kept(),
        None => response.status().is_success(),
    };
    let is_secret = response.extensions().get::<CarriesSecret>().is_some();
    let (parts, body) = problem::render(response, id).into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let done = if is_kept {
        engine.idempotency_finish(ticket, parts.status.as_u16(), bytes.to_vec(), is_secret).await
    } else {
        engine.idempotency_abandon(ticket).await
    };
    if let Err(error) = done {
        // What was asked for is done; the caller shall hear so. The key's lease ends by itself.
        tracing::warn!(%error, "the answer could not be kept under its idempotency key");
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// An earlier answer, given again.
pub(crate) fn replay(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let media_type = if status.is_success() { "application/json" } else { problem::MEDIA_TYPE };
    let is_empty = body.is_empty();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if !is_empty {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
