//! The outermost layer: what every request gets and every answer carries.
//!
//! An id, a span with method, path, status and duration (never a body, a query or a secret),
//! counters, the body of a problem, and the headers that tell browsers to do nothing with it.

use crate::{client_address::TrustedProxies, extract::BodyLimit, problem::render};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{Extensions, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use metrics::counter;
use std::{sync::Arc, time::Instant};
use tracing::{Instrument as _, Span, field::Empty};
use wagate_model::{RequestId, id::Ulid};

/// What the layer needs.
#[derive(Clone)]
pub(crate) struct ContextState {
    /// Makes a request's id.
    pub(crate) new_id: Arc<dyn Fn() -> RequestId + Send + Sync>,
    /// Whose `X-Forwarded-For` is believed.
    pub(crate) proxies: TrustedProxies,
    /// The largest body, in bytes.
    pub(crate) body_limit: usize,
}

/// When a request arrived; its extension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrived(pub(crate) Instant);

/// The name of the header that carries a request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What stands for a path in metrics and logs if no route matches.
const NO_ROUTE: &str = "unmatched";

/// Headers that every answer carries unless it has its own.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
];

/// The id of a request, as this layer gave it.
pub(crate) fn request_id(extensions: &Extensions) -> RequestId {
    extensions.get().copied().unwrap_or_else(|| RequestId::from(Ulid::nil()))
}

/// The layer.
pub(crate) async fn context(State(state): State<ContextState>, mut request: Request, next: Next) -> Response {
    let id = (state.new_id)();
    let path =
        request.extensions().get::<MatchedPath>().map_or_else(|| NO_ROUTE.into(), |path| path.as_str().to_owned());
    let method = known(request.method());
    let span = tracing::info_span!(
        "request", request_id = %id, method, path, workspace_id = Empty, client = Empty, status = Empty, duration_ms = Empty
    );
    if let Some(client) = state.proxies.client(&request) {
        span.record("client", tracing::field::display(client));
    }
    request.extensions_mut().insert(id);
    request.extensions_mut().insert(BodyLimit(state.body_limit));
    let began = Instant::now();
    request.extensions_mut().insert(Arrived(began));
    let response = next.run(request).instrument(span.clone()).await;
    let response = finish(response, id);
    account(&span, method, &path, response.status(), began);
    response
}

fn finish(response: Response, id: RequestId) -> Response {
    let mut response = render(response, id);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn account(span: &Span, method: &'static str, path: &str, status: StatusCode, began: Instant) {
    let took = began.elapsed();
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.record("status", status.as_u16()).record("duration_ms", duration_ms);
    span.in_scope(|| {
        if status.is_server_error() {
            tracing::warn!("answered");
        } else if status.is_client_error() {
            tracing::info!("answered");
        } else {
            tracing::debug!("answered");
        }
    });
    let labels = [("method", method.to_owned()), ("path", path.to_owned()), ("status", status.as_str().to_owned())];
    counter!("http_requests_total", &labels).increment(1);
}

/// The method as a label: a caller cannot make new ones.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
