//! Waiting for a message to be sent or to end.

use crate::{Engine, Result};
use std::time::Duration;
use tokio::{sync::broadcast::error::RecvError, time::Instant};
use wagate_model::{Caller, Message, MessageId};

/// How often a waiter looks by itself, since bells may be missed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Engine {
    /// Waits at most `limit` until the message was sent or its life ended; answers it as it is
    /// then.
    pub async fn settled_message(&self, caller: &Caller, id: MessageId, limit: Duration) -> Result<Message> {
        let until = Instant::now() + limit;
        let mut bell = self.bells.messages.subscribe();
        loop {
            let message = self.any_message(caller, id).await?.message;
            if message.status.is_settled() || Instant::now() >= until {
                return Ok(message);
            }
            let look_at = until.min(Instant::now() + LOOK_EVERY);
            loop {
                match tokio::time::timeout_at(look_at, bell.recv()).await {
                    Ok(Ok(changed)) if changed != id => {}
                    Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => break,
                    Ok(Err(RecvError::Closed)) => return Ok(message),
                }
            }
        }
    }
}
