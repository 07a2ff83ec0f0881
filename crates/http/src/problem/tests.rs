//! What problems say, and what they must not.

use super::*;
use axum::{body::to_bytes, http::StatusCode};
use serde_json::{Value, json};
use wagate_model::{RequestId, provider::SendFailure};

async fn said(problem: impl Into<Problem>) -> (Response, Value) {
    let id: RequestId = "req_01jd0c2q4w8v7h3n5k6m9p0r1s".parse().unwrap();
    let response = render(problem.into().into_response(), id);
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1_000_000).await.unwrap();
    (Response::from_parts(parts, axum::body::Body::empty()), serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let (response, body) = said(FieldError::required("text/body")).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(
        body,
        json!({
            "type": "/docs/problems#validation_failed",
            "title": "The input is not valid",
            "status": 422,
            "detail": "`text/body`: This field is required.",
            "code": "validation_failed",
            "request_id": "req_01jd0c2q4w8v7h3n5k6m9p0r1s",
            "retryable": false,
            "errors": [{"field": "text/body", "code": "required", "detail": "This field is required."}],
        })
    );
}

#[tokio::test]
async fn a_fault_inside_tells_nothing_of_itself() {
    let (response, body) = said(Error::internal("password=hunter2")).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.to_string().contains("hunter2"));
    let source: Box<dyn std::error::Error + Send + Sync> = "secret host".into();
    let (response, body) = said(Error::Unavailable { part: "database", source: Some(source) }).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "1");
    assert!(!body.to_string().contains("secret"));
    assert_eq!(body["retryable"], true);
}

#[tokio::test]
async fn a_limit_says_when_to_come_back_and_a_missing_credential_how_to_give_one() {
    let (response, _) = said(Error::RateLimited { retry_after: Duration::from_millis(1500) }).await;
    assert_eq!(response.headers()["retry-after"], "2");
    let (response, body) = said(Error::Unauthenticated("no key was given")).await;
    assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"wagate\"");
    assert_eq!(body["detail"], "No key was given.");
}

#[tokio::test]
async fn a_conflict_carries_its_own_code_and_a_provider_its_reason() {
    let (_, body) = said(Error::conflict("message_not_cancellable", "It was sent.")).await;
    assert_eq!((&body["code"], &body["status"]), (&json!("message_not_cancellable"), &json!(409)));
    assert_eq!(body["type"], "/docs/problems#conflict");
    let (_, body) = said(Error::Provider(SendFailure::new(Reason::AccountBanned, "banned"))).await;
    assert_eq!((&body["reason"], &body["retryable"]), (&json!("account_banned"), &json!(false)));
}

#[test]
fn only_what_came_of_work_is_kept_under_a_key() {
    for kind in ALL {
        let may = !matches!(kind.status.as_u16(), 400 | 401 | 403 | 409 | 429 | 500..);
        assert!(may || !kind.is_kept, "{}", kind.code);
    }
    assert!(!VALIDATION_FAILED.is_kept);
    assert!(NOT_FOUND.is_kept);
}

#[test]
fn codes_are_given_once() {
    let codes: std::collections::HashSet<_> = ALL.iter().map(|kind| kind.code).collect();
    assert_eq!(codes.len(), ALL.len());
}
