//! Buttons, lists and links.

use super::{refuses, takes};
use serde_json::{Value, json};

fn with(kind: &str, action: &Value) -> Value {
    json!({"type": kind, "body": {"text": "Hi"}, "action": action})
}

fn button(id: &str, title: &str) -> Value {
    json!({"type": "reply", "reply": {"id": id, "title": title}})
}

fn buttons(buttons: &[Value]) -> Value {
    with("button", &json!({"buttons": buttons}))
}

fn rows(id: &str) -> Value {
    json!([{"id": id, "title": "One"}])
}

fn list(sections: &Value) -> Value {
    with("list", &json!({"button": "Menu", "sections": sections}))
}

#[track_caller]
fn refuses_at(body: &Value, end: &str, code: &str) {
    refuses("interactive", body, &format!("interactive/{end}"), code);
}

#[test]
fn the_type_says_what_the_action_is() {
    takes("interactive", &buttons(&[button("1", "A"), button("2", "B")]));
    takes("interactive", &list(&json!([{"rows": rows("1")}])));
    let open = json!({"display_text": "Open", "url": "https://example.com/"});
    takes("interactive", &with("cta_url", &json!({"name": "cta_url", "parameters": open})));

    refuses_at(&json!({"body": {"text": "Hi"}, "action": {}}), "type", "required");
    refuses_at(&with("flow", &json!({})), "type", "not_allowed");
    refuses_at(&json!({"type": "button", "body": {"text": "Hi"}}), "action", "required");
}

#[test]
fn buttons_are_few_short_and_different() {
    let fourth = ["A", "B", "C", "D"].map(|title| button(title, title));
    let long = "x".repeat(21);
    refuses_at(&buttons(&[]), "action/buttons", "too_short");
    refuses_at(&buttons(&fourth), "action/buttons", "too_many");
    refuses_at(&buttons(&[button("1", &long)]), "action/buttons/0/reply/title", "too_long");
    let same_id = buttons(&[button("1", "A"), button("1", "B")]);
    refuses_at(&same_id, "action/buttons/1/reply/id", "not_allowed");
    let same_title = buttons(&[button("1", "A"), button("2", "A")]);
    refuses_at(&same_title, "action/buttons/1/reply/title", "not_allowed");
}

#[test]
fn a_list_has_titles_where_needed_and_ten_different_rows() {
    let untitled = json!([{"title": "a", "rows": rows("1")}, {"rows": rows("2")}]);
    refuses_at(&list(&untitled), "action/sections/1/title", "required");
    let repeated = json!([{"title": "a", "rows": rows("1")}, {"title": "b", "rows": rows("1")}]);
    refuses_at(&list(&repeated), "action/sections/1/rows/0/id", "not_allowed");
    let some = |from: u32, to: u32| -> Vec<Value> {
        (from..to).map(|id| json!({"id": id.to_string(), "title": "x"})).collect()
    };
    let halves = |rest| json!([{"title": "a", "rows": some(0, 6)}, {"title": "b", "rows": rest}]);
    takes("interactive", &list(&halves(some(6, 10))));
    refuses_at(&list(&halves(some(6, 11))), "action/sections", "too_many");
}

#[test]
fn a_link_needs_a_url() {
    let nowhere = json!({"name": "cta_url", "parameters": {"display_text": "Open"}});
    refuses_at(&with("cta_url", &nowhere), "action/parameters/url", "required");
}

#[test]
fn a_header_names_what_it_holds_and_is_text_above_a_list() {
    let with = |body: Value, header: Value| {
        let mut body = body;
        body["header"] = header;
        body
    };
    let list = || list(&json!([{"rows": rows("1")}]));
    let image = || json!({"type": "image", "image": {"id": "1"}});
    takes("interactive", &with(list(), json!({"type": "text", "text": "Hi"})));
    takes("interactive", &with(buttons(&[button("1", "A")]), image()));
    refuses_at(&with(list(), image()), "header/type", "not_allowed");
    refuses_at(&with(list(), json!({"type": "text"})), "header/text", "required");
    refuses_at(&with(list(), json!({"text": "Hi"})), "header/type", "required");
}
