//! What messages do to their chats: one statement for those of a whole batch.

use crate::{
    Result, Tx,
    dialect::insert_many,
    value::{IntoValue as _, Value},
};
use std::collections::{BTreeMap, btree_map::Entry};
use wagate_model::{
    AccountId, ChatAddress, ChatId, Direction, Message, MessageId, Mode, Timestamp, WorkspaceId, content::ContentKind,
};

/// A message, as its chat shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatTouch {
    /// The chat's id, if this is its first message.
    new_id: ChatId,
    workspace_id: WorkspaceId,
    mode: Mode,
    account_id: AccountId,
    chat_id: ChatAddress,
    message_id: MessageId,
    direction: Direction,
    kind: ContentKind,
    preview: String,
    at: Timestamp,
}

impl ChatTouch {
    /// What a new message does to its chat, which gets this id if there is none yet.
    pub fn new(new_id: ChatId, message: &Message) -> Self {
        Self {
            new_id,
            workspace_id: message.workspace_id,
            mode: message.mode,
            account_id: message.account_id,
            chat_id: message.chat_id.clone(),
            message_id: message.id,
            direction: message.direction,
            kind: message.content.kind(),
            preview: message.content.preview(),
            at: message.created_at,
        }
    }
}

/// What makes a chat: the primary key. Everybody changes chats in this order, so that two
/// transactions do not wait for each other.
type Key<'a> = (WorkspaceId, &'static str, AccountId, &'a ChatAddress);

const KEY: &str = "workspace_id, mode, account_id, chat_id";
const COLUMNS: [&str; 16] = [
    "workspace_id",
    "mode",
    "account_id",
    "chat_id",
    "id",
    "status",
    "is_archived",
    "assignee",
    "unread_count",
    "last_message_id",
    "last_message_direction",
    "last_message_type",
    "last_message_preview",
    "last_activity_at",
    "created_at",
    "updated_at",
];

/// Messages were accepted: whoever answers has read what came in.
pub async fn answered(tx: &mut Tx, touches: impl IntoIterator<Item = &ChatTouch>) -> Result<()> {
    put(tx, touches, 0, "unread_count = 0").await
}

/// Messages came in: each is unread, and opens its chat again.
pub async fn heard(tx: &mut Tx, touches: impl IntoIterator<Item = &ChatTouch>) -> Result<()> {
    let more = format!("unread_count = unread_count + {}, status = 'open'", tx.dialect().new_value("unread_count"));
    put(tx, touches, 1, &more).await
}

async fn put(
    tx: &mut Tx,
    touches: impl IntoIterator<Item = &ChatTouch>,
    unread_each: u32,
    assignments: &str,
) -> Result<()> {
    let mut chats: BTreeMap<Key<'_>, (&ChatTouch, Timestamp, u32)> = BTreeMap::new();
    for touch in touches {
        match chats.entry((touch.workspace_id, touch.mode.as_str(), touch.account_id, &touch.chat_id)) {
            Entry::Vacant(chat) => {
                chat.insert((touch, touch.at, unread_each));
            }
            Entry::Occupied(mut chat) => {
                let (last, first_at, unread) = chat.get_mut();
                *first_at = touch.at.min(*first_at);
                *unread += unread_each;
                if (touch.at, touch.message_id) >= (last.at, last.message_id) {
                    *last = touch;
                }
            }
        }
    }
    if chats.is_empty() {
        return Ok(());
    }
    let rows = chats.into_values().map(|(last, first_at, unread)| row(last, first_at, unread)).collect();
    let suffix = format!("{} {assignments}, {}", tx.dialect().change_existing(KEY), newer(tx));
    insert_many(tx, "chats", &COLUMNS, &suffix, rows).await
}

/// The last message is replaced by a newer one only: transactions may commit in another order than
/// that of their messages.
fn newer(tx: &Tx) -> String {
    let new = |column| tx.dialect().new_value(column);
    let is_newer = format!("{} >= last_activity_at", new("last_activity_at"));
    let replaced = |column| format!("{column} = CASE WHEN {is_newer} THEN {} ELSE {column} END", new(column));
    // The last one last, since the others compare with it.
    let columns = [
        "updated_at",
        "last_message_id",
        "last_message_direction",
        "last_message_type",
        "last_message_preview",
        "last_activity_at",
    ];
    columns.map(replaced).join(", ")
}

fn row(last: &ChatTouch, first_at: Timestamp, unread: u32) -> Vec<Value> {
    vec![
        last.workspace_id.into_value(),
        last.mode.into_value(),
        last.account_id.into_value(),
        (&last.chat_id).into_value(),
        last.new_id.into_value(),
        "open".into_value(),
        false.into_value(),
        Value::Null,
        unread.into_value(),
        last.message_id.into_value(),
        last.direction.into_value(),
        last.kind.into_value(),
        last.preview.as_str().into_value(),
        last.at.into_value(),
        first_at.into_value(),
        last.at.into_value(),
    ]
}
