//! `GET /v1/contacts/export`

use crate::{extract::Authenticated, problem::Answer};
use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use futures_util::stream::{self, StreamExt as _};
use wagate_engine::Engine;

/// Export contacts
///
/// All of them as CSV, newest first, with the columns `address`, `name`, `labels`, `attributes` and
/// `opted_out_at`, as an import takes them. No cell begins a formula: what would has an apostrophe
/// before it, numbers too. Needs the scope `contacts:read`.
#[utoipa::path(get, path = "/v1/contacts/export", operation_id = "export_contacts", tag = "Contacts",
    responses((status = 200, description = "The contacts.", body = String, content_type = "text/csv")))]
pub(crate) async fn export(State(engine): State<Engine>, Authenticated(caller): Authenticated) -> Answer<Response> {
    let mut export = engine.export_contacts(&caller)?;
    // What stands against the export is told before anything is written.
    let first = export.next().await?.unwrap_or_default();
    let rest = stream::try_unfold(export, async |mut export| {
        let part = export.next().await?;
        Ok::<_, wagate_engine::Error>(part.map(|part| (part, export)))
    });
    let parts = stream::once(async { Ok(first) }).chain(rest);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"contacts.csv\""),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}
