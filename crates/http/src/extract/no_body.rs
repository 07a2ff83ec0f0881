//! The body of a POST that takes none.

use super::body::{hash, read_request};
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use wagate_model::FieldError;

/// No body, or an empty object, with the SHA-256 of its bytes in hex; 422 for anything else.
pub(crate) struct NoBody(pub(crate) String);

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = read_request(request).await?;
        let mut marks = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
        match (marks.next(), marks.next(), marks.next()) {
            (None, ..) | (Some(b'{'), Some(b'}'), None) => Ok(Self(hash(&bytes))),
            _ => Err(FieldError::new("", "not_allowed", "This takes no body.").into()),
        }
    }
}
