//! Every kind of problem: its status, code and title, and whether asking again can help.

use axum::http::StatusCode;

/// A kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The answer's status.
    pub(crate) status: StatusCode,
    /// The stable word for programs. Conflicts carry codes of their own.
    pub(crate) code: &'static str,
    /// The same in a few words, for people.
    pub(crate) title: &'static str,
    /// Whether the very same request may succeed later.
    pub(crate) is_retryable: bool,
    /// Whether the answer is kept under an idempotency key.
    pub(crate) is_kept: bool,
}

macro_rules! kinds {
    ($($name:ident = $status:ident, $code:literal, $title:literal $(, $mark:ident)*;)+) => {
        $(
            pub(crate) static $name: Kind = Kind {
                status: StatusCode::$status,
                code: $code,
                title: $title,
                is_retryable: kinds!(@has retryable $($mark)*),
                is_kept: kinds!(@has kept $($mark)*),
            };
        )+

        /// Every kind, by status.
        pub(crate) static ALL: &[&Kind] = &[$(&$name),+];
    };
    (@has retryable retryable $($rest:ident)*) => { true };
    (@has kept kept $($rest:ident)*) => { true };
    (@has $wanted:ident $other:ident $($rest:ident)*) => { kinds!(@has $wanted $($rest)*) };
    (@has $wanted:ident) => { false };
}

kinds! {
    INVALID_JSON = BAD_REQUEST, "invalid_json", "The body is not JSON";
    INVALID_MULTIPART = BAD_REQUEST, "invalid_multipart", "The form cannot be read";
    INVALID_HEADER = BAD_REQUEST, "invalid_header", "A header is not valid";
    UNAUTHENTICATED = UNAUTHORIZED, "unauthenticated", "A valid credential is needed";
    FORBIDDEN = FORBIDDEN, "forbidden", "The credential does not carry what is needed";
    WORKSPACE_SUSPENDED = FORBIDDEN, "workspace_suspended", "The workspace is suspended";
    LIMIT_REACHED = FORBIDDEN, "limit_reached", "A limit of the workspace is reached";
    NOT_FOUND = NOT_FOUND, "not_found", "There is no such thing", kept;
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED, "method_not_allowed", "The path has no such method";
    REQUEST_TIMEOUT = REQUEST_TIMEOUT, "request_timeout", "The body took too long to arrive", retryable;
    CONFLICT = CONFLICT, "conflict", "The present state does not allow it";
    GONE = GONE, "gone", "It was there and is kept no more";
    BODY_TOO_LARGE = PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large";
    UNSUPPORTED_MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be JSON, or a form where files are taken";
    RANGE_NOT_SATISFIABLE = RANGE_NOT_SATISFIABLE, "range_not_satisfiable", "The file has no such bytes";
    VALIDATION_FAILED = UNPROCESSABLE_ENTITY, "validation_failed", "The input is not valid";
    IDEMPOTENCY_KEY_REUSED = UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The idempotency key was used with another body";
    UNSUPPORTED_BY_PROVIDER = UNPROCESSABLE_ENTITY, "unsupported_by_provider", "The account's provider cannot do it", kept;
    RATE_LIMITED = TOO_MANY_REQUESTS, "rate_limited", "Too many requests", retryable;
    QUOTA_EXCEEDED = TOO_MANY_REQUESTS, "quota_exceeded", "The quota of the day is used up", retryable;
    INTERNAL = INTERNAL_SERVER_ERROR, "internal", "A fault of the gateway", retryable;
    PROVIDER_FAILED = BAD_GATEWAY, "provider_failed", "The provider did not do it", retryable;
    UNAVAILABLE = SERVICE_UNAVAILABLE, "unavailable", "A part of the gateway is not available", retryable;
}
