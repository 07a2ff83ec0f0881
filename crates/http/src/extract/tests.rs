//! What the extractors take, and how they name what they refuse.

use super::*;
use crate::{client_address::TrustedProxies, request_context::ContextState, router::layered};
use axum::{
    Json, Router,
    body::{Body as RawBody, to_bytes},
    http::{Request, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use tower::ServiceExt as _;
use wagate_model::{AccountId, Direction, MessageId, RequestId, Timestamp, id::Ulid};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    #[serde(rename = "since")]
    _since: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    name: Name,
    #[serde(rename = "age")]
    _age: Option<u8>,
    #[serde(rename = "direction")]
    _direction: Option<Word<Direction>>,
    #[serde(rename = "accounts")]
    _accounts: Option<Vec<AccountId>>,
    #[serde(rename = "inner")]
    _inner: Option<Object<Inner>>,
    #[serde(rename = "headers")]
    _headers: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Maybe {
    overlap: Option<u32>,
}

fn app() -> Router {
    let routes = Router::new()
        .route("/body", post(async |body: Body<Shape>| Json(json!({"name": body.value.name.0, "hash": body.hash}))))
        .route("/optional", post(async |OptionalBody(body): OptionalBody<Maybe>| Json(json!(body.overlap))))
        .route("/object", post(async |body: Body<JsonObject>| Json(Value::Object(body.value.0))))
        .route("/nothing", post(async |_: NoBody| "done"))
        .route(
            "/list",
            get(async |Query(page): Query<PageQuery>| {
                page.of::<MessageId>().map(|page| page.limit.to_string()).map_err(crate::problem::Problem::from)
            }),
        )
        .route("/messages/{id}", get(async |PathId(id): PathId<MessageId>| id.to_string()))
        .route("/key", post(async |IdempotencyKey(key): IdempotencyKey| key.unwrap_or_default()))
        .route("/panic", get(async || -> &'static str { panic!("secret") }));
    let around = ContextState {
        new_id: Arc::new(|| RequestId::from(Ulid(7))),
        proxies: TrustedProxies::new(Vec::new()),
        body_limit: 1000,
    };
    layered(routes, around)
}

async fn ask(request: Request<RawBody>) -> (Response<()>, Value) {
    let (parts, body) = app().oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1_000_000).await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)));
    (Response::from_parts(parts, ()), body)
}

async fn post_to(path: &str, body: impl Into<RawBody>) -> (u16, Value) {
    let request = Request::post(path).header("content-type", "application/json; charset=utf-8");
    let (response, body) = ask(request.body(body.into()).unwrap()).await;
    (response.status().as_u16(), body)
}

async fn read(path: &str) -> (u16, Value) {
    let (response, body) = ask(Request::get(path).body(RawBody::empty()).unwrap()).await;
    (response.status().as_u16(), body)
}

