//! `DELETE /v1/contacts/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{extract::State, http::StatusCode};
use wagate_engine::Engine;
use wagate_model::ContactId;

/// Delete a contact
///
/// The card goes; messages stay, and so does an opt-out. Needs the scope `contacts:write`.
#[utoipa::path(delete, path = "/v1/contacts/{id}", operation_id = "delete_contact", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id.")),
    responses((status = 204, description = "The card is deleted.")))]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ContactId>,
) -> Answer<StatusCode> {
    engine.delete_contact(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
