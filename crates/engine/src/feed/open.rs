//! A listener comes: from where on, and whether it may.

use super::{
    Fed, Feed,
    hub::{Joined, Topic},
    reader::Reader,
};
use crate::{Engine, Error, Result, error::require, events::EventFilter};
use wagate_model::{AccountId, Actor, Caller, EventType, FieldError, Scope};
use wagate_store::events;

/// What a listener asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedRequest {
    /// The number of the last event that it knows; from now on if there is none.
    pub after: Option<i64>,
    /// Only events of these types; empty is all.
    pub types: Vec<EventType>,
    /// Only events of these accounts; empty is all.
    pub account_ids: Vec<AccountId>,
}

impl Engine {
    /// Begins to listen. A credential that is bound to accounts hears of them only. Needs
    /// `events:read`.
    pub async fn open_feed(&self, caller: &Caller, request: FeedRequest) -> Result<Feed> {
        require(caller, Scope::EventsRead)?;
        if request.after.is_some_and(|after| after < 0) {
            let fault =
                FieldError::new("last_event_id", "out_of_range", "The number of an event was expected, 0 or more.");
            return Err(Error::invalid(fault));
        }
        if self.feed.end.is_cancelled() {
            return Err(Error::Unavailable { part: "live feed", source: None });
        }
        let most = self.config.feeds_per_workspace;
        let place = self.feed.take_place(caller.workspace_id, most).ok_or_else(|| {
            Error::conflict("too_many_streams", format!("The workspace has {most} streams open, the most that it may."))
        })?;
        let topic = (caller.workspace_id, caller.mode);
        // In this order: what is committed after the listener has joined comes by itself, and all that
        // was committed before is in the table.
        let (channel, live) = self.join(topic).await?;
        let (first, is_live) = self.beginning(topic, request.after).await?;
        let watch = match caller.actor {
            Actor::Key(key) => Some(channel.watch(key)),
            Actor::User(_) | Actor::Operator | Actor::System => None,
        };
        let filter = EventFilter {
            after_sequence: first.sequence(),
            types: request.types,
            bound_to: caller.accounts_among(&request.account_ids),
        };
        Ok(Feed::new(self.clone(), topic, filter, live, (place, watch)).beginning(first, is_live))
    }

    async fn join(&self, topic: Topic) -> Result<Joined> {
        if let Some(joined) = self.feed.join(topic) {
            return Ok(joined);
        }
        // Before anybody joins, so that nobody joins between this number and the reader's first look.
        let position = events::last_number(&self.database, topic.0, topic.1).await?;
        let (joined, is_new) = self.feed.join_or_make(topic);
        if is_new {
            let reader = Reader { engine: self.clone(), topic, channel: joined.0.clone(), position, is_patient: true };
            self.tasks.spawn(reader.run());
        }
        Ok(joined)
    }

    /// What a listener hears first, and whether there is nothing that it missed.
    pub(super) async fn beginning(&self, (workspace_id, mode): Topic, asked: Option<i64>) -> Result<(Fed, bool)> {
        let last = events::last_number(&self.database, workspace_id, mode).await?;
        let Some(asked) = asked.filter(|asked| *asked != last) else {
            return Ok((Fed::Begun { sequence: last }, true));
        };
        let oldest = events::first_kept(&self.database, workspace_id, mode).await?;
        if asked > last || oldest > asked + 1 {
            return Ok((Fed::Reset { asked, oldest, sequence: last }, true));
        }
        Ok((Fed::Begun { sequence: asked }, false))
    }
}
