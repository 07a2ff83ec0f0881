//! A message that was sent gets other words.

use super::{commit::Accepted, own::Deed};
use crate::{Engine, Error, Result, idempotency::IdempotencyUse};
use std::time::Duration;
use wagate_model::{Caller, Content, FieldError, Message, MessageId, content::Edit};

/// WhatsApp's apps offer to edit for 15 minutes (its announcement of 22 May 2023).
const EDIT: Deed = Deed { done: "edited", window: Duration::from_mins(15), too_late: "edit_window_closed" };

impl Engine {
    /// Accepts an edit of a message of one's own, as a message of the type `edit`. Once that is
    /// sent, the message says what the edit says, and there is an event `message.edited`.
    pub async fn edit_message(
        &self,
        caller: &Caller,
        id: MessageId,
        edit: Edit,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        let content = |target: &Message| fitting(target, Edit { message_id: id.to_string(), ..edit });
        self.act_on_sent(caller, (id, &EDIT), content, idempotency).await
    }
}

fn fitting(target: &Message, edit: Edit) -> Result<Content> {
    if target.content.edited(&edit).is_some() {
        return Ok(Content::Edit(edit));
    }
    let kind = target.content.kind();
    let caption = Edit { text: None, caption: Some("x".to_owned()), ..edit.clone() };
    if matches!(target.content, Content::Text(_)) {
        let detail = "The message is of the type `text`: give `text`.";
        Err(Error::invalid(FieldError::new("caption", "not_allowed", detail)))
    } else if target.content.edited(&caption).is_some() {
        let detail = format!("The message is of the type `{kind}`: give `caption`.");
        Err(Error::invalid(FieldError::new("text", "not_allowed", detail)))
    } else {
        Err(Error::conflict("message_not_editable", format!("A message of the type `{kind}` cannot be edited.")))
    }
}
