//! The document is whole: every operation says who may call it, and every reference leads somewhere.

use super::{openapi, shared::operations};
use serde_json::Value;
use std::collections::HashSet;

/// Operations that need no credential.
const PUBLIC: &[&str] = &["read_health", "read_readiness"];

#[test]
fn every_operation_is_described_and_secured() {
    let mut document = openapi();
    let tags: HashSet<_> = document.tags.iter().flatten().map(|tag| tag.name.clone()).collect();
    let mut ids = HashSet::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let id = operation.operation_id.clone().unwrap_or_else(|| panic!("{method} {path} has no id"));
            assert!(operation.summary.as_ref().is_some_and(|text| !text.ends_with('.')), "{id}: summary");
            let named = operation.tags.iter().flatten().all(|tag| tags.contains(tag));
            assert!(named && operation.tags.as_ref().is_some_and(|tags| tags.len() == 1), "{id}: tag");
            let is_secured = operation.security.as_ref().is_some_and(|needs| !needs.is_empty());
            assert_eq!(is_secured, !PUBLIC.contains(&id.as_str()), "{id}: security");
            assert!(ids.insert(id.clone()), "{id} is given twice");
        }
    }
    assert!(ids.len() > 40);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut references = Vec::new();
    gather(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn gather(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            references.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| gather(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| gather(value, references)),
        _ => {}
    }
}

#[test]
fn bodies_are_closed_and_ids_have_their_form() {
    let document = serde_json::to_value(openapi()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        if name.ends_with("In") && schema.get("oneOf").is_none() || name.ends_with("Patch") {
            assert_eq!(schema["additionalProperties"], false, "{name}");
        }
    }
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(schemas["MessageIn"]["oneOf"].as_array().unwrap().len(), 13);
    assert_eq!(schemas["MessageIn"]["discriminator"]["mapping"]["text"], "#/components/schemas/TextMessageIn");
    let id = &document["paths"]["/v1/messages/{id}"]["get"]["parameters"][0];
    assert_eq!((&id["name"], &id["in"], &id["required"]), (&"id".into(), &"path".into(), &true.into()));
}
