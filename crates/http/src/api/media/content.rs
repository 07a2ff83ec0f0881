//! `GET /v1/media/{id}/content`

use super::{
    disposition::attachment,
    range::{Wanted, wanted},
};
use crate::{
    extract::{Authenticated, PathId},
    problem::{Answer, Problem, RANGE_NOT_SATISFIABLE},
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use std::ops::Range;
use wagate_engine::Engine;
use wagate_model::{Media, MediaId};

/// Download a file
///
/// Its bytes, to be saved and never shown: with `Content-Disposition: attachment`, `nosniff` and a
/// sandboxing policy. One range of bytes may be asked for. Needs the scope `messages:read`.
#[utoipa::path(get, path = "/v1/media/{id}/content", operation_id = "read_media_content", tag = "Media",
    params(("id" = MediaId, Path, description = "The file's id."),
        ("Range" = Option<String>, Header, description = "`bytes=FIRST-LAST`, `bytes=FIRST-` or `bytes=-LENGTH`; more than one range is not cut.")),
    responses(
        (status = 200, description = "The bytes.", body = Vec<u8>, content_type = "*/*"),
        (status = 206, description = "The bytes of the range.", body = Vec<u8>, content_type = "*/*")))]
pub(crate) async fn content(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MediaId>,
    headers: HeaderMap,
) -> Answer<Response> {
    let media = engine.media_with_bytes(&caller, id).await?;
    let size = media.size.unwrap_or_default();
    let range = match wanted(&headers, size, media.sha256.as_deref().unwrap_or_default()) {
        Wanted::All => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => return Ok(not_satisfiable(size)),
    };
    let found = engine.media_content(&media, range.clone()).await?;
    Ok(answer(&media, range, Body::from_stream(found.bytes)))
}

fn answer(media: &Media, range: Option<Range<u64>>, body: Body) -> Response {
    let size = media.size.unwrap_or_default();
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    let mut response = body.into_response();
    let mut put = |name, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, media.mime_type.as_deref().unwrap_or("application/octet-stream"));
    put(header::CONTENT_DISPOSITION, &attachment(media));
    put(header::CONTENT_LENGTH, &length.to_string());
    put(header::ACCEPT_RANGES, "bytes");
    put(header::ETAG, &format!("\"{}\"", media.sha256.as_deref().unwrap_or_default()));
    if let Some(range) = range {
        put(header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", range.start, range.end - 1));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

fn not_satisfiable(size: u64) -> Response {
    let mut response = Problem::new(&RANGE_NOT_SATISFIABLE, format!("The file has {size} bytes.")).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}
