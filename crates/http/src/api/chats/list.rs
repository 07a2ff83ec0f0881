//! `GET /v1/chats`

use super::{ChatOut, chat_out::Cursor};
use crate::{
    answer::ListOf,
    extract::{Authenticated, Limit, Query, Word},
    problem::{Answer, Problem},
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{
    Engine,
    chats::{ChatFilter, ChatPage, ChatPlace},
};
use wagate_model::{AccountId, Caller, ChatStatus, FieldError};

/// Most characters of what is searched for.
const LONGEST: usize = 100;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChatQuery {
    /// Only of this account.
    account_id: Option<AccountId>,
    /// `true`: only with unread messages; `false`: only without.
    unread: Option<bool>,
    /// `true`: only those put out of sight; `false`: only the others. Both unless told.
    archived: Option<bool>,
    /// Only with this status.
    #[param(value_type = Option<ChatStatus>, inline)]
    status: Option<Word<ChatStatus>>,
    /// Only those that this person works on.
    #[param(max_length = 100)]
    assigned_to: Option<String>,
    /// Only with this in the contact's name or in the number; case and accents do not count.
    #[param(max_length = 100)]
    q: Option<String>,
    /// How many entries at most, 1 to 100; 20 unless told.
    #[param(inline)]
    limit: Option<Limit>,
    /// The `cursor` of the last entry of the page before: entries that come after it in the list. A
    /// chat's id stands for its present place.
    #[param(max_length = 60, pattern = "^([0-9]{1,15}\\.)?chat_[0-9a-hjkmnp-tv-z]{26}$")]
    starting_after: Option<String>,
    /// The `cursor` of the first entry of the page after: entries that come before it in the list.
    #[param(max_length = 60, pattern = "^([0-9]{1,15}\\.)?chat_[0-9a-hjkmnp-tv-z]{26}$")]
    ending_before: Option<String>,
}

impl ChatQuery {
    fn filter(&self) -> Result<ChatFilter, Vec<FieldError>> {
        let texts = [("assigned_to", &self.assigned_to), ("q", &self.q)];
        let is_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > LONGEST);
        let faults: Vec<_> = texts
            .into_iter()
            .filter(|(_, text)| is_long(text))
            .map(|(name, _)| FieldError::new(name, "too_long", "At most 100 characters are allowed."))
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(ChatFilter {
            account_id: self.account_id,
            bound_to: None,
            status: self.status.map(|word| word.0),
            has_unread: self.unread,
            is_archived: self.archived,
            assigned_to: self.assigned_to.clone(),
            search: self.q.clone(),
        })
    }

    fn cursors(&self) -> Result<(Option<Cursor>, Option<Cursor>), Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut read = |name: &str, text: &Option<String>| {
            let cursor: Option<Result<Cursor, FieldError>> = text.as_deref().map(str::parse);
            cursor.and_then(|cursor| cursor.map_err(|fault| faults.push(fault.within(name))).ok())
        };
        let cursors = (read("starting_after", &self.starting_after), read("ending_before", &self.ending_before));
        if faults.is_empty() && self.starting_after.is_some() && self.ending_before.is_some() {
            faults.push(FieldError::new("ending_before", "not_allowed", "Give one cursor, not both."));
        }
        if faults.is_empty() { Ok(cursors) } else { Err(faults) }
    }
}

/// The place of a cursor; `Err` for a chat that is not there.
async fn place(engine: &Engine, caller: &Caller, cursor: Option<Cursor>) -> Answer<Result<Option<ChatPlace>, ()>> {
    match cursor {
        None => Ok(Ok(None)),
        Some(Cursor::Place(place)) => Ok(Ok(Some(place))),
        Some(Cursor::Chat(id)) => Ok(engine.chat_place(caller, id).await?.map(Some).ok_or(())),
    }
}

/// List chats
///
/// The newest activity first. Chats move while you read the list: `cursor` names a place that does
/// not. Needs the scope `messages:read`.
#[utoipa::path(get, path = "/v1/chats", operation_id = "list_chats", tag = "Chats",
    params(ChatQuery),
    responses((status = 200, description = "One page of chats.", body = ListOf<ChatOut>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(query): Query<ChatQuery>,
) -> Answer<Json<ListOf<ChatOut>>> {
    let filter = query.filter()?;
    let (after, before) = query.cursors().map_err(Problem::from)?;
    let (Ok(after), Ok(before)) = (place(&engine, &caller, after).await?, place(&engine, &caller, before).await?)
    else {
        return Ok(Json(ListOf::new(Vec::new(), false)));
    };
    let page = ChatPage { limit: query.limit.unwrap_or_default().0, after, before };
    Ok(ListOf::of(engine.list_chats(&caller, filter, &page).await?, ChatOut::from))
}
