//! What was begun ends, though the caller hangs up.
//!
//! A server drops the handler of a request whose connection broke. A statement that is dropped in
//! the middle leaves its connection to the database unusable, and a kept answer is never kept; so
//! each request runs on a task of its own, and the caller merely waits for it.

use crate::{leftover::Leftover, problem::Problem};
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tokio::sync::oneshot;

/// The outermost layer.
#[expect(
    clippy::disallowed_methods,
    reason = "the request waits for it; it lives on only if the caller hangs up or still sends, and then briefly"
)]
pub(crate) async fn to_the_end(request: Request, next: Next) -> Response {
    let (answer, answered) = oneshot::channel();
    tokio::spawn(async move {
        let leftover = Leftover::default();
        let response = next.run(leftover.lend(request)).await;
        answer.send(response).ok(); // the caller may have hung up
        leftover.discard().await;
    });
    // It can only have panicked outside of the layer that catches panics.
    answered.await.unwrap_or_else(|_| Problem::internal().into_response())
}
