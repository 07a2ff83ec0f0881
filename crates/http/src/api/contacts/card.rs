//! What is written on a card, as callers send it.

use crate::extract::{Name, Object, given};
use serde::Deserialize;
use std::collections::BTreeMap;
use wagate_engine::contacts::ContactPatch;

/// What to write on a contact's card; what is left out stays as it is.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactCardPatch {
    /// What people call them; `null` takes the name away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Name>)]
    #[expect(clippy::option_option, reason = "left out, `null` and a value are three things")]
    name: Option<Option<Name>>,
    /// Words to find them by: all of them, at most 20 of 50 characters.
    #[schema(max_items = 20)]
    labels: Option<Vec<String>>,
    /// What else is known of them, at most 50: texts of up to 500 characters by keys of up to 64; `null`
    /// takes one away, and those that are not named stay.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    attributes: Option<Object<BTreeMap<String, Option<String>>>>,
}

impl From<ContactCardPatch> for ContactPatch {
    fn from(patch: ContactCardPatch) -> Self {
        Self {
            name: patch.name.map(|name| name.map(|name| name.0)),
            labels: patch.labels,
            attributes: patch.attributes.map(|attributes| attributes.0).unwrap_or_default(),
        }
    }
}
