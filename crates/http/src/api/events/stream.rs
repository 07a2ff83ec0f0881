//! `GET /v1/events/stream`

use crate::{
    extract::{Authenticated, Query, Words},
    problem::{Answer, INVALID_HEADER, Problem},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse as _, Response,
        sse::{Event, Sse},
    },
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use wagate_engine::{
    Engine,
    feed::{Fed, FeedRequest},
};
use wagate_model::{AccountId, EventType, FieldError};

/// How a listener says what it has had, when it comes back.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells proxies to pass each event on at once.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");
/// How long a listener waits before it comes back.
const COMES_BACK_AFTER: Duration = Duration::from_secs(1);
/// Most accounts that can be named.
const MOST_ACCOUNTS: usize = 100;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamQuery {
    /// The `sequence` of the last event that is known, for those who cannot send the header
    /// `Last-Event-ID`, which goes first. From now on unless told.
    #[param(minimum = 0)]
    last_event_id: Option<i64>,
    /// Only events of these types, with commas between them.
    #[param(value_type = Option<Vec<EventType>>, style = Form, explode = false)]
    types: Option<Words<EventType>>,
    /// Only events of these accounts, with commas between them, at most 100.
    #[param(value_type = Option<Vec<AccountId>>, style = Form, explode = false)]
    account_ids: Option<Words<AccountId>>,
}

/// Stream events
///
/// Server-sent events as they happen: `id` is the event's `sequence`, `event` its type, `data` the very
/// body that webhooks carry. Whoever comes back with `Last-Event-ID` hears all that came since, once. If
/// that is not known any more, an event `reset` comes first, and then what happens from now on. A comment
/// comes at least every 20 seconds. The stream ends when its key does, when its reader is too slow, and
/// when the gateway stops: come back. Needs the scope `events:read`.
#[utoipa::path(get, path = "/v1/events/stream", operation_id = "stream_events", tag = "Events",
    params(StreamQuery,
        ("Last-Event-ID" = Option<i64>, Header, description = "The `sequence` of the last event that is known.", minimum = 0)),
    responses((status = 200, description = "The stream; it does not end by itself.",
        body = String, content_type = "text/event-stream")))]
pub(crate) async fn stream(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    headers: HeaderMap,
    Query(query): Query<StreamQuery>,
) -> Answer<Response> {
    let account_ids = query.account_ids.unwrap_or_default().0;
    if account_ids.len() > MOST_ACCOUNTS {
        let fault =
            FieldError::new("account_ids", "too_many", format!("At most {MOST_ACCOUNTS} accounts can be named."));
        return Err(fault.into());
    }
    let request = FeedRequest {
        after: last_event_id(&headers)?.or(query.last_event_id),
        types: query.types.unwrap_or_default().0,
        account_ids,
    };
    let feed = engine.open_feed(&caller, request).await?;
    let frames = stream::unfold(feed, async |mut feed| {
        let next = feed.next().await?;
        Some((Ok::<_, Infallible>(frame(&next)), feed))
    });
    Ok(([UNBUFFERED], Sse::new(frames)).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let mut values = headers.get_all(LAST_EVENT_ID).iter();
    let first = values.next().filter(|value| !value.is_empty());
    let Some(value) = first else { return Ok(None) };
    let number = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = number.and_then(|text| text.parse().ok()).filter(|_| values.next().is_none());
    let fault = || Problem::new(&INVALID_HEADER, "`Last-Event-ID` is the number of an event, and is given once.");
    number.map(Some).ok_or_else(fault)
}

/// What stands in the stream. An `id` without data is no event, and yet remembered by whoever comes back.
fn frame(fed: &Fed) -> Event {
    let event = Event::default().id(fed.sequence().to_string());
    match fed {
        Fed::Begun { .. } => event.comment("listening").retry(COMES_BACK_AFTER),
        Fed::Alive { .. } => event.comment("alive"),
        Fed::Event(stored) => event.event(stored.event_type.as_str()).data(&stored.body),
        Fed::Reset { asked, oldest, sequence } => event
            .event("reset")
            .retry(COMES_BACK_AFTER)
            .data(json!({ "last_event_id": asked, "oldest_sequence": oldest, "sequence": sequence }).to_string()),
    }
}
