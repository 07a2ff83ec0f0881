//! The list of chats, the newest activity first, with its filters.

use super::{SELECT, read};
use crate::{
    Database, PageOf, Result,
    sql::{Statement, marks, sql},
};
use wagate_model::{AccountId, Chat, ChatId, ChatStatus, Mode, Timestamp, WorkspaceId};

/// Which chats are wanted; what is not set does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatFilter {
    /// Only of this account.
    pub account_id: Option<AccountId>,
    /// Only of these accounts: those that the credential is bound to.
    pub bound_to: Option<Vec<AccountId>>,
    /// Only with this status.
    pub status: Option<ChatStatus>,
    /// Only with unread messages, or only without.
    pub has_unread: Option<bool>,
    /// Only those put out of sight, or only the others.
    pub is_archived: Option<bool>,
    /// Only of whom this person works on.
    pub assigned_to: Option<String>,
    /// Only with this in the contact's folded name or in the address.
    pub search: Option<String>,
}

/// A place in the list. It stays where it is when its chat moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatPlace {
    /// The chat's last activity.
    pub at: Timestamp,
    /// The chat.
    pub id: ChatId,
}

/// Which part of the list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatPage {
    /// Most rows, 1 to 100.
    pub limit: u32,
    /// Only what comes after this place: older activity.
    pub after: Option<ChatPlace>,
    /// Only what comes before this place: newer activity.
    pub before: Option<ChatPlace>,
}

/// Lists chats, newest activity first.
pub async fn list(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    filter: &ChatFilter,
    page: &ChatPage,
) -> Result<PageOf<Chat>> {
    let statement = filtered(sql(SELECT).bind(workspace_id).bind(mode), filter);
    let rows = cut(statement, page).all(database).await?;
    let has_more = rows.len() > page.limit as usize;
    let mut chats = rows.iter().take(page.limit as usize).map(read).collect::<Result<Vec<_>>>()?;
    if page.is_backwards() {
        chats.reverse();
    }
    Ok(PageOf { data: chats, has_more })
}

fn filtered(mut statement: Statement, filter: &ChatFilter) -> Statement {
    if let Some(account) = filter.account_id {
        statement = statement.and("AND c.account_id = ?").bind(account);
    }
    if let Some(bound) = &filter.bound_to {
        statement = statement.and(&format!("AND c.account_id IN ({})", marks(bound.len()))).bind_all(bound.iter());
    }
    if let Some(status) = filter.status {
        statement = statement.and("AND c.status = ?").bind(status);
    }
    if let Some(has_unread) = filter.has_unread {
        statement = statement.and(if has_unread { "AND c.unread_count > 0" } else { "AND c.unread_count = 0" });
    }
    if let Some(is_archived) = filter.is_archived {
        statement = statement.and("AND c.is_archived = ?").bind(is_archived);
    }
    if let Some(assignee) = &filter.assigned_to {
        statement = statement.and("AND c.assignee = ?").bind(assignee.as_str());
    }
    if let Some(search) = &filter.search {
        statement = statement
            .and("AND (INSTR(k.name_folded, ?) > 0 OR INSTR(c.chat_id, ?) > 0)")
            .bind(search.as_str())
            .bind(search.as_str());
    }
    statement
}

fn cut(mut statement: Statement, page: &ChatPage) -> Statement {
    for (place, than) in [(page.after, "<"), (page.before, ">")] {
        if let Some(place) = place {
            let beyond = format!("AND c.last_activity_at {than}= ? AND (c.last_activity_at {than} ? OR c.id {than} ?)");
            statement = statement.and(&beyond).bind(place.at).bind(place.at).bind(place.id);
        }
    }
    let order = if page.is_backwards() { "ASC" } else { "DESC" };
    let order = format!("ORDER BY c.last_activity_at {order}, c.id {order} LIMIT ?");
    statement.and(&order).bind(i64::from(page.limit) + 1)
}

impl ChatPage {
    const fn is_backwards(&self) -> bool {
        self.before.is_some() && self.after.is_none()
    }
}
