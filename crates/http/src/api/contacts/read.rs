//! `GET /v1/contacts/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Contact, ContactId};

/// Read a contact
///
/// Needs the scope `contacts:read`.
#[utoipa::path(get, path = "/v1/contacts/{id}", operation_id = "read_contact", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id.")),
    responses((status = 200, description = "The contact.", body = Contact)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ContactId>,
) -> Answer<Json<Contact>> {
    Ok(Json(engine.contact(&caller, id).await?))
}
