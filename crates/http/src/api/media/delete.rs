//! `DELETE /v1/media/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{extract::State, http::StatusCode};
use wagate_engine::Engine;
use wagate_model::MediaId;

/// Delete a file
///
/// Messages that went keep its id. 409 while a message that is still to be sent needs it. Needs the
/// scope `messages:send`.
#[utoipa::path(delete, path = "/v1/media/{id}", operation_id = "delete_media", tag = "Media",
    params(("id" = MediaId, Path, description = "The file's id.")),
    responses((status = 204, description = "The file is deleted.")))]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MediaId>,
) -> Answer<StatusCode> {
    engine.delete_media(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
