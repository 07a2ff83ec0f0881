//! Problem documents (RFC 9457): the only way in which the API says no.

mod document;
mod table;

pub(crate) use document::{MEDIA_TYPE, ProblemDocument, render};
pub(crate) use table::*;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::{borrow::Cow, time::Duration};
use wagate_engine::Error;
use wagate_model::{FieldError, Policy, Reason, Timestamp};

/// What handlers answer: something good, or a problem.
pub(crate) type Answer<T> = Result<T, Problem>;

/// Why a request was not done.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    kind: &'static Kind,
    code: Cow<'static, str>,
    detail: String,
    errors: Vec<FieldError>,
    reason: Option<Reason>,
    retry_after: Option<Duration>,
    resets_at: Option<Timestamp>,
}

impl Problem {
    /// A problem of a kind, with what happened in this case.
    pub(crate) fn new(kind: &'static Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code: Cow::Borrowed(kind.code),
            detail: detail.into(),
            errors: Vec::new(),
            reason: None,
            retry_after: None,
            resets_at: None,
        }
    }

    /// Fields that are not as they should be.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.field.is_empty() => one.detail.clone(),
            [one] => format!("`{}`: {}", one.field, one.detail),
            more => format!("{} fields are not valid; `errors` names them.", more.len()),
        };
        Self { errors, ..Self::new(&VALIDATION_FAILED, detail) }
    }

    /// An id of nothing, or of something that the caller may not know of.
    pub(crate) fn not_found(what: &'static str) -> Self {
        Error::NotFound(what).into()
    }

    /// A fault of the gateway, of which nothing is told.
    pub(crate) fn internal() -> Self {
        Self::new(&INTERNAL, "Something went wrong inside the gateway; the request id helps to find it.")
    }

    /// Whether the answer is kept under an idempotency key: only what came of work that was done,
    /// not what the caller or time may repair.
    pub(crate) const fn is_kept(&self) -> bool {
        self.kind.is_kept
    }

    fn code(mut self, code: &'static str) -> Self {
        self.code = Cow::Borrowed(code);
        self
    }
}

impl From<Vec<FieldError>> for Problem {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::invalid(errors)
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::invalid(vec![error])
    }
}

/// The one table from what the engine means to what HTTP says.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        match error {
            Error::Unauthenticated(_) => Self::new(&UNAUTHENTICATED, sentence(&said)),
            Error::Forbidden(_) => Self::new(&FORBIDDEN, said),
            Error::Suspended(_) => Self::new(&WORKSPACE_SUSPENDED, sentence(&said)),
            Error::NotFound(_) => Self::new(&NOT_FOUND, sentence(&said)),
            Error::Invalid(errors) => Self::invalid(errors),
            Error::Conflict { code, .. } => Self::new(&CONFLICT, said).code(code),
            Error::Gone { code, .. } => Self::new(&GONE, said).code(code),
            Error::IdempotencyMismatch => Self::new(&IDEMPOTENCY_KEY_REUSED, sentence(&said)),
            Error::UnsupportedByProvider(_) => Self::new(&UNSUPPORTED_BY_PROVIDER, said),
            Error::LimitReached { .. } => Self::new(&LIMIT_REACHED, said),
            Error::RateLimited { retry_after } => {
                Self { retry_after: Some(retry_after), ..Self::new(&RATE_LIMITED, sentence(&said)) }
            }
            Error::QuotaExceeded { retry_after, resets_at, .. } => {
                Self { retry_after: Some(retry_after), resets_at: Some(resets_at), ..Self::new(&QUOTA_EXCEEDED, said) }
            }
            Error::Provider(failure) => {
                Self { reason: Some(failure.reason), ..Self::new(&PROVIDER_FAILED, failure.detail) }
            }
            Error::Unavailable { part, source } => unavailable(part, source.as_deref()),
            Error::Internal(source) => {
                tracing::error!(error = chain(source.as_ref()), "a request failed inside the gateway");
                Self::internal()
            }
        }
    }
}

fn unavailable(part: &'static str, source: Option<&(dyn std::error::Error + Send + Sync + 'static)>) -> Problem {
    let cause = source.map(|source| chain(source));
    tracing::error!(part, error = cause, "a request met a part that is away");
    Problem {
        retry_after: Some(Duration::from_secs(1)),
        ..Problem::new(&UNAVAILABLE, format!("The {part} is not available at the moment."))
    }
}

/// An error and all that caused it, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// `no such message` as `No such message.`
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Without its body, which [`render`] writes once the request's id is at hand.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status.into_response();
        let headers = response.headers_mut();
        if self.kind.status == axum::http::StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"wagate\""));
        }
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    fn is_retryable(&self) -> bool {
        match self.reason {
            Some(reason) => matches!(reason.policy(), Policy::Retry | Policy::SlowDown(_)),
            None => self.kind.is_retryable,
        }
    }
}

#[cfg(test)]
mod tests;
