//! What is true of whole groups of operations: who may call them, the problems they answer, and
//! the header that makes them safe to repeat.

use crate::problem::{self, ProblemDocument};
use std::collections::BTreeSet;
use utoipa::{
    PartialSchema as _, ToSchema as _,
    openapi::{
        Components, ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::Type,
        security::SecurityRequirement,
    },
};

/// The names of the security schemes.
pub(super) const API_KEY: &str = "api_key";
pub(super) const BEARER: &str = "bearer";
pub(super) const OPERATOR: &str = "operator_token";

/// Adds to every operation what its path, method and body make true of it.
pub(super) fn complete(document: &mut OpenApi) {
    if let Some(components) = &mut document.components {
        add_problems(components);
    }
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            secure(operation, path);
            answer_problems(operation, path, method);
            if method == "post" && path.starts_with("/v1/") {
                operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
            }
        }
    }
}

/// The operations of a path with their methods.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("patch", &mut item.patch),
        ("put", &mut item.put),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

fn secure(operation: &mut Operation, path: &str) {
    let schemes: &[&str] = match path {
        path if path.starts_with("/v1/") => &[API_KEY, BEARER],
        path if path.starts_with("/operator/") => &[OPERATOR],
        _ => &[],
    };
    let needs = schemes.iter().map(|scheme| SecurityRequirement::new::<_, _, &str>(*scheme, []));
    operation.security = Some(needs.collect());
}

/// The statuses of problems that an operation can answer.
fn statuses(operation: &Operation, path: &str, method: &str) -> BTreeSet<u16> {
    let mut statuses = BTreeSet::from([500]);
    if path.starts_with("/health") {
        return statuses;
    }
    statuses.extend([401, 403, 429, 503]);
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if !parameters.is_empty() || operation.request_body.is_some() {
        statuses.insert(422);
    }
    if path.contains('{') || path.starts_with("/operator/") {
        statuses.insert(404);
    }
    if method == "post" {
        statuses.extend([400, 408, 409, 413, 422]);
    }
    if operation.request_body.is_some() {
        statuses.extend([400, 408, 413, 415]);
    }
    if path.ends_with("/qr") {
        statuses.insert(409);
    }
    if path.ends_with("/stream") {
        statuses.extend([400, 409]);
    }
    if path.starts_with("/v1/media/") {
        statuses.insert(409);
    }
    if path.ends_with("/content") {
        statuses.insert(416);
    }
    if path.ends_with("/read") || path.contains("/sandbox/") || path.ends_with("/qr") {
        statuses.insert(502);
    }
    if path == "/v1/events" {
        statuses.insert(410);
    }
    statuses
}

fn answer_problems(operation: &mut Operation, path: &str, method: &str) {
    for status in statuses(operation, path, method) {
        let reference = RefOr::Ref(Ref::from_response_name(response_name(status)));
        operation.responses.responses.entry(status.to_string()).or_insert(reference);
    }
}

fn response_name(status: u16) -> String {
    format!("Problem{status}")
}

/// One response for each status that a problem can have.
fn add_problems(components: &mut Components) {
    let mut schemas = Vec::new();
    ProblemDocument::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.insert("Problem".to_owned(), ProblemDocument::schema());
    let all: BTreeSet<u16> = problem::ALL.iter().map(|kind| kind.status.as_u16()).collect();
    for status in all {
        let kinds = problem::ALL.iter().filter(|kind| kind.status.as_u16() == status);
        let meaning: Vec<_> = kinds.map(|kind| format!("{} (`{}`).", kind.title, kind.code)).collect();
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new().description(meaning.join(" ")).content(problem::MEDIA_TYPE, content);
        components.responses.insert(response_name(status), response.build().into());
    }
}

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"))
        .examples(["order-1042-notice"]);
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The same key with the same body is answered again and not done again, for at least 24 hours.",
        ))
        .schema(Some(schema))
        .build()
}
