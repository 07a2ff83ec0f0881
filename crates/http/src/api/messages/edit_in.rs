//! An edit as a caller writes it.

use crate::extract::JsonObject;
use serde_json::{Value, json};
use wagate_model::{
    Content, FieldError, MessageId,
    content::{ContentKind, Edit},
};

/// Reads the body of an edit; every fault is named.
pub(crate) fn read(id: MessageId, JsonObject(mut body): JsonObject) -> Result<Edit, Vec<FieldError>> {
    if body.contains_key("message_id") {
        return Err(vec![FieldError::new("message_id", "unknown_field", "The path names the message.")]);
    }
    body.insert("message_id".to_owned(), json!(id));
    match Content::parse(ContentKind::Edit, &Value::Object(body)) {
        Ok(Content::Edit(edit)) => Ok(edit),
        Ok(_) => Err(vec![FieldError::required("text")]),
        Err(faults) => Err(faults.into_iter().map(without_type).collect()),
    }
}

/// `text/body` for `edit/text/body`.
fn without_type(mut fault: FieldError) -> FieldError {
    if let Some(field) = fault.field.strip_prefix("edit/") {
        fault.field = field.to_owned();
    }
    fault
}
