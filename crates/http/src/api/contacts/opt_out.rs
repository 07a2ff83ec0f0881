//! `POST /v1/contacts/{id}/opt-out`

use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Contact, ContactId};

/// Opt a contact out
///
/// Nothing is sent to them until they opt in, but answers for 24 hours after they write again. Needs the
/// scope `contacts:write`.
#[utoipa::path(post, path = "/v1/contacts/{id}/opt-out", operation_id = "opt_out_contact", tag = "Contacts",
    params(("id" = ContactId, Path, description = "The contact's id.")),
    responses((status = 200, description = "The contact as it is now.", body = Contact)))]
pub(crate) async fn opt_out(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ContactId>,
    _body: NoBody,
) -> Answer<Json<Contact>> {
    Ok(Json(engine.opt_out_contact(&caller, id).await?))
}
