//! `POST /v1/contacts`

use crate::{
    answer::Created,
    extract::{Authenticated, Body, Name, Object},
    problem::Answer,
};
use axum::extract::State;
use serde::Deserialize;
use std::collections::BTreeMap;
use wagate_engine::{
    Engine,
    contacts::{ContactPatch, NewContact},
};
use wagate_model::{ChatAddress, Contact};

/// A contact to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactIn {
    /// The person's number, or the network's own id of them (`...@lid`).
    address: ChatAddress,
    /// What people call them.
    name: Option<Name>,
    /// Words to find them by, at most 20 of 50 characters.
    #[serde(default)]
    #[schema(max_items = 20)]
    labels: Vec<String>,
    /// What else is known of them, at most 50: texts of up to 500 characters by keys of up to 64.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    attributes: Option<Object<BTreeMap<String, String>>>,
}

/// Make a contact
///
/// Whoever writes to one of the workspace's accounts is a contact by that. Needs the scope
/// `contacts:write`.
#[utoipa::path(post, path = "/v1/contacts", operation_id = "create_contact", tag = "Contacts",
    request_body = ContactIn,
    responses((status = 201, description = "The contact.", body = Contact)))]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    body: Body<ContactIn>,
) -> Answer<Created<Contact>> {
    let ContactIn { address, name, labels, attributes } = body.value;
    let attributes = attributes.map(|attributes| attributes.0).unwrap_or_default();
    let card = ContactPatch {
        name: name.map(|name| Some(name.0)),
        labels: Some(labels),
        attributes: attributes.into_iter().map(|(key, value)| (key, Some(value))).collect(),
    };
    Ok(Created(engine.create_contact(&caller, NewContact { address, card }).await?))
}
