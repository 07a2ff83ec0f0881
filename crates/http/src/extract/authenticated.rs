//! Who asks: the caller that a key stands for.

use super::credential::presented;
use crate::{problem::Problem, request_context::request_id};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use wagate_engine::Engine;
use wagate_model::Caller;

/// The caller behind the key in `X-API-Key` or `Authorization`; 401 if there is none.
pub(crate) struct Authenticated(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Authenticated
where
    Engine: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if let Some(caller) = parts.extensions.get::<Caller>() {
            return Ok(Self(caller.clone()));
        }
        let presented = presented(&parts.headers)?;
        let caller = Engine::from_ref(state).authenticate(presented, request_id(&parts.extensions)).await?;
        tracing::Span::current().record("workspace_id", tracing::field::display(caller.workspace_id));
        // The idempotency layer asks first and the handler after it; one look-up serves both.
        parts.extensions.insert(caller.clone());
        Ok(Self(caller))
    }
}
