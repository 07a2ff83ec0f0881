//! Takes a person out of JSON that tells of them.

use serde_json::{Map, Value, json};
use wagate_model::{ChatAddress, MessageId};

/// What stays of an object that names the person, beside times (`..._at`).
const KEPT: &[&str] = &[
    "id",
    "mode",
    "account_id",
    "direction",
    "origin",
    "status",
    "reason",
    "hold_reason",
    "outcome_unknown",
    "attempts",
    "retry_of",
    "history",
    "object",
];

/// Whom to take out, and what stands in their place.
#[derive(Debug)]
pub(super) struct Person<'a> {
    pub(super) address: &'a ChatAddress,
    pub(super) instead: &'a ChatAddress,
    /// Later messages are not touched.
    pub(super) until: MessageId,
}

impl Person<'_> {
    /// Takes the person out; answers whether they were there.
    pub(super) fn take_out_of(&self, value: &mut Value) -> bool {
        match value {
            Value::Array(items) => items.iter_mut().map(|item| self.take_out_of(item)).max().unwrap_or(false),
            Value::Object(object) if object.values().any(|value| self.is_named(value)) => self.empty(object),
            // A message of somebody else that speaks of them is theirs who wrote it.
            Value::Object(object) if is_message(object) => false,
            Value::Object(object) => object.values_mut().map(|value| self.take_out_of(value)).max().unwrap_or(false),
            _ => false,
        }
    }

    fn is_named(&self, value: &Value) -> bool {
        value.as_str() == Some(self.address.as_str())
    }

    fn empty(&self, object: &mut Map<String, Value>) -> bool {
        let id = object.get("id").and_then(Value::as_str).and_then(|id| id.parse::<MessageId>().ok());
        if id.is_some_and(|id| id > self.until) {
            return false;
        }
        let is_message = is_message(object);
        if let (true, Some(kind)) = (is_message, object.get("type").and_then(Value::as_str).map(str::to_owned)) {
            object.remove(&kind);
        }
        for (key, value) in object.iter_mut() {
            if self.is_named(value) {
                *value = json!(self.instead);
            } else if !KEPT.contains(&key.as_str()) && !key.ends_with("_at") {
                empty_value(value);
            }
        }
        if is_message {
            object.insert("type".to_owned(), json!("unsupported"));
            object.insert("unsupported".to_owned(), json!({ "description": "erased" }));
        }
        true
    }
}

fn is_message(object: &Map<String, Value>) -> bool {
    object.contains_key("direction") && object.contains_key("chat_id")
}

fn empty_value(value: &mut Value) {
    match value {
        Value::Object(object) => object.clear(),
        Value::Array(items) => items.clear(),
        Value::String(_) => *value = Value::Null,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wagate_model::id::Ulid;

    const EARLY: &str = "msg_01jd0c2q4w8v7h3n5k6m9p0r1s";

    fn taken_out(mut value: Value) -> Value {
        let (address, instead) = ("+15550100001".parse().unwrap(), "00001@lid".parse().unwrap());
        let until = MessageId::from(Ulid(u128::MAX >> 2));
        Person { address: &address, instead: &instead, until }.take_out_of(&mut value);
        value
    }

    #[test]
    fn of_a_message_only_what_counts_stays() {
        let message = json!({"id": EARLY, "direction": "outgoing", "chat_id": "+15550100001", "to": "+15550100001",
            "type": "text", "text": {"body": "Hi Ann"}, "status": "read", "client_ref": "ann", "metadata": {"a": "Ann"},
            "later_field": ["Ann"], "created_at": "2026-01-01T00:00:00Z", "attempts": 1});
        let event = taken_out(json!({"id": "evt_1", "sequence": 7, "data": message}));
        assert_eq!(
            event,
            json!({"id": "evt_1", "sequence": 7, "data": {"id": EARLY, "direction": "outgoing", "chat_id": "00001@lid",
                "to": "00001@lid", "type": "unsupported", "unsupported": {"description": "erased"}, "status": "read",
                "client_ref": null, "metadata": {}, "later_field": [], "created_at": "2026-01-01T00:00:00Z", "attempts": 1}})
        );
    }

    #[test]
    fn others_and_what_came_later_stay_as_they_are() {
        let late = MessageId::from(Ulid(u128::MAX));
        for value in [
            json!({"data": {"id": late, "direction": "incoming", "chat_id": "+15550100001", "text": {"body": "Hi"}}}),
            json!({"data": {"id": EARLY, "direction": "incoming", "chat_id": "+15550100002",
                "contacts": [{"phone": "+15550100001"}]}}),
            json!([1, "x", null, {"a": {"b": []}}]),
        ] {
            assert_eq!(taken_out(value.clone()), value);
        }
    }

    #[test]
    fn what_else_names_them_is_emptied() {
        let answer =
            taken_out(json!({"data": [{"id": "ct_1", "address": "+15550100001", "name": "Ann", "labels": ["x"]}]}));
        assert_eq!(answer, json!({"data": [{"id": "ct_1", "address": "00001@lid", "name": null, "labels": []}]}));
    }
}
