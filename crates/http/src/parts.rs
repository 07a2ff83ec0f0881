//! What the HTTP side is made of, and the state that its handlers share.

use axum::extract::FromRef;
use ipnet::IpNet;
use secrecy::SecretString;
use std::sync::Arc;
use wagate_engine::Engine;

/// What [`router`](crate::router()) needs.
#[derive(Clone)]
pub struct HttpParts {
    /// What does the work.
    pub engine: Engine,
    /// The bearer token of the operator's API; without one that API answers 404.
    pub operator_token: Option<SecretString>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The largest body of a request, in bytes.
    pub body_limit: usize,
}

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct HttpState {
    pub(crate) engine: Engine,
    pub(crate) operator_token: OperatorToken,
}

/// The operator's token, if there is one.
#[derive(Clone)]
pub(crate) struct OperatorToken(pub(crate) Option<Arc<SecretString>>);

impl FromRef<HttpState> for Engine {
    fn from_ref(state: &HttpState) -> Self {
        state.engine.clone()
    }
}

impl FromRef<HttpState> for OperatorToken {
    fn from_ref(state: &HttpState) -> Self {
        state.operator_token.clone()
    }
}
