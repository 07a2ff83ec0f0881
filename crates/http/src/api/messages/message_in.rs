//! A message as a caller writes it.

use super::{
    content_in::{Fields, form},
    relations_in,
};
use crate::extract::{ClientRef, JsonObject};
use serde_json::{Map, Value};
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
    let answered = relations_in::context(&mut fields, form);
    let mentions = relations_in::mentions(&mut fields);
    let client_ref = client_ref(&mut fields);
    let send_at = fields.optional("send_at", time);
    let expires_at = fields.optional("expires_at", time);
    let metadata = metadata(&mut fields);
    let read = to.zip(content).zip(metadata).map(|((to, content), metadata)| {
        let new = NewMessage::new(to, content);
        NewMessage { account_id, context: answered, mentions, client_ref, metadata, send_at, expires_at, ..new }
    });
    fields.finish(read)
}

/// The caller's own reference.
pub(super) fn client_ref(fields: &mut Fields<'_>) -> Option<String> {
    fields.optional("client_ref", |text| {
        let read = ClientRef::read(text.to_owned());
        read.map(|text| text.0).map_err(|(code, detail)| FieldError::new("", code, detail))
    })
}

/// The caller's own data; `None` only after a fault.
pub(super) fn metadata(fields: &mut Fields<'_>) -> Option<Map<String, Value>> {
    let metadata = fields.object("metadata");
    if metadata.len() > MOST_METADATA {
        let detail = format!("At most {MOST_METADATA} entries are allowed.");
        fields.fault(FieldError::new("metadata", "too_many", detail));
        return None;
    }
    Some(metadata)
}

fn time(text: &str) -> Result<Timestamp, FieldError> {
    Timestamp::parse(text).ok_or_else(|| FieldError::format("", "A time such as 2026-01-31T09:30:00Z was expected."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use wagate_model::{Content, content::ContentKind};

    fn faults(body: &Value) -> Vec<(String, &'static str)> {
        let body = JsonObject(body.as_object().unwrap().clone());
        let faults = read(&body).map(drop).unwrap_err();
        faults.into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    #[test]
    fn every_type_is_taken_in_its_own_object() {
        for kind in ContentKind::ALL.iter().filter(|kind| kind.is_written()) {
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
    fn what_it_answers_and_names_is_read_strictly() {
        let with = |field: &str, value: Value| json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}, (field): value});
        let id = "msg_01jd0c2q4w8v7h3n5k6m9p0r1s";
        let body = with("context", json!({"message_id": id}));
        assert_eq!(read(&JsonObject(body.as_object().unwrap().clone())).unwrap().context, id.parse().ok());
        let many: Vec<_> = (0..101).map(|n| format!("+1555010{n:04}")).collect();
        for (field, value, fault) in [
            ("context", json!("x"), ("context", "wrong_type")),
            ("context", json!({}), ("context/message_id", "required")),
            ("context", json!({"message_id": "msg_1"}), ("context/message_id", "invalid_format")),
            ("context", json!({"message_id": id, "x": 1}), ("context/x", "unknown_field")),
            ("mentions", json!("+15550100001"), ("mentions", "wrong_type")),
            ("mentions", json!(["+15550100001", 5]), ("mentions/1", "wrong_type")),
            ("mentions", json!(["nobody"]), ("mentions/0", "invalid_format")),
            ("mentions", json!(["1234@g.us"]), ("mentions/0", "not_allowed")),
            ("mentions", json!(["+15550100001", "1234@lid", "+15550100001"]), ("mentions/2", "not_allowed")),
            ("mentions", json!(many), ("mentions", "too_many")),
        ] {
            assert_eq!(faults(&with(field, value)), [(fault.0.to_owned(), fault.1)]);
        }
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
