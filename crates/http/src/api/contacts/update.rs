//! `PATCH /v1/contacts/{id}`

use super::card::ContactCardPatch;
use crate::{
    extract::{Authenticated, Body, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Contact, ContactId};

/// Change a contact
///
/// Needs the scope `contacts:write`.
#[utoipa::path(patch, path = "/v1/contacts/{id}", operation_id = "update_contact", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id.")),
    request_body = ContactCardPatch,
    responses((status = 200, description = "The contact as it is now.", body = Contact)))]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ContactId>,
    body: Body<ContactCardPatch>,
) -> Answer<Json<Contact>> {
    Ok(Json(engine.update_contact(&caller, id, body.value.into()).await?))
}
