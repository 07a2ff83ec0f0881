//! `POST /v1/media`

use super::parts::{self, Part};
use crate::{
    answer::Created,
    extract::{Authenticated, IdempotencyKey},
    idempotency::{conclude, replay},
    problem::Answer,
    request_context::request_id,
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use wagate_engine::{
    Engine,
    idempotency::{Begun, IdempotencyUse},
};
use wagate_model::Media;

const PATH: &str = "/v1/media";

/// A file, as a form has it.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UploadIn)]
#[expect(dead_code, reason = "it describes the form, which is read as it comes")]
pub(crate) struct UploadIn {
    /// The file. Its name is kept without any path; its type is found from its bytes.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Upload a file
///
/// As multipart form data with one part, `file`. What it is, is found from its bytes: neither its
/// name nor its declared type is believed. A message names it by its id. Up to 100 MiB; what is
/// sent as an image may have 5 MiB, as video, audio or voice 16 MiB, as a sticker 500 KiB. Needs the
/// scope `messages:send`.
#[utoipa::path(post, path = "/v1/media", operation_id = "upload_media", tag = "Media",
    request_body(content = UploadIn, content_type = "multipart/form-data"),
    responses((status = 201, description = "The file.", body = Media)))]
pub(crate) async fn upload(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    IdempotencyKey(key): IdempotencyKey,
    request: Request,
) -> Answer<Response> {
    let id = request_id(request.extensions());
    let incoming = engine.begin_upload(&caller)?;
    let Part { incoming, filename, given_name } = parts::take(request, incoming).await?;
    let uploaded = engine.end_upload(incoming, filename).await?;
    let Some(key) = key else {
        return Ok(Created(engine.keep_upload(&caller, uploaded).await?).into_response());
    };
    let body_hash = parts::hash(given_name.as_deref(), uploaded.sha256());
    let repeatable = IdempotencyUse { method: "POST", path: PATH.to_owned(), key, body_hash };
    match engine.idempotency_begin(&caller, &repeatable).await {
        Ok(Begun::Fresh(ticket)) => {
            let kept: Answer<Media> = engine.keep_upload(&caller, uploaded).await.map_err(Into::into);
            let response = kept.map(Created).into_response();
            Ok(conclude(&engine, ticket, response, id).await)
        }
        Ok(Begun::Replay { status, body }) => {
            engine.drop_upload(uploaded).await;
            Ok(replay(status, body))
        }
        Err(refusal) => {
            engine.drop_upload(uploaded).await;
            Err(refusal.into())
        }
    }
}
