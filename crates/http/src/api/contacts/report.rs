//! `GET /v1/contacts/imports/{id}/report`

use crate::{
    answer::ListOf,
    extract::{Authenticated, Limit, PathId, Query, Word},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{Engine, contacts::ReportPage};
use wagate_model::{
    ImportId,
    contact_import::{ImportLine, LineOutcome},
};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// Only lines with this outcome.
    #[param(value_type = Option<LineOutcome>, inline)]
    outcome: Option<Word<LineOutcome>>,
    /// The number of the last line that is known: only those after it.
    #[param(minimum = 0)]
    starting_after: Option<u32>,
    /// How many entries at most, 1 to 100; 20 unless told.
    #[param(inline)]
    limit: Option<Limit>,
}

/// Read what became of an import's lines
///
/// In their order, as far as the import is; kept for 30 days. Needs the scope `contacts:read`.
#[utoipa::path(get, path = "/v1/contacts/imports/{id}/report", operation_id = "read_contact_import_report", tag = "Contacts",
    params(("id" = ImportId, Path, description = "The import's id."), ReportQuery),
    responses((status = 200, description = "The next lines.", body = ListOf<ImportLine>)))]
pub(crate) async fn report(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ImportId>,
    Query(query): Query<ReportQuery>,
) -> Answer<Json<ListOf<ImportLine>>> {
    let page = ReportPage {
        after_line: query.starting_after.unwrap_or_default().into(),
        outcome: query.outcome.map(|word| word.0),
        limit: query.limit.unwrap_or_default().0,
    };
    Ok(Json(engine.contact_import_report(&caller, id, page).await?.into()))
}