/// The fields and codes of a refused body.
async fn faults(body: &str) -> Vec<(String, String)> {
    let (status, body) = post_to("/body", body.to_owned()).await;
    assert_eq!((status, &body["code"]), (422, &json!("validation_failed")), "{body}");
    let errors = body["errors"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
}

#[tokio::test]
async fn a_body_of_the_right_shape_is_taken() {
    let (status, body) = post_to("/body", r#"{"name":"Desk","inner":{"since":"2026-01-01T00:00:00Z"}}"#).await;
    assert_eq!((status, &body["name"]), (200, &json!("Desk")));
    assert_eq!(body["hash"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn a_body_of_another_shape_names_the_field() {
    let acc = "acc_01jd0c2q4w8v7h3n5k6m9p0r1s";
    for (body, field, code) in [
        ("{}", "name", "required"),
        (r#"{"name":5}"#, "name", "wrong_type"),
        (r#"{"name":null}"#, "name", "wrong_type"),
        (r#"{"name":""}"#, "name", "too_short"),
        (r#"{"name":"a\u0000b"}"#, "name", "invalid_format"),
        (r#"{"name":"  "}"#, "name", "invalid_format"),
        (r#"{"name":"x","age":-1}"#, "age", "out_of_range"),
        (r#"{"name":"x","age":300}"#, "age", "out_of_range"),
        (r#"{"name":"x","age":1.5}"#, "age", "wrong_type"),
        (r#"{"name":"x","age":"1"}"#, "age", "wrong_type"),
        (r#"{"name":"x","direction":"up"}"#, "direction", "not_allowed"),
        (r#"{"name":"x","direction":{"outgoing":null}}"#, "direction", "wrong_type"),
        (&format!(r#"{{"name":"x","accounts":["{acc}","../"]}}"#), "accounts/1", "invalid_format"),
        (r#"{"name":"x","accounts":{}}"#, "accounts", "wrong_type"),
        (r#"{"name":"x","inner":{"since":"soon"}}"#, "inner/since", "invalid_format"),
        (r#"{"name":"x","inner":{}}"#, "inner/since", "required"),
        (r#"{"name":"x","inner":["2026-01-01T00:00:00Z"]}"#, "inner", "wrong_type"),
        (r#"{"name":"x","inner":{"since":"2026-01-01T00:00:00Z","until":1}}"#, "inner/until", "unknown_field"),
        (r#"{"name":"x","headers":{"a/b":1}}"#, "headers/a~1b", "wrong_type"),
        (r#"{"name":"x","colour":"red"}"#, "colour", "unknown_field"),
        (r#"{"name":"x","name":"y"}"#, "name", "not_allowed"),
        (r#"["x"]"#, "", "wrong_type"),
        ("5", "", "wrong_type"),
        ("null", "", "wrong_type"),
    ] {
        assert_eq!(faults(body).await, [(field.to_owned(), code.to_owned())], "{body}");
    }
    let long = format!(r#"{{"name":"{}"}}"#, "é".repeat(101));
    assert_eq!(faults(&long).await, [("name".to_owned(), "too_long".to_owned())]);
}

#[tokio::test]
async fn what_is_no_json_says_where() {
    for (body, place) in [
        ("{\n  \"name\": }", "line 2, column 11"),
        ("", "line 1, column 0"),
        (r#"{"name":"x"} x"#, "line 1, column 14"),
    ] {
        let (status, answer) = post_to("/body", body.to_owned()).await;
        assert_eq!((status, &answer["code"]), (400, &json!("invalid_json")), "{body:?}");
        assert_eq!(answer["detail"], format!("The body is no JSON: {place}."), "{body:?}");
    }
    for body in [&b"{\"name\":\"\xff\"}"[..], br#"{"name":"\ud800"}"#, br#"{"name":"x","age":1e999}"#] {
        assert_eq!(post_to("/body", body.to_vec()).await.0, 400, "{body:?}");
    }
    assert_eq!(post_to("/body", "[".repeat(900)).await.0, 422);
    assert_eq!(post_to("/object", format!("{{\"a\":{}", "[".repeat(900))).await.0, 400);
}

#[tokio::test]
async fn size_and_type_of_a_body_are_checked() {
    let (status, body) = post_to("/body", "x".repeat(1001)).await;
    assert_eq!((status, &body["code"]), (413, &json!("body_too_large")));
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
        let request = Request::post("/body").header("content-type", media_type).body(r#"{"name":"x"}"#.into()).unwrap();
        assert_eq!(ask(request).await.0.status(), 415, "{media_type}");
    }
    let request = Request::post("/body").body(r#"{"name":"x"}"#.into()).unwrap();
    assert_eq!(ask(request).await.0.status(), 415);
}

#[tokio::test]
async fn a_body_may_be_left_out_only_where_it_may() {
    let empty = Request::post("/optional").body(RawBody::empty()).unwrap();
    assert_eq!(ask(empty).await.1, json!(null));
    assert_eq!(post_to("/optional", r#"{"overlap":5}"#).await, (200, json!(5)));
    assert_eq!(post_to("/optional", r#"{"over":5}"#).await.0, 422);
    for (body, status) in [("", 200), (" {} ", 200), ("{", 422), ("[]", 422), (r#"{"a":1}"#, 422)] {
        assert_eq!(post_to("/nothing", body.to_owned()).await.0, status, "{body:?}");
    }
}

#[tokio::test]
async fn an_object_has_each_key_once() {
    assert_eq!(post_to("/object", r#"{"a":{"b":[1,null]}}"#).await, (200, json!({"a": {"b": [1, null]}})));
    let (status, body) = post_to("/object", r#"{"a":1,"a":2}"#).await;
    assert_eq!((status, &body["errors"][0]["field"]), (422, &json!("a")));
}

#[tokio::test]
async fn a_query_names_what_it_refuses() {
    assert_eq!(read("/list").await, (200, json!(20)));
    assert_eq!(read("/list?limit=100").await, (200, json!(100)));
    let both = "starting_after=msg_01jd0c2q4w8v7h3n5k6m9p0r1s&ending_before=msg_01jd0c2q4w8v7h3n5k6m9p0r1s";
    for (query, field, code) in [
        ("limit=0", "limit", "out_of_range"),
        ("limit=101", "limit", "out_of_range"),
        ("limit=-1", "limit", "wrong_type"),
        ("limit=ten", "limit", "wrong_type"),
        ("limit=", "limit", "wrong_type"),
        ("limit=99999999999999999999", "limit", "wrong_type"),
        ("limit=1&limit=2", "limit", "not_allowed"),
        ("offset=5", "offset", "unknown_field"),
        ("starting_after=acc_01jd0c2q4w8v7h3n5k6m9p0r1s", "starting_after", "invalid_format"),
        ("ending_before=%00", "ending_before", "invalid_format"),
        (both, "ending_before", "not_allowed"),
    ] {
        let (status, body) = read(&format!("/list?{query}")).await;
        let error = &body["errors"][0];
        assert_eq!((status, &error["field"], &error["code"]), (422, &json!(field), &json!(code)), "{query}: {body}");
    }
}

#[tokio::test]
async fn a_path_that_names_nothing_is_not_found() {
    assert_eq!(read("/messages/msg_01jd0c2q4w8v7h3n5k6m9p0r1s").await.0, 200);
    for id in [
        "x",
        "acc_01jd0c2q4w8v7h3n5k6m9p0r1s",
        "MSG_01JD0C2Q4W8V7H3N5K6M9P0R1S",
        "%ff",
        "..%2f",
        "%00",
        &"1".repeat(10_000),
    ] {
        let (status, body) = read(&format!("/messages/{id}")).await;
        assert_eq!((status, &body["detail"]), (404, &json!("There is no such message.")), "{id}");
    }
}

#[tokio::test]
async fn an_idempotency_key_is_visible_ascii() {
    let given = async |key: &[u8]| {
        let request = Request::post("/key").header("idempotency-key", key).body(RawBody::empty()).unwrap();
        ask(request).await.0.status().as_u16()
    };
    assert_eq!(given(b"order-1042!").await, 200);
    assert_eq!(given(&[b'k'; 255]).await, 200);
    for key in [&b""[..], b"a b", "schl\u{fc}ssel".as_bytes(), b"\xff", &[b'k'; 256]] {
        assert_eq!(given(key).await, 400, "{key:?}");
    }
}

#[tokio::test]
async fn every_answer_carries_its_id_and_its_guards() {
    let id = RequestId::from(Ulid(7)).to_string();
    for (method, path, status) in
        [("GET", "/list", 200), ("GET", "/nowhere", 404), ("DELETE", "/list", 405), ("GET", "/panic", 500)]
    {
        let request = Request::builder().method(method).uri(path).body(RawBody::empty()).unwrap();
        let (response, body) = ask(request).await;
        let headers = response.headers();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(headers["x-request-id"], id.as_str());
        assert_eq!(
            (&headers["x-content-type-options"], &headers["cache-control"]),
            (&"nosniff".parse().unwrap(), &"no-store".parse().unwrap())
        );
        assert!(headers.contains_key("content-security-policy") && headers.contains_key("referrer-policy"));
        if status != 200 {
            assert_eq!(headers["content-type"], "application/problem+json", "{path}");
            assert_eq!((&body["request_id"], &body["status"]), (&json!(id), &json!(status)));
            assert!(!body.to_string().contains("secret"));
        }
        assert_eq!(headers.contains_key("allow"), status == 405);
    }
    let head = Request::head("/list").body(RawBody::empty()).unwrap();
    let (response, body) = ask(head).await;
    assert_eq!((response.status().as_u16(), body), (200, json!("")));
}
