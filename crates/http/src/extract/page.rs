//! Which part of a list is wanted.

use super::Limit;
use serde::Deserialize;
use std::{fmt::Display, str::FromStr};
use wagate_engine::Page;
use wagate_model::FieldError;

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many entries at most, 1 to 100; 20 unless told.
    #[serde(default)]
    #[param(inline)]
    limit: Option<Limit>,
    /// The id of the last entry of the page before: entries that come after it in the list.
    #[param(max_length = 40, pattern = "^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$")]
    starting_after: Option<String>,
    /// The id of the first entry of the page after: entries that come before it in the list.
    #[param(max_length = 40, pattern = "^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$")]
    ending_before: Option<String>,
}

impl PageQuery {
    /// The page, if its cursors are ids of type `I`.
    pub(crate) fn of<I: FromStr<Err: Display>>(self) -> Result<Page, Vec<FieldError>> {
        page::<I>(self.limit, self.starting_after, self.ending_before)
    }
}

/// A page whose cursors are ids of type `I`.
pub(crate) fn page<I: FromStr<Err: Display>>(
    limit: Option<Limit>,
    starting_after: Option<String>,
    ending_before: Option<String>,
) -> Result<Page, Vec<FieldError>> {
    let mut faults = Vec::new();
    for (name, cursor) in [("starting_after", &starting_after), ("ending_before", &ending_before)] {
        if let Some(Err(error)) = cursor.as_deref().map(str::parse::<I>) {
            faults.push(FieldError::format(name, error.to_string()));
        }
    }
    if starting_after.is_some() && ending_before.is_some() {
        faults.push(FieldError::new("ending_before", "not_allowed", "Give one cursor, not both."));
    }
    if faults.is_empty() {
        Ok(Page { limit: limit.unwrap_or_default().0, starting_after, ending_before })
    } else {
        Err(faults)
    }
}
