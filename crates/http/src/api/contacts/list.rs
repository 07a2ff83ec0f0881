//! `GET /v1/contacts`

use crate::{
    answer::ListOf,
    extract::{Authenticated, Limit, Query, page},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{Engine, Page, contacts::ContactFilter};
use wagate_model::{Contact, ContactId, FieldError};

/// Most characters of what is searched for.
const LONGEST: usize = 100;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContactQuery {
    /// Only with this in the name or in the number; case and accents do not count.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Only with this label.
    #[param(max_length = 100)]
    label: Option<String>,
    /// `true`: only those who opted out; `false`: only the others.
    opted_out: Option<bool>,
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

impl ContactQuery {
    fn read(self) -> Result<(ContactFilter, Page), Vec<FieldError>> {
        let is_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > LONGEST);
        let faults: Vec<_> = [("q", &self.q), ("label", &self.label)]
            .into_iter()
            .filter(|(_, text)| is_long(text))
            .map(|(name, _)| FieldError::new(name, "too_long", "At most 100 characters are allowed."))
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let filter = ContactFilter { label: self.label, is_opted_out: self.opted_out, search: self.q };
        Ok((filter, page::<ContactId>(self.limit, self.starting_after, self.ending_before)?))
    }
}

/// List contacts
///
/// Newest first. Needs the scope `contacts:read`.
#[utoipa::path(get, path = "/v1/contacts", operation_id = "list_contacts", tag = "Contacts",
    params(ContactQuery),
    responses((status = 200, description = "One page of contacts.", body = ListOf<Contact>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(query): Query<ContactQuery>,
) -> Answer<Json<ListOf<Contact>>> {
    let (filter, page) = query.read()?;
    Ok(Json(engine.list_contacts(&caller, filter, &page).await?.into()))
}
