//! A problem as it stands in an answer's body.

use super::{Kind, Problem, QUOTA_EXCEEDED, RATE_LIMITED};
use crate::rate_limit;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use serde::Serialize;
use wagate_model::{FieldError, Reason, RequestId, Timestamp};

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not done (RFC 9457).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    /// Where the problem is explained; relative to this gateway.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#validation_failed")]
    kind: String,
    /// The kind of problem, for people.
    #[schema(example = "The input is not valid")]
    title: &'static str,
    /// The answer's status.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    status: u16,
    /// What happened in this case, for people.
    #[schema(example = "`to`: This field is required.")]
    detail: String,
    /// The kind of problem, for programs; stable.
    #[schema(example = "validation_failed")]
    code: String,
    /// The id of this request, for support; the same as the `x-request-id` header.
    request_id: RequestId,
    /// Whether the very same request may succeed later.
    retryable: bool,
    /// The reason of a provider's refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// When a quota that is used up begins anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    resets_at: Option<Timestamp>,
    /// The limits on time that the request violates: `workspace` for requests in a minute, `messages` for
    /// messages in a day.
    #[serde(rename = "violated-policies", skip_serializing_if = "<[_]>::is_empty")]
    violated_policies: &'static [&'static str],
    /// The fields that are not valid.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl ProblemDocument {
    /// A problem of a request, whole.
    pub(crate) fn new(problem: Problem, request_id: RequestId) -> Self {
        Self {
            kind: format!("/docs/problems#{}", problem.kind.code),
            title: problem.kind.title,
            status: problem.kind.status.as_u16(),
            retryable: problem.is_retryable(),
            detail: problem.detail,
            code: problem.code.into_owned(),
            request_id,
            reason: problem.reason,
            resets_at: problem.resets_at,
            violated_policies: violated(problem.kind),
            errors: problem.errors,
        }
    }
}

fn violated(kind: &Kind) -> &'static [&'static str] {
    if *kind == RATE_LIMITED {
        &[rate_limit::POLICY]
    } else if *kind == QUOTA_EXCEEDED {
        &["messages"]
    } else {
        &[]
    }
}

/// Writes the body of an answer that carries a problem; any other answer stays as it is.
pub(crate) fn render(mut response: Response, request_id: RequestId) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let document = ProblemDocument::new(problem, request_id);
    let body = serde_json::to_vec(&document).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    *response.body_mut() = Body::from(body);
    response
}
