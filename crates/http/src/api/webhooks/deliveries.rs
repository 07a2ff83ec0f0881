//! `GET /v1/webhooks/{id}/deliveries`

use crate::{
    answer::ListOf,
    extract::{Authenticated, Limit, PathId, Query, Word, page},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{Engine, webhooks::DeliveryFilter};
use wagate_model::{
    DeliveryId, EndpointId,
    webhook::{Delivery, DeliveryStatus},
};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// Only those of this status.
    #[param(value_type = Option<DeliveryStatus>, inline)]
    status: Option<Word<DeliveryStatus>>,
    /// How many entries at most, 1 to 100; 20 unless told.
    #[param(inline)]
    limit: Option<Limit>,
    /// The id of the last entry of the page before: entries that come after it in the list.
    #[param(max_length = 40, pattern = "^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$")]
    starting_after: Option<String>,
    /// The id of the first entry of the page after: entries that come before it in the list.
    #[param(max_length = 40, pattern = "^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$")]
    ending_before: Option<String>,
}

/// List the deliveries of a webhook
///
/// Newest first. Needs the scope `webhooks:write`.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", operation_id = "list_deliveries", tag = "Deliveries",
    params(("id" = EndpointId, Path, description = "The webhook's id."), DeliveryQuery),
    responses((status = 200, description = "One page of deliveries.", body = ListOf<Delivery>)))]
pub(crate) async fn deliveries(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<EndpointId>,
    Query(query): Query<DeliveryQuery>,
) -> Answer<Json<ListOf<Delivery>>> {
    let filter = DeliveryFilter { status: query.status.map(|word| word.0) };
    let page = page::<DeliveryId>(query.limit, query.starting_after, query.ending_before)?;
    let found = engine.list_deliveries(&caller, id, filter, &page).await?;
    Ok(Json(found.into()))
}
