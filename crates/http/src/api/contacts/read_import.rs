//! `GET /v1/contacts/imports/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{ImportId, contact_import::ContactImport};

/// See how far an import is
///
/// Needs the scope `contacts:read`.
#[utoipa::path(get, path = "/v1/contacts/imports/{id}", operation_id = "read_contact_import", tag = "Contacts",
    params(("id" = ImportId, Path, description = "The import's id.")),
    responses((status = 200, description = "The import.", body = ContactImport)))]
pub(crate) async fn read_import(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ImportId>,
) -> Answer<Json<ContactImport>> {
    Ok(Json(engine.contact_import(&caller, id).await?))
}
