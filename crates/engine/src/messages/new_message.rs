//! A message as a caller wants it sent, and what can be said of it without looking anything up.

use crate::{Error, Result};
use serde_json::{Map, Value};
use wagate_model::{AccountId, ChatAddress, Content, FieldError};

/// A message as the caller wrote it.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The account that shall send it; may be left out if the caller can use exactly one.
    pub account_id: Option<AccountId>,
    /// Whom it goes to.
    pub to: ChatAddress,
    /// What it says.
    pub content: Content,
    /// The caller's own reference, up to 255 characters.
    pub client_ref: Option<String>,
    /// The caller's own data, up to 4,096 bytes as JSON.
    pub metadata: Map<String, Value>,
}

const LONGEST_CLIENT_REF: usize = 255;
const LARGEST_METADATA: usize = 4096;

/// The first step of accepting: its fields, each by itself.
pub(super) fn check(new: &NewMessage) -> Result<()> {
    let mut faults = Vec::new();
    if let Some(reference) = &new.client_ref {
        if reference.chars().count() > LONGEST_CLIENT_REF {
            faults.push(FieldError::new("client_ref", "too_long", format!("At most {LONGEST_CLIENT_REF} characters.")));
        }
        if reference.contains('\0') {
            faults.push(FieldError::format("client_ref", "A text without NUL was expected."));
        }
    }
    if !new.metadata.is_empty() && Value::Object(new.metadata.clone()).to_string().len() > LARGEST_METADATA {
        faults.push(FieldError::new("metadata", "too_long", format!("At most {LARGEST_METADATA} bytes of JSON.")));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}
