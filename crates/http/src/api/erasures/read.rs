//! `GET /v1/erasures/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{ErasureId, erasure::Erasure};

/// Read an erasure
///
/// How far it is. Needs the scope `contacts:write`.
#[utoipa::path(get, path = "/v1/erasures/{id}", operation_id = "read_erasure", tag = "Contacts",
    params(("id" = ErasureId, Path, description = "The erasure's id.")),
    responses((status = 200, description = "The erasure.", body = Erasure)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ErasureId>,
) -> Answer<Json<Erasure>> {
    Ok(Json(engine.find_erasure(&caller, id).await?))
}
