//! `DELETE /v1/contacts/{id}`

use crate::{
    answer::Accepted,
    extract::{Authenticated, PathId, Query},
    problem::Answer,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use wagate_engine::Engine;
use wagate_model::{ContactId, erasure::Erasure};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteQuery {
    /// Whether to erase the person with everything that is known of them, as `POST /v1/erasures` does.
    erase: Option<bool>,
}

/// Delete a contact
///
/// The card goes; messages stay, and so does an opt-out, unless `erase` says that everything is to go. Needs
/// the scope `contacts:write`.
#[utoipa::path(delete, path = "/v1/contacts/{id}", operation_id = "delete_contact", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id."), DeleteQuery),
    responses((status = 204, description = "The card is deleted."),
        (status = 202, description = "The erasure, which goes on by itself.", body = Erasure)))]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ContactId>,
    Query(query): Query<DeleteQuery>,
) -> Answer<Response> {
    if query.erase.unwrap_or_default() {
        return Ok(Accepted(engine.erase_contact(&caller, id).await?).into_response());
    }
    engine.delete_contact(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
