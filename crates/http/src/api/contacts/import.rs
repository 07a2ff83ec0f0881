//! `POST /v1/contacts/imports`

use crate::{
    answer::Accepted,
    extract::{Authenticated, IdempotencyKey},
    idempotency::{conclude, replay},
    problem::{Answer, INVALID_JSON, Problem, REQUEST_TIMEOUT, UNSUPPORTED_MEDIA_TYPE},
    request_context::request_id,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use wagate_engine::{
    Engine,
    contacts::ContactUpload,
    idempotency::{Begun, IdempotencyUse},
};
use wagate_model::contact_import::ContactImport;

/// How long the next bytes may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// Import contacts
///
/// A CSV file in UTF-8 with commas, up to 64 MiB and 1,000,000 lines. Its first line names its columns:
/// `address` (needed; a number, with or without its `+`), `name`, `labels` (with `|` between them),
/// `attributes` (a JSON object of texts), `attribute:KEY` (one of them) and `opted_out_at` (not read, so
/// that an export can be imported). A line makes a contact or changes the one that has the address;
/// an empty cell changes nothing. A bad line stops no other one: the report names it. An apostrophe
/// before `=`, `+`, `-` or `@` at the beginning of a cell is not part of it. Answered once the file is
/// durable; its lines are taken then. Needs the scope `contacts:write`.
#[utoipa::path(post, path = "/v1/contacts/imports", operation_id = "import_contacts", tag = "Contacts",
    request_body(content = String, content_type = "text/csv"),
    responses((status = 202, description = "The import, which runs.", body = ContactImport)))]
pub(crate) async fn import(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    IdempotencyKey(key): IdempotencyKey,
    request: Request,
) -> Answer<Response> {
    let id = request_id(request.extensions());
    let mut upload = engine.begin_contact_import(&caller).await?;
    if !is_csv(request.headers()) {
        upload.discard().await;
        return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE, "The body must be CSV, with `Content-Type: text/csv`."));
    }
    let body_hash = match receive(&mut upload, request.into_body()).await {
        Ok(hash) => hash,
        Err(problem) => {
            upload.discard().await;
            return Err(problem);
        }
    };
    let Some(key) = key else { return Ok(Accepted(upload.finish().await?).into_response()) };
    let path = "/v1/contacts/imports".to_owned();
    match engine.idempotency_begin(&caller, &IdempotencyUse { method: "POST", path, key, body_hash }).await {
        Ok(Begun::Fresh(ticket)) => {
            let finished = upload.finish().await.map(Accepted).map_err(Problem::from);
            Ok(conclude(&engine, ticket, finished.into_response(), id).await)
        }
        Ok(Begun::Replay { status, body }) => {
            upload.discard().await;
            Ok(replay(status, body))
        }
        Err(error) => {
            upload.discard().await;
            Err(error.into())
        }
    }
}

/// Hands the body on as it arrives; answers its hash.
async fn receive(upload: &mut ContactUpload, body: Body) -> Answer<String> {
    let mut stream = body.into_data_stream();
    let mut hash = Sha256::new();
    loop {
        match tokio::time::timeout(PATIENCE, stream.next()).await {
            Ok(Some(Ok(bytes))) => {
                hash.update(&bytes);
                upload.take(&bytes).await?;
            }
            Ok(Some(Err(_broken))) => return Err(Problem::new(&INVALID_JSON, "The body broke off.")),
            Ok(None) => return Ok(hex::encode(hash.finalize())),
            Err(_late) => return Err(Problem::new(&REQUEST_TIMEOUT, "Nothing of the body arrived for 30 seconds.")),
        }
    }
}

fn is_csv(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("text/csv")
}
