//! What a message answers and whom it names, as a caller writes it.

use super::content_in::Fields;
use serde_json::Value;
use utoipa::{
    ToSchema as _,
    openapi::{
        ObjectBuilder, Ref, RefOr, Schema,
        schema::{AdditionalProperties, ArrayBuilder},
    },
};
use wagate_model::{ChatAddress, FieldError, Relations};

/// The field `context`: `{"message_id": "..."}`, its id read by `read`.
pub(crate) fn context<T>(fields: &mut Fields<'_>, read: impl FnOnce(&str) -> Result<T, FieldError>) -> Option<T> {
    fields.given_object("context", |inner| inner.needed("message_id", read))
}

/// A message's id: ours, or one of the network's of up to 128 visible ASCII characters.
pub(crate) fn any_id(text: &str) -> Result<String, FieldError> {
    let is_id = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    let wrong = || FieldError::format("", "An id of up to 128 visible ASCII characters was expected.");
    is_id.then(|| text.to_owned()).ok_or_else(wrong)
}

/// The field `mentions`: people by number or LID, each once.
pub(crate) fn mentions(fields: &mut Fields<'_>) -> Vec<ChatAddress> {
    fields.given_list("mentions", Relations::MOST_MENTIONS, person).unwrap_or_default()
}

fn person(value: &Value, before: &[ChatAddress]) -> Result<ChatAddress, FieldError> {
    let text = value.as_str().ok_or_else(|| FieldError::new("", "wrong_type", "A text was expected."))?;
    let address: ChatAddress = text.parse()?;
    if address.phone_number().is_none() && !text.ends_with("@lid") {
        return Err(FieldError::new("", "not_allowed", "Only people can be named: a number, or an address ...@lid."));
    }
    if before.contains(&address) {
        return Err(FieldError::new("", "not_allowed", "Everyone can be named once."));
    }
    Ok(address)
}

/// How the document describes `context`.
pub(super) fn schema(description: &str, id: RefOr<Schema>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .description(Some(description))
        .property("message_id", id)
        .required("message_id")
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
        .into()
}

/// How the document describes `mentions`.
pub(super) fn people() -> RefOr<Schema> {
    ArrayBuilder::new()
        .description(Some("Whom the message names: numbers, or addresses `...@lid`, each once."))
        .items(Ref::from_schema_name(ChatAddress::name()))
        .max_items(Some(Relations::MOST_MENTIONS))
        .unique_items(true)
        .into()
}
