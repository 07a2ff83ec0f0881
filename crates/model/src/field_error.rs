//! What is wrong with one field of an input.

use serde::Serialize;

/// One fault in an input: where, a stable code, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, utoipa::ToSchema)]
#[error("{field}: {detail}")]
pub struct FieldError {
    /// JSON pointer to the field without its first slash, such as `text/body`.
    pub field: String,
    /// Stable code: `required`, `unknown_field`, `wrong_type`, `invalid_format`, `too_long`,
    /// `too_short`, `too_many`, `out_of_range`, `not_allowed`, `not_found` or `unsupported`.
    pub code: &'static str,
    /// What was expected, in one sentence.
    pub detail: String,
}

impl FieldError {
    /// A fault of any code.
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }

    /// A field that must be given and is not.
    pub fn required(field: impl Into<String>) -> Self {
        Self::new(field, "required", "This field is required.")
    }

    /// A field whose value does not have the expected form.
    pub fn format(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(field, "invalid_format", detail)
    }

    /// The same fault, one level further out: `body` inside `text` becomes `text/body`.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        self.field = if self.field.is_empty() { parent.to_owned() } else { format!("{parent}/{}", self.field) };
        self
    }
}
