//! A message as it is answered.

use serde::Serialize;
use wagate_model::Message;

/// A message; the model writes it itself, `schemas` describes it.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct MessageOut(Message);

impl From<Message> for MessageOut {
    fn from(message: Message) -> Self {
        Self(message)
    }
}
