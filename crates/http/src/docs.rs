//! The pages that explain the API: Swagger UI at `/docs`, the kinds of problems at
//! `/docs/problems`, and the document itself at `/openapi.json`.

use crate::{openapi::openapi, problem};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{Next, from_fn},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use std::sync::Arc;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// What Swagger UI needs and nothing more: its own files, styles that it sets itself, its icons.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The routes of the pages.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let pages: Router<S> = SwaggerUi::new("/docs").config(Config::from("/openapi.json")).into();
    let document: Arc<str> = openapi().to_json().unwrap_or_default().into();
    pages
        .route("/docs/problems", get(problems))
        .layer(from_fn(policy))
        .route("/openapi.json", get(async move || json(&document)))
}

fn json(document: &Arc<str>) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "application/json")], document.to_string())
}

async fn policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

async fn problems() -> Html<String> {
    let row = |kind: &&problem::Kind| {
        let retry = if kind.is_retryable { "may help" } else { "does not help" };
        let (code, status, title) = (kind.code, kind.status.as_u16(), kind.title);
        format!("<tr id=\"{code}\"><td><code>{code}</code><td>{status}<td>{title}<td>{retry}")
    };
    let rows: String = problem::ALL.iter().map(row).collect();
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Problems</title>\
         <h1>Problems</h1><p>Answers of the type <code>application/problem+json</code> (RFC 9457). A conflict carries \
         a code of its own in <code>code</code>.\
         <table><tr><th>Code<th>Status<th>Meaning<th>Asking again{rows}</table>"
    ))
}
