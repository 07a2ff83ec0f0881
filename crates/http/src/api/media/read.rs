//! `GET /v1/media/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Media, MediaId};

/// Show a file
///
/// What is known of it; its bytes are at `/content`. Needs the scope `messages:read`.
#[utoipa::path(get, path = "/v1/media/{id}", operation_id = "read_media", tag = "Media",
    params(("id" = MediaId, Path, description = "The file's id.")),
    responses((status = 200, description = "The file.", body = Media)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MediaId>,
) -> Answer<Json<Media>> {
    Ok(Json(engine.media(&caller, id).await?))
}
