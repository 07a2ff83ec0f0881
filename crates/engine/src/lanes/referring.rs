//! What a message speaks of, in the network's words, looked up just before an attempt begins.

use wagate_model::{
    Message, MessageId, Reason, Status,
    content::ContentKind,
    provider::{Outbound, SendFailure},
};
use wagate_store::{Database, Result, messages};

/// The network's ids of the messages that a message speaks of.
#[derive(Debug, Default)]
pub(super) struct Referring {
    target: Option<String>,
    reply_to: Option<String>,
}

/// Looks up what a message speaks of. The inner failure ends the attempt without asking the network.
pub(super) async fn look_up(
    database: &Database,
    message: &Message,
) -> Result<std::result::Result<Referring, SendFailure>> {
    let mut referring = Referring::default();
    if let Some(id) = message.content.refers_to() {
        match id.parse() {
            Ok(id) => match network_id(database, message, id).await? {
                Some(id) => referring.target = Some(id),
                None => return Ok(Err(gone())),
            },
            Err(_) => return Ok(Err(gone())),
        }
    }
    if let Some(context) = &message.relations.context {
        referring.reply_to.clone_from(&context.provider_message_id);
        if let (None, Some(id)) = (&referring.reply_to, context.message_id) {
            match network_id(database, message, id).await? {
                Some(id) => referring.reply_to = Some(id),
                None => return Ok(Err(gone())),
            }
        }
    }
    Ok(Ok(referring))
}

fn gone() -> SendFailure {
    SendFailure::new(
        Reason::ContentInvalid,
        "The message that this one speaks of never reached the network, or was taken back.",
    )
}

/// The network's id of a message that is there for others to see.
async fn network_id(database: &Database, of: &Message, id: MessageId) -> Result<Option<String>> {
    let found = messages::find(database, of.workspace_id, of.mode, id).await?.map(|stored| stored.message);
    let is_there = |message: &Message| {
        matches!(message.status, Status::Sent | Status::Delivered | Status::Read | Status::Received)
            && message.content.kind() != ContentKind::Revoked
    };
    Ok(found.filter(is_there).and_then(|message| message.provider_message_id))
}

impl Referring {
    /// An attempt to send the message.
    pub(super) fn outbound(self, message: &Message) -> Outbound {
        let content = message.content.clone();
        Outbound {
            message_id: message.id,
            attempt: message.attempts,
            provider_message_id: message.provider_message_id.clone().unwrap_or_default(),
            chat_id: message.chat_id.clone(),
            content: match self.target {
                Some(id) => content.referring_to(id),
                None => content,
            },
            media: None,
            reply_to: self.reply_to,
            mentions: message.relations.mentions.clone(),
            is_forwarded: message.relations.forwarded,
        }
    }
}
