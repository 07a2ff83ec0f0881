//! The OpenAPI document: what the handlers say of themselves, and what is true of all of them.

mod shared;

use crate::api;
use utoipa::{
    OpenApi as _,
    openapi::{
        Components, OpenApi,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

/// The head of the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Wagate",
        description = "A WhatsApp gateway: connect numbers, send and receive messages, hear of everything through signed \
            webhooks.\n\nKeys go into `X-API-Key` or, as a bearer token, into `Authorization`. A `gw_test_` key sees the \
            sandbox only. Every answer carries `x-request-id`; every failure is a problem document (RFC 9457) whose kinds \
            are listed at `/docs/problems`. Unknown fields and parameters are refused. Lists are cut by `limit`, \
            `starting_after` and `ending_before`. Every POST under `/v1` takes an `Idempotency-Key`: the same key with the \
            same body is answered again, with `Idempotent-Replayed: true`, and not done again.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "Messages", description = "Send messages and see what became of them"),
        (name = "Chats", description = "Work on what messages come to"),
        (name = "Contacts", description = "Know the people, and whether they want messages"),
        (name = "Media", description = "Upload and download files"),
        (name = "Accounts", description = "Connect WhatsApp numbers"),
        (name = "Webhooks", description = "Tell the gateway where to send events"),
        (name = "Deliveries", description = "See what was sent to webhooks, and send it again"),
        (name = "Events", description = "Read what happened, in order"),
        (name = "API keys", description = "Give programs access"),
        (name = "Workspace", description = "The workspace itself"),
        (name = "Audit log", description = "See who changed what"),
        (name = "Sandbox", description = "Play the network and the people on it"),
        (name = "Operator", description = "For whoever runs this gateway"),
        (name = "Health", description = "Whether the gateway works")
    )
)]
struct Head;

/// The document of everything that [`router`](crate::router()) serves, OpenAPI 3.1.
pub fn openapi() -> OpenApi {
    let routes = OpenApiRouter::with_openapi(Head::openapi()).merge(api::plain()).merge(api::kept());
    let mut document = routes.into_openapi();
    let components = document.components.get_or_insert_with(Components::default);
    api::register(components);
    add_security_schemes(components);
    shared::complete(&mut document);
    document
}

fn add_security_schemes(components: &mut Components) {
    let in_header = ApiKey::Header(ApiKeyValue::with_description("X-API-Key", "A key of the workspace."));
    let bearer = |format: &str, description: &str| {
        let scheme =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format).description(Some(description));
        SecurityScheme::Http(scheme.build())
    };
    components.add_security_scheme(shared::API_KEY, SecurityScheme::ApiKey(in_header));
    components
        .add_security_scheme(shared::BEARER, bearer("gw_(live|test)_...", "A key of the workspace as a bearer token."));
    components.add_security_scheme(shared::OPERATOR, bearer("text", "The operator's token from the configuration."));
}

#[cfg(test)]
mod tests;
