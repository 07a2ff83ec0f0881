//! Templates.

use super::{refuses, takes};
use serde_json::{Value, json};

fn with(part: &Value) -> Value {
    json!({"name": "a_1", "language": {"code": "en"}, "components": [part]})
}

fn body(parameters: &[Value]) -> Value {
    with(&json!({"type": "body", "parameters": parameters}))
}

fn button(sub_type: &str, index: u32, parameters: &[Value]) -> Value {
    with(&json!({"type": "button", "sub_type": sub_type, "index": index, "parameters": parameters}))
}

#[track_caller]
fn refuses_at(body: &Value, end: &str, code: &str) {
    refuses("template", body, &format!("template/{end}"), code);
}

#[test]
fn every_kind_of_parameter_is_taken() {
    let money = json!({"fallback_value": "1 EUR", "code": "EUR", "amount_1000": 1000});
    takes("template", &body(&[json!({"type": "text", "text": "a", "parameter_name": "n"})]));
    takes("template", &body(&[json!({"type": "currency", "currency": money})]));
    let noon = json!({"fallback_value": "noon"});
    takes("template", &body(&[json!({"type": "date_time", "date_time": noon})]));
    for kind in ["image", "video", "document"] {
        let file = json!({"type": kind, kind: {"id": "1"}});
        takes("template", &with(&json!({"type": "header", "parameters": [file]})));
    }
    takes("template", &button("quick_reply", 9, &[json!({"type": "payload", "payload": "p"})]));
    let code = json!({"type": "coupon_code", "coupon_code": "C"});
    takes("template", &button("copy_code", 0, &[code]));
}

#[test]
fn name_and_language_have_a_form() {
    let policy = json!({"code": "pt_BR", "policy": "deterministic"});
    takes("template", &json!({"name": "a_1", "language": policy}));
    let named = |name: &str, code: &str| json!({"name": name, "language": {"code": code}});
    refuses_at(&named("A", "en"), "name", "invalid_format");
    for code in ["EN", "e", "en_", "en_us", "en-US"] {
        refuses_at(&named("a", code), "language/code", "invalid_format");
    }
    refuses_at(&json!({"name": "a"}), "language", "required");
}

#[test]
fn faults_of_parts_are_found() {
    let untyped = with(&json!({"parameters": [], "index": 1}));
    refuses_at(&untyped, "components/0/type", "required");
    let wordless = body(&[json!({"type": "text"})]);
    refuses_at(&wordless, "components/0/parameters/0/text", "required");
    refuses_at(&body(&[json!({"type": "action"})]), "components/0/parameters/0/type", "not_allowed");
    refuses_at(&button("url", 10, &[]), "components/0/index", "out_of_range");
    refuses_at(&button("flow", 0, &[]), "components/0/sub_type", "not_allowed");
}
