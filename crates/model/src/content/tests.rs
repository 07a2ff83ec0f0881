//! What content is taken, what is refused and where the fault is said to be.

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
fn a_text_has_1_to_4096_characters_of_which_one_is_visible() {
    takes("text", &json!({"body": "a\u{1F600}\n", "preview_url": true}));
    takes("text", &json!({"body": "é".repeat(4096), "preview_url": false}));
    refuses("text", &json!({"body": "é".repeat(4097)}), "text/body", "too_long");
    refuses("text", &json!({"body": ""}), "text/body", "too_short");
    refuses("text", &json!({"body": " \n\u{7}\u{a0}"}), "text/body", "invalid_format");
    refuses("text", &json!({"body": "a\u{0}b"}), "text/body", "invalid_format");
    refuses("text", &json!({}), "text/body", "required");
    refuses("text", &json!({"body": null}), "text/body", "wrong_type");
    refuses("text", &json!({"body": 7}), "text/body", "wrong_type");
    refuses("text", &json!({"body": "a", "preview_url": "yes"}), "text/preview_url", "wrong_type");
    refuses("text", &json!({"body": "a", "preview_url": null}), "text/preview_url", "wrong_type");
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
    let faults = faults("text", &Value::Object(fields));
    assert_eq!(faults.len(), super::fields::MOST_FAULTS);
    assert!(faults.iter().all(|(field, _)| field.len() <= 105));
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
fn a_file_comes_from_an_id_or_a_link() {
    for kind in ["image", "video", "audio", "voice", "document", "sticker"] {
        takes(kind, &json!({"id": "1234"}));
        takes(kind, &json!({"link": "https://example.com/a.b"}));
        refuses(kind, &json!({}), &format!("{kind}/id"), "required");
        refuses(kind, &json!({"id": null}), &format!("{kind}/id"), "required");
        refuses(kind, &json!({"id": "1", "link": "https://example.com"}), &format!("{kind}/link"), "not_allowed");
        refuses(kind, &json!({"id": 1}), &format!("{kind}/id"), "wrong_type");
        for link in ["file:///etc/passwd", "example.com/a", "https://", "https://example.com/\n"] {
            refuses(kind, &json!({"link": link}), &format!("{kind}/link"), "invalid_format");
        }
    }
    let long = "é".repeat(1025);
    for kind in ["image", "video", "document"] {
        refuses(kind, &json!({"id": "1", "caption": long}), &format!("{kind}/caption"), "too_long");
    }
    refuses("audio", &json!({"id": "1", "caption": "a"}), "audio/caption", "unknown_field");
    refuses("document", &json!({"id": "1", "filename": "../a"}), "document/filename", "invalid_format");
}

#[test]
fn a_place_is_on_the_globe() {
    takes("location", &json!({"latitude": -90.0, "longitude": 180.0}));
    refuses("location", &json!({"latitude": 90.1, "longitude": 0}), "location/latitude", "out_of_range");
    refuses("location", &json!({"latitude": 0, "longitude": -181}), "location/longitude", "out_of_range");
    refuses("location", &json!({"latitude": "1", "longitude": 0}), "location/latitude", "wrong_type");
    refuses("location", &json!({"latitude": 1}), "location/longitude", "required");
}

#[test]
fn cards_are_checked_to_their_leaves() {
    let name = json!({"formatted_name": "Jane"});
    takes("contacts", &json!([{"name": name}]));
    refuses("contacts", &json!([]), "contacts", "too_short");
    refuses("contacts", &json!(vec![json!({"name": name}); 6]), "contacts", "too_many");
    refuses("contacts", &json!([{"name": name}, {}]), "contacts/1/name", "required");
    refuses("contacts", &json!([{"name": {}}]), "contacts/0/name/formatted_name", "required");
    refuses("contacts", &json!([{"name": name, "phones": [{"type": "CELL"}]}]), "contacts/0/phones/0/phone", "required");
    refuses("contacts", &json!([{"name": name, "org": {"size": 1}}]), "contacts/0/org/size", "unknown_field");
    refuses("contacts", &json!([{"name": name, "birthday": "1990-02-30"}]), "contacts/0/birthday", "invalid_format");
    refuses("contacts", &json!([{"name": name, "urls": [{"url": "x"}]}]), "contacts/0/urls/0/url", "invalid_format");
}

#[test]
fn a_reaction_is_taken_away_by_an_empty_emoji() {
    takes("reaction", &json!({"message_id": "msg_1", "emoji": ""}));
    refuses("reaction", &json!({"message_id": "msg_1"}), "reaction/emoji", "required");
    refuses("reaction", &json!({"message_id": "", "emoji": "👍"}), "reaction/message_id", "too_short");
    refuses("reaction", &json!({"message_id": "msg_1", "emoji": "a".repeat(33)}), "reaction/emoji", "too_long");
}

#[test]
fn a_poll_has_different_options_and_no_more_choices_than_those() {
    let poll = |options: &[&str], most: Value| json!({"question": "Q?", "options": options, "max_choices": most});
    takes("poll", &poll(&["a", "b"], json!(2)));
    refuses("poll", &poll(&["a"], json!(1)), "poll/options", "too_short");
    refuses("poll", &poll(&["a"; 13], json!(1)), "poll/options", "too_many");
    refuses("poll", &poll(&["a", "b", "a"], json!(1)), "poll/options/2", "not_allowed");
    refuses("poll", &poll(&["a", ""], json!(1)), "poll/options/1", "too_short");
    for most in [json!(0), json!(3), json!(-1), json!(u64::MAX), json!(1e300)] {
        refuses("poll", &poll(&["a", "b"], most), "poll/max_choices", "out_of_range");
    }
    refuses("poll", &poll(&["a", "b"], json!(1.5)), "poll/max_choices", "wrong_type");
}

#[test]
fn buttons_lists_and_links_are_read_by_their_type() {
    let with = |kind: &str, action: Value| json!({"type": kind, "body": {"text": "Hi"}, "action": action});
    let button = |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let rows = json!([{"id": "1", "title": "One"}]);

    takes("interactive", &with("button", json!({"buttons": [button("1", "A"), button("2", "B")]})));
    takes("interactive", &with("list", json!({"button": "Menu", "sections": [{"rows": rows}]})));
    let link = json!({"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com/"}});
    takes("interactive", &with("cta_url", link));

    let at = |end: &str| format!("interactive/{end}");
    let refuses = |body: Value, end: &str, code: &str| refuses("interactive", &body, &at(end), code);
    refuses(json!({"body": {"text": "Hi"}, "action": {}}), "type", "required");
    refuses(with("flow", json!({})), "type", "not_allowed");
    refuses(with("button", json!({"buttons": []})), "action/buttons", "too_short");
    refuses(with("button", json!({"buttons": [button("1", "x".repeat(21).as_str())]})), "action/buttons/0/reply/title", "too_long");
    refuses(with("button", json!({"buttons": [button("1", "A"), button("1", "B")]})), "action/buttons/1/reply/id", "not_allowed");
    refuses(with("button", json!({"buttons": [button("1", "A"), button("2", "A")]})), "action/buttons/1/reply/title", "not_allowed");
    refuses(with("list", json!({"button": "M", "sections": [{"title": "a", "rows": rows}, {"rows": [{"id": "2", "title": "x"}]}]})), "action/sections/1/title", "required");
    refuses(with("list", json!({"button": "M", "sections": [{"title": "a", "rows": rows}, {"title": "b", "rows": rows}]})), "action/sections/1/rows/0/id", "not_allowed");
    refuses(with("cta_url", json!({"name": "cta_url", "parameters": {"display_text": "Open"}})), "action/parameters/url", "required");
}

