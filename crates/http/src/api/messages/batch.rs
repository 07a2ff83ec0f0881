//! `POST /v1/messages/batch`

use super::{MessageOut, message_in, schemas::MessageIn};
use crate::{
    extract::{Authenticated, Entries, IdempotencyKey, LargeBody},
    idempotency::REPLAYED,
    problem::{Answer, Problem, ProblemDocument},
    request_context::Arrived,
};
use axum::{
    Extension, Json,
    extract::State,
    http::HeaderValue,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wagate_engine::{
    Engine, Error,
    idempotency::IdempotencyUse,
    messages::{AcceptedBatch, MOST_OF_A_BATCH},
};
use wagate_model::{FieldError, Message, RequestId};

/// Many messages.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchIn {
    /// The messages, each as in `POST /v1/messages`.
    #[schema(value_type = Vec<MessageIn>, min_items = 1, max_items = 1000)]
    messages: Entries<MOST_OF_A_BATCH>,
}

/// What became of each message.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct BatchOut {
    /// One result for each message, in their order.
    data: Vec<BatchResult>,
}

/// What became of one message of a batch: `message` if it was accepted, else `problem`.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct BatchResult {
    /// Its place in the batch, from 0.
    index: usize,
    /// 202 if it was accepted, else the problem's status.
    #[schema(example = 202)]
    status: u16,
    /// The message, accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<MessageOut>,
    /// Why it was refused. Fields are named from the message on, as for a single one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemDocument>)]
    problem: Option<Value>,
}

/// Send many messages
///
/// 1 to 1,000 messages, each accepted or refused by itself; those that are accepted become durable
/// together, and a chat's messages keep their order. It counts as so many requests; a batch that the
/// day has no room for is refused as a whole. An `Idempotency-Key` covers the batch as a
/// whole: the same request again is answered with the same messages and refusals. The body may have
/// eight times the size of other requests' (8 MiB by default). Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/messages/batch", operation_id = "send_batch", tag = "Messages",
    request_body = BatchIn,
    responses((status = 200, description = "What became of each message.", body = BatchOut)))]
pub(crate) async fn batch(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Extension(arrived): Extension<Arrived>,
    Extension(request_id): Extension<RequestId>,
    IdempotencyKey(key): IdempotencyKey,
    LargeBody(body): LargeBody<BatchIn>,
) -> Answer<Response> {
    let more = body.value.messages.0.len().saturating_sub(1);
    engine.charge(&caller, u32::try_from(more).unwrap_or(u32::MAX)).await?;
    let path = "/v1/messages/batch".to_owned();
    let repeatable = key.map(|key| IdempotencyUse { method: "POST", path, key, body_hash: body.hash });
    let news = body.value.messages.0.into_iter().map(|entry| match entry {
        Some(object) => message_in::read(&object).map_err(Error::Invalid),
        None => Err(Error::invalid(FieldError::new("", "wrong_type", "An object was expected."))),
    });
    let tell = |refusal: Error| {
        serde_json::to_value(ProblemDocument::new(Problem::from(refusal), request_id)).unwrap_or_default()
    };
    let accepted = engine.send_batch(&caller, news.collect(), repeatable, &tell).await?;
    metrics::histogram!("accept_seconds").record(arrived.0.elapsed().as_secs_f64());
    Ok(answer(accepted))
}

fn answer(accepted: AcceptedBatch) -> Response {
    let results = accepted.results.into_iter().enumerate();
    let data = results.map(|(index, result)| BatchResult::new(index, result)).collect();
    let mut response = Json(BatchOut { data }).into_response();
    if accepted.is_replay {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

impl BatchResult {
    fn new(index: usize, result: Result<Message, Value>) -> Self {
        match result {
            Ok(message) => Self { index, status: 202, message: Some(message.into()), problem: None },
            Err(problem) => {
                let status = problem["status"].as_u64().and_then(|status| u16::try_from(status).ok());
                Self { index, status: status.unwrap_or(500), message: None, problem: Some(problem) }
            }
        }
    }
}
