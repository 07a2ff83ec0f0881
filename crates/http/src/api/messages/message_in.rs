//! A message as a caller writes it.

use super::content_in::{Fields, form};
use crate::extract::{ClientRef, JsonObject};
use wagate_engine::messages::NewMessage;
use wagate_model::{ChatAddress, FieldError, Timestamp};

/// The most entries of `metadata`.
pub(super) const MOST_METADATA: usize = 50;

/// Reads the body of `POST /v1/messages`; every fault is named.
pub(super) fn read(body: &JsonObject) -> Result<NewMessage, Vec<FieldError>> {
    let mut fields = Fields::of(&body.0);
    let account_id = fields.optional("account_id", form);
    let to = fields.needed("to", str::parse::<ChatAddress>);
    let content = fields.content();
    let client_ref = fields.optional("client_ref", |text| {
        let read = ClientRef::read(text.to_owned());
        read.map(|text| text.0).map_err(|(code, detail)| FieldError::new("", code, detail))
    });
    let send_at = fields.optional("send_at", time);
    let expires_at = fields.optional("expires_at", time);
    let metadata = fields.object("metadata");
    if metadata.len() > MOST_METADATA {
        let detail = format!("At most {MOST_METADATA} entries are allowed.");
        return Err(vec![FieldError::new("metadata", "too_many", detail)]);
    }
    let read = to.zip(content).map(|(to, content)| NewMessage {
        account_id,
        to,
        content,
        client_ref,
        metadata,
        send_at,
        expires_at,
    });
    fields.finish(read)
}

fn time(text: &str) -> Result<Timestamp, FieldError> {
    Timestamp::parse(text).ok_or_else(|| FieldError::format("", "A time such as 2026-01-31T09:30:00Z was expected."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use wagate_model::{Content, content::ContentKind};

    fn faults(body: &Value) -> Vec<(String, &'static str)> {
        let body = JsonObject(body.as_object().unwrap().clone());
        let faults = read(&body).map(drop).unwrap_err();
        faults.into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    #[test]
    fn every_type_is_taken_in_its_own_object() {
        for kind in ContentKind::ALL.iter().filter(|kind| !kind.is_inbound_only()) {
            let sample = Content::sample(*kind).to_json();
            let body = json!({"to": "+15550100001", "type": kind, (kind.as_str()): sample});
            let read = read(&JsonObject(body.as_object().unwrap().clone())).unwrap();
            assert_eq!(read.content.kind(), *kind);
        }
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let body = json!({"account_id": "acc_1", "to": "nobody", "type": "text", "text": {"body": "", "bold": 1},
            "image": {}, "client_ref": 5, "metadata": [], "priority": 1, "a/b": 1});
        assert_eq!(
            faults(&body),
            [
                ("account_id", "invalid_format"),
                ("to", "invalid_format"),
                ("image", "not_allowed"),
                ("text/body", "too_short"),
                ("text/bold", "unknown_field"),
                ("client_ref", "wrong_type"),
                ("metadata", "wrong_type"),
                ("a~1b", "unknown_field"),
                ("priority", "unknown_field"),
            ]
            .map(|(field, code)| (field.to_owned(), code))
        );
    }

    #[test]
    fn type_and_object_belong_together() {
        assert_eq!(faults(&json!({"to": "+15550100001", "type": "text"})), [("text".to_owned(), "required")]);
        assert_eq!(faults(&json!({"to": "+15550100001", "text": {"body": "x"}})), [("type".to_owned(), "required")]);
        assert_eq!(
            faults(&json!({"to": "+15550100001", "type": "unsupported", "unsupported": {"description": "x"}})),
            [("type".to_owned(), "not_allowed")]
        );
        assert_eq!(faults(&json!({"type": "text", "text": null})).len(), 2);
    }
}