#[test]
fn a_header_names_what_it_holds() {
    let list = json!({"button": "M", "sections": [{"rows": [{"id": "1", "title": "One"}]}]});
    let with = |header: Value| json!({"type": "list", "header": header, "body": {"text": "Hi"}, "action": list});
    takes("interactive", &with(json!({"type": "text", "text": "Hi"})));
    refuses("interactive", &with(json!({"type": "text"})), "interactive/header/text", "required");
    refuses("interactive", &with(json!({"text": "Hi"})), "interactive/header/type", "required");
    refuses("interactive", &with(json!({"type": "image", "image": {"id": "1"}})), "interactive/header/type", "not_allowed");
}

#[test]
fn a_template_is_checked_for_form_only() {
    let with = |part: Value| json!({"name": "a_1", "language": {"code": "en"}, "components": [part]});
    takes("template", &json!({"name": "a_1", "language": {"code": "pt_BR", "policy": "deterministic"}}));
    takes("template", &with(json!({"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]})));
    let money = json!({"type": "currency", "currency": {"fallback_value": "1 €", "code": "EUR", "amount_1000": 1000}});
    takes("template", &with(json!({"type": "body", "parameters": [money, {"type": "date_time", "date_time": {"fallback_value": "noon"}}]})));
    for (sub_type, parameter) in [("quick_reply", json!({"type": "payload", "payload": "p"})), ("copy_code", json!({"type": "coupon_code", "coupon_code": "C"}))] {
        takes("template", &with(json!({"type": "button", "sub_type": sub_type, "index": 9, "parameters": [parameter]})));
    }
    refuses("template", &json!({"name": "A", "language": {"code": "en"}}), "template/name", "invalid_format");
    refuses("template", &json!({"name": "a", "language": {"code": "EN"}}), "template/language/code", "invalid_format");
    refuses("template", &with(json!({"parameters": [], "index": 1})), "template/components/0/type", "required");
    refuses("template", &with(json!({"type": "body", "parameters": [{"type": "text"}]})), "template/components/0/parameters/0/text", "required");
    refuses("template", &with(json!({"type": "button", "sub_type": "url", "index": 10, "parameters": []})), "template/components/0/index", "out_of_range");
}

#[test]
fn what_is_unknown_carries_a_short_description() {
    refuses("unsupported", &json!({"description": "a\nb"}), "unsupported/description", "invalid_format");
    refuses("unsupported", &json!({"description": "x".repeat(201)}), "unsupported/description", "too_long");
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
            "type", "text", "body", "id", "link", "action", "button", "buttons", "list", "cta_url", "header", "image",
            "parameters", "components", "rows", "sections", "name", "options", "reply", "title", "language", "code",
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
