//! What content is taken, what is refused and where the fault is said to be.

mod interactive;
mod plain;
mod template;

use super::{Content, ContentKind};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The paths and codes of what is wrong with a body.
fn faults(kind: &str, body: &Value) -> Vec<(String, &'static str)> {
    let faults = Content::parse(kind.parse().unwrap(), body).expect_err("nothing is wrong with it");
    faults.into_iter().map(|fault| (fault.field, fault.code)).collect()
}

#[track_caller]
fn refuses(kind: &str, body: &Value, field: &str, code: &str) {
    assert_eq!(faults(kind, body), [(field.to_owned(), code)], "{kind}: {body}");
}

#[track_caller]
fn takes(kind: &str, body: &Value) {
    let content = Content::parse(kind.parse().unwrap(), body).unwrap();
    assert_eq!(&content.to_json(), body);
}

#[test]
fn every_sample_is_read_as_itself() {
    for (content, kind) in Content::samples().into_iter().zip(ContentKind::ALL) {
        assert_eq!(content.kind(), *kind);
        let body = content.to_json();
        assert_eq!(Content::parse(*kind, &body), Ok(content.clone()), "{body}");
        assert_eq!(Content::from_stored(*kind, &body.to_string()), Ok(content), "{body}");
    }
}

#[test]
fn the_words_for_types_are_the_same_everywhere() {
    for kind in ContentKind::ALL {
        assert_eq!(json!(kind), json!(kind.as_str()));
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
}

#[test]
fn nothing_that_was_said_is_printed_by_debug() {
    for content in Content::samples() {
        let printed = format!("{content:?}");
        let mut said = Vec::new();
        collect_texts(&content.to_json(), &mut said);
        for text in said.iter().filter(|text| text.len() > 4) {
            assert!(!printed.contains(text), "{printed} shows {text}");
        }
    }
    assert_eq!(format!("{:?}", Content::sample(ContentKind::Text)), "Text(Text { characters: 25, .. })");
}

fn collect_texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| collect_texts(field, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn an_unreadable_row_does_not_show_what_it_holds() {
    let error = Content::from_stored(ContentKind::Text, r#"{"body":"hi","preview_url":"secret words"}"#).unwrap_err();
    assert!(error.to_string().starts_with("stored text content cannot be read: Data error"), "{error}");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[test]
fn all_faults_are_told_at_once() {
    let body = json!({"preview_url": 1, "foo": 1, "a/b~c": 2});
    let expected = [
        ("text/body", "required"),
        ("text/preview_url", "wrong_type"),
        ("text/a~1b~0c", "unknown_field"),
        ("text/foo", "unknown_field"),
    ];
    assert_eq!(faults("text", &body), expected.map(|(field, code)| (field.to_owned(), code)));
}

#[test]
fn the_answer_to_a_hostile_body_stays_small() {
    let fields: Map<_, _> = (0..10_000).map(|n| (format!("{n}{}", "x".repeat(1000)), json!(n))).collect();
    let in_text = faults("text", &Value::Object(fields.clone()));
    assert_eq!(in_text.len(), super::fields::MOST_FAULTS);
    assert!(in_text.iter().all(|(field, _)| field.len() <= 105));
    let in_cards = faults("contacts", &json!([fields, fields]));
    assert_eq!(in_cards.len(), super::fields::MOST_FAULTS);
}

#[test]
fn every_type_refuses_other_json_and_unknown_fields() {
    for content in Content::samples() {
        let kind = content.kind().as_str();
        for wrong in [json!(null), json!("x"), json!(1), json!(true)] {
            refuses(kind, &wrong, kind, "wrong_type");
        }
        let mut body = content.to_json();
        if let Value::Object(fields) = &mut body {
            fields.insert("foo".to_owned(), json!(1));
            refuses(kind, &body, &format!("{kind}/foo"), "unknown_field");
        }
    }
}

#[test]
fn the_schema_of_a_text_states_its_limits() {
    let schema = json!(<super::Text as utoipa::PartialSchema>::schema());
    assert_eq!(schema["properties"]["body"]["maxLength"], super::Text::MOST);
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], json!(["body"]));
}

/// JSON whose keys and words are often the ones that content knows.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        proptest::sample::select(vec![
            "type",
            "text",
            "body",
            "id",
            "link",
            "action",
            "button",
            "buttons",
            "list",
            "cta_url",
            "header",
            "image",
            "parameters",
            "components",
            "rows",
            "sections",
            "name",
            "options",
            "reply",
            "title",
            "language",
            "code",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((word.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_content_or_has_faults_that_name_the_type(kind in proptest::sample::select(ContentKind::ALL), body in any_json()) {
        match Content::parse(kind, &body) {
            Ok(content) => prop_assert_eq!(Content::parse(kind, &content.to_json()), Ok(content)),
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.iter().all(|fault| fault.field.split('/').next() == Some(kind.as_str())));
            }
        }
    }

    #[test]
    fn a_text_is_kept_to_the_letter(body in "\\PC{0,20}[a-zé漢😀]\\PC{0,20}", preview_url: bool) {
        let json = json!({"body": body, "preview_url": preview_url});
        let content = Content::parse(ContentKind::Text, &json).unwrap();
        prop_assert_eq!(content.to_json(), json.clone());
        prop_assert_eq!(Content::from_stored(ContentKind::Text, &json.to_string()), Ok(content.clone()));
        prop_assert!(content.preview().chars().count() <= 100);
    }
}
