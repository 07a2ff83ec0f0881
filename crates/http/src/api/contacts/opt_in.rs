//! `POST /v1/contacts/{id}/opt-in`

use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Contact, ContactId};

/// Opt a contact in
///
/// They get messages again. Needs the scope `contacts:write`.
#[utoipa::path(post, path = "/v1/contacts/{id}/opt-in", operation_id = "opt_in_contact", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id.")),
    responses((status = 200, description = "The contact as it is now.", body = Contact)))]
pub(crate) async fn opt_in(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ContactId>,
    _body: NoBody,
) -> Answer<Json<Contact>> {
    Ok(Json(engine.opt_in_contact(&caller, id).await?))
}
