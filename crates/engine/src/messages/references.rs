//! Earlier messages that a new one speaks of: answered, reacted to, edited or taken back. They must be
//! of the same workspace, mode, account and chat.

use super::new_message::NewMessage;
use crate::{Engine, Error, Result};
use wagate_model::{
    AccountId, Caller, ChatAddress, Content, Context, FieldError, Message, MessageHome, MessageId, Relations, Status,
    content::ContentKind,
};
use wagate_store::messages;

impl Engine {
    /// Checks what a new message speaks of, and says how it stands to others.
    pub(super) async fn relations(&self, home: MessageHome, new: &NewMessage) -> Result<Relations> {
        if let Content::Reaction(reaction) = &new.content {
            self.referred(home, &new.to, "reaction/message_id", reaction.message_id.parse().ok()).await?;
        }
        let context = match new.context {
            Some(id) => {
                let answered = self.referred(home, &new.to, "context/message_id", Some(id)).await?;
                Some(Context { message_id: Some(id), provider_message_id: answered.provider_message_id })
            }
            None => None,
        };
        Ok(Relations {
            context,
            mentions: new.mentions.clone(),
            forwarded: new.forwarded_from.is_some(),
            forwarded_from: new.forwarded_from,
        })
    }

    /// A message that another one of its chat may speak of.
    async fn referred(
        &self,
        home: MessageHome,
        chat: &ChatAddress,
        field: &'static str,
        id: Option<MessageId>,
    ) -> Result<Message> {
        let found = match id {
            Some(id) => messages::find(&self.database, home.workspace_id, home.mode, id).await?,
            None => None,
        };
        let is_here = |message: &Message| message.account_id == home.account_id && message.chat_id == *chat;
        let Some(message) = found.map(|stored| stored.message).filter(is_here) else {
            let detail = "There is no such message of this account in this chat.";
            return Err(Error::invalid(FieldError::new(field, "not_found", detail)));
        };
        match why_not(&message) {
            Some(why) => Err(Error::invalid(FieldError::new(field, "not_allowed", why))),
            None => Ok(message),
        }
    }

    /// The network's id of a message that somebody in a chat speaks of. What is no id of ours is
    /// taken for one of the network's.
    pub(crate) async fn network_id_of(
        &self,
        caller: &Caller,
        (account_id, chat): (AccountId, &ChatAddress),
        field: &'static str,
        id: &str,
    ) -> Result<String> {
        if !id.starts_with("msg_") {
            return Ok(id.to_owned());
        }
        let home = MessageHome { workspace_id: caller.workspace_id, mode: caller.mode, account_id };
        let message = self.referred(home, chat, field, id.parse().ok()).await?;
        message.provider_message_id.ok_or_else(|| {
            Error::invalid(FieldError::new(field, "not_allowed", "The message has not reached the network yet."))
        })
    }
}

/// Why nothing can speak of a message.
fn why_not(message: &Message) -> Option<String> {
    let kind = message.content.kind();
    if kind == ContentKind::Revoked {
        Some("The message was taken back.".to_owned())
    } else if !kind.stands_alone() && kind != ContentKind::Unsupported {
        Some(format!("The message is of the type `{kind}`, which nothing can refer to."))
    } else if matches!(message.status, Status::Failed | Status::Cancelled | Status::Expired) {
        Some(format!("The message is `{}`: it never reached the network.", message.status))
    } else {
        None
    }
}
