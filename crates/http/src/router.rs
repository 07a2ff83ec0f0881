//! The whole router: the API, the pages about it, and the layers around both.

use crate::{
    HttpParts, api,
    client_address::TrustedProxies,
    docs, idempotency,
    parts::{HttpState, OperatorToken},
    problem::{METHOD_NOT_ALLOWED, Problem},
    rate_limit::limit,
    request_context::{ContextState, context},
    to_the_end::to_the_end,
};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::post,
};
use std::{any::Any, sync::Arc};
use tower_http::catch_panic::CatchPanicLayer;
use wagate_engine::Engine;

/// Everything that the gateway serves on its public listener.
pub fn router(parts: HttpParts) -> Router {
    router_with(parts, Router::new())
}

/// The same, with `more` routes inside the layers that stand around all of them. Their paths must be
/// other ones.
pub fn router_with(parts: HttpParts, more: Router) -> Router {
    let HttpParts { engine, operator_token, trusted_proxies, body_limit } = parts;
    let ids = engine.clone();
    let around = ContextState {
        new_id: Arc::new(move || ids.new_id()),
        proxies: TrustedProxies::new(trusted_proxies),
        body_limit,
    };
    let state = HttpState { engine, operator_token: OperatorToken(operator_token.map(Arc::new)) };
    let kept = Router::from(api::kept()).route_layer(from_fn_with_state(state.clone(), idempotency::keep));
    let counted = Router::from(api::plain()).merge(kept).route_layer(from_fn_with_state(state.clone(), limit));
    let routes = counted.merge(docs::routes()).with_state(state).merge(more);
    layered(routes, around)
}

/// A route that takes a message as `POST /v1/messages` does, and does nothing with it: for benchmarks,
/// which compare with what the same request costs before anything is stored.
pub fn taking_messages(path: &str, engine: Engine) -> Router {
    let state = HttpState { engine, operator_token: OperatorToken(None) };
    Router::new().route(path, post(api::take_message)).with_state(state)
}

/// What stands around all routes: problems for what no route answers, and the context.
pub(crate) fn layered(routes: Router, around: ContextState) -> Router {
    routes
        .fallback(async || Problem::not_found("path"))
        .method_not_allowed_fallback(async || {
            Problem::new(&METHOD_NOT_ALLOWED, "`Allow` names the methods of this path.")
        })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(around, context))
        .layer(from_fn(to_the_end))
}

/// The panic hook has logged what and where; this says for which request.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}
