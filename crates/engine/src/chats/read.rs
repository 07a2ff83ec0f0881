//! Reading chats.

use super::{ChatFilter, ChatPage, ChatPlace, searched};
use crate::{
    Engine, Error,
    error::{Result, require},
};
use wagate_model::{Caller, Chat, ChatId, Message, Scope};
use wagate_store::{Page, PageOf, chats, messages::MessageFilter};

impl Engine {
    /// One chat. Needs `messages:read`.
    pub async fn chat(&self, caller: &Caller, id: ChatId) -> Result<Chat> {
        require(caller, Scope::MessagesRead)?;
        self.known_chat(caller, id).await
    }

    /// Lists chats, the newest activity first. Needs `messages:read`.
    pub async fn list_chats(&self, caller: &Caller, mut filter: ChatFilter, page: &ChatPage) -> Result<PageOf<Chat>> {
        require(caller, Scope::MessagesRead)?;
        filter.bound_to.clone_from(&caller.accounts);
        if filter.bound_to.as_ref().is_some_and(Vec::is_empty) {
            return Ok(PageOf { data: Vec::new(), has_more: false });
        }
        filter.search = filter.search.as_deref().and_then(searched);
        Ok(chats::list(&self.database, caller.workspace_id, caller.mode, &filter, page).await?)
    }

    /// Where a chat stands in the list now; `None` if there is no such chat.
    pub async fn chat_place(&self, caller: &Caller, id: ChatId) -> Result<Option<ChatPlace>> {
        match self.chat(caller, id).await {
            Ok(chat) => Ok(Some(ChatPlace { at: chat.last_activity_at, id })),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists a chat's messages, newest first. Needs `messages:read`.
    pub async fn list_chat_messages(&self, caller: &Caller, id: ChatId, page: &Page) -> Result<PageOf<Message>> {
        let chat = self.chat(caller, id).await?;
        let filter = MessageFilter {
            account_id: Some(chat.account_id),
            chat_id: Some(chat.chat_id),
            ..MessageFilter::default()
        };
        self.list_messages(caller, filter, page).await
    }

    /// A chat that the caller may know of.
    pub(super) async fn known_chat(&self, caller: &Caller, id: ChatId) -> Result<Chat> {
        let found = chats::find(&self.database, caller.workspace_id, caller.mode, id).await?;
        found.filter(|chat| caller.may_use(chat.account_id)).ok_or(Error::NotFound("chat"))
    }
}
