//! `GET /v1/events`

use crate::{
    answer::ListOf,
    extract::{Authenticated, Limit, Query, Words},
    problem::{Answer, Problem},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wagate_engine::{Engine, events::EventFilter};
use wagate_model::{EventId, EventType, Timestamp, WorkspaceId, event::StoredEvent};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventQuery {
    /// The `sequence` of the last event that is known: only those after it. From the first one that
    /// is kept unless told, and with 0. Where events after it were erased meanwhile, the answer is
    /// 410 with the code `events_erased`.
    #[param(minimum = 0)]
    starting_after: Option<i64>,
    /// Only of these types, with commas between them.
    #[param(value_type = Option<Vec<EventType>>, style = Form, explode = false)]
    types: Option<Words<EventType>>,
    /// How many entries at most, 1 to 100; 20 unless told.
    #[param(inline)]
    limit: Option<Limit>,
}

/// Something that happened; the same bytes as its webhooks carry.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct EventOut(Box<RawValue>);

/// How the document describes an event.
#[derive(utoipa::ToSchema)]
#[schema(as = Event)]
#[expect(dead_code, reason = "the stored bytes are answered as they are; this describes them")]
struct EventShape {
    /// Its id, the same in every webhook.
    id: EventId,
    /// What happened.
    #[schema(rename = "type")]
    event_type: EventType,
    /// When it was recorded.
    timestamp: Timestamp,
    /// Its number in the workspace and mode, without gaps.
    sequence: i64,
    /// Whose it is.
    workspace_id: WorkspaceId,
    /// What it carries: a message, an account, or the webhook concerned.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

impl utoipa::PartialSchema for EventOut {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        EventShape::schema()
    }
}

impl utoipa::ToSchema for EventOut {
    fn name() -> std::borrow::Cow<'static, str> {
        "Event".into()
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        EventShape::schemas(schemas);
    }
}

impl TryFrom<StoredEvent> for EventOut {
    type Error = Problem;

    fn try_from(event: StoredEvent) -> Result<Self, Problem> {
        let body = RawValue::from_string(event.body).map_err(wagate_engine::Error::internal)?;
        Ok(Self(body))
    }
}

/// List events
///
/// In the order in which they happened, the oldest first: ask for what comes after the last
/// `sequence` that you know. Needs the scope `events:read`.
#[utoipa::path(get, path = "/v1/events", operation_id = "list_events", tag = "Events",
    params(EventQuery),
    responses((status = 200, description = "The next events.", body = ListOf<EventOut>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(query): Query<EventQuery>,
) -> Answer<Json<ListOf<EventOut>>> {
    let filter = EventFilter {
        after_sequence: query.starting_after.unwrap_or_default(),
        types: query.types.unwrap_or_default().0,
        bound_to: None,
    };
    let limit = query.limit.unwrap_or_default().0;
    let found = engine.list_events(&caller, filter, limit).await?;
    let data = found.data.into_iter().map(EventOut::try_from).collect::<Result<_, _>>()?;
    Ok(Json(ListOf::new(data, found.has_more)))
}
