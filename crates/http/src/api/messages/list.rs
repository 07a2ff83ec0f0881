//! `GET /v1/messages`

use super::MessageOut;
use crate::{
    answer::ListOf,
    extract::{Authenticated, Limit, Query, Word, page},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{Engine, Page, messages::MessageFilter};
use wagate_model::{AccountId, ChatAddress, Direction, FieldError, MessageId, Status, Timestamp, content::ContentKind};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessageQuery {
    /// Only of this account.
    account_id: Option<AccountId>,
    /// Only of this chat.
    chat_id: Option<ChatAddress>,
    /// Only in this direction.
    #[param(value_type = Option<Direction>, inline)]
    direction: Option<Word<Direction>>,
    /// Only with this status.
    #[param(value_type = Option<Status>, inline)]
    status: Option<Word<Status>>,
    /// Only of this type.
    #[serde(rename = "type")]
    #[param(value_type = Option<ContentKind>, inline)]
    kind: Option<Word<ContentKind>>,
    /// Only accepted or received at this time or later.
    from: Option<Timestamp>,
    /// Only accepted or received before this time.
    to: Option<Timestamp>,
    /// Only with this reference of your own.
    #[param(max_length = 255)]
    client_ref: Option<String>,
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

impl MessageQuery {
    fn read(self) -> Result<(MessageFilter, Page), Vec<FieldError>> {
        if self.client_ref.as_ref().is_some_and(|text| text.chars().count() > 255) {
            return Err(vec![FieldError::new("client_ref", "too_long", "At most 255 characters are allowed.")]);
        }
        let filter = MessageFilter {
            account_id: self.account_id,
            bound_to: None,
            chat_id: self.chat_id,
            direction: self.direction.map(|word| word.0),
            status: self.status.map(|word| word.0),
            kind: self.kind.map(|word| word.0),
            from: self.from,
            to: self.to,
            client_ref: self.client_ref,
        };
        Ok((filter, page::<MessageId>(self.limit, self.starting_after, self.ending_before)?))
    }
}

/// List messages
///
/// In both directions, newest first. Needs the scope `messages:read`.
#[utoipa::path(get, path = "/v1/messages", operation_id = "list_messages", tag = "Messages",
    params(MessageQuery),
    responses((status = 200, description = "One page of messages.", body = ListOf<MessageOut>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(query): Query<MessageQuery>,
) -> Answer<Json<ListOf<MessageOut>>> {
    let (filter, page) = query.read()?;
    let found = engine.list_messages(&caller, filter, &page).await?;
    Ok(ListOf::of(found, MessageOut::from))
}
