//! What the engine answers when it cannot do what was asked. Free of transport: one table in the
//! HTTP crate turns it into statuses.

use std::time::Duration;
use wagate_model::{Caller, FieldError, Scope, Timestamp, provider::SendFailure};
use wagate_store::StoreError;

/// The result of everything that the engine does.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, as the caller may know it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No valid credential.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The credential does not carry what is needed.
    #[error("{0}")]
    Forbidden(String),
    /// The workspace is suspended by the operator.
    #[error("the workspace is suspended: {0}")]
    Suspended(String),
    /// It does not exist, or the caller may not know that it does.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The input is wrong; nothing was done.
    #[error("the input is not valid")]
    Invalid(Vec<FieldError>),
    /// The present state does not allow it.
    #[error("{detail}")]
    Conflict {
        /// Stable code, such as `message_not_cancellable`.
        code: &'static str,
        /// What stands against it.
        detail: String,
    },
    /// It was there and is kept no more.
    #[error("{detail}")]
    Gone {
        /// Stable code, such as `events_erased`.
        code: &'static str,
        /// What is gone and where to go on.
        detail: String,
    },
    /// The idempotency key was used with another body.
    #[error("the idempotency key was used with another request body")]
    IdempotencyMismatch,
    /// The account's provider cannot do it.
    #[error("{0}")]
    UnsupportedByProvider(String),
    /// A limit of the workspace's tier is reached.
    #[error("{detail}")]
    LimitReached {
        /// Which limit, such as `accounts`.
        limit: &'static str,
        /// What was reached and what helps.
        detail: String,
    },
    /// Too many requests.
    #[error("too many requests")]
    RateLimited {
        /// When to come back.
        retry_after: Duration,
    },
    /// The quota of a time is used up.
    #[error("{detail}")]
    QuotaExceeded {
        /// Which quota, and when the next one begins.
        detail: String,
        /// How long that is.
        retry_after: Duration,
        /// When it is.
        resets_at: Timestamp,
    },
    /// The provider refused or could not be reached.
    #[error("the provider did not do it")]
    Provider(#[source] SendFailure),
    /// Something that the gateway needs is away; asking again later may help.
    #[error("the {part} is not available")]
    Unavailable {
        /// Which part.
        part: &'static str,
        /// What it said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A fault of the gateway.
    #[error("something is wrong inside the gateway")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// One wrong field.
    pub fn invalid(fault: FieldError) -> Self {
        Self::Invalid(vec![fault])
    }

    /// A state that does not allow it.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict { code, detail: detail.into() }
    }

    /// A fault of the gateway.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        if error.is_unreachable() || error.is_conflict() {
            Self::Unavailable { part: "database", source: Some(Box::new(error)) }
        } else {
            Self::Internal(Box::new(error))
        }
    }
}

/// Refuses a caller whose credential does not carry `scope`.
pub(crate) fn require(caller: &Caller, scope: Scope) -> Result<()> {
    if caller.may(scope) {
        Ok(())
    } else {
        Err(Error::Forbidden(format!("This needs the scope `{scope}`, which the credential does not carry.")))
    }
}

/// Refuses a caller whose workspace may only read.
pub(crate) fn require_active(caller: &Caller) -> Result<()> {
    if caller.is_suspended {
        Err(Error::Suspended("reading goes on, sending and changing do not. Ask your operator.".to_owned()))
    } else {
        Ok(())
    }
}
