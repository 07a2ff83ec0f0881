//! Events: recorded with what they tell of, numbered without gaps, and listed.

pub use wagate_store::events::EventFilter;

use crate::{Engine, Error, Result, engine::Shared, error::require};
use wagate_model::{
    Caller, Event, EventId, FieldError, Mode, Scope, Timestamp, WorkspaceId,
    event::{Envelope, StoredEvent},
    webhook::DeliveryStatus,
};
use wagate_store::{
    PageOf, StoreError, Tx,
    deliveries::{self, NewDelivery},
    endpoints::{self, Listening},
    events::{self, NewEvent},
};

/// Whom to ring after the commit.
pub(crate) type ToRing = Vec<wagate_model::EndpointId>;

/// Records events of one workspace and mode, with a delivery for each endpoint that listens.
/// Must be the last thing of its transaction: it locks the sequence until the commit.
pub(crate) async fn append(
    tx: &mut Tx,
    shared: &Shared,
    workspace_id: WorkspaceId,
    mode: Mode,
    news: &[Event],
) -> std::result::Result<ToRing, StoreError> {
    let listening = endpoints::listening(&mut *tx, workspace_id, mode).await?;
    append_for(tx, shared, workspace_id, mode, news, &listening).await
}

/// Records events as [`append`] does, for these endpoints only, whatever they listen to.
pub(crate) async fn append_for(
    tx: &mut Tx,
    shared: &Shared,
    workspace_id: WorkspaceId,
    mode: Mode,
    news: &[Event],
    listening: &[Listening],
) -> std::result::Result<ToRing, StoreError> {
    if news.is_empty() {
        return Ok(Vec::new());
    }
    let now = shared.clock.now();
    let count = i64::try_from(news.len()).unwrap_or(i64::MAX);
    let first = events::take_numbers(tx, workspace_id, mode, count).await?;
    let mut rows = Vec::with_capacity(news.len());
    let mut due = Vec::new();
    for (sequence, event) in (first..).zip(news) {
        let row = numbered(shared.ids.next(), sequence, workspace_id, event, now)?;
        due.extend(listening.iter().filter(|endpoint| hears(endpoint, event)).map(|endpoint| NewDelivery {
            id: shared.ids.next(),
            workspace_id,
            mode,
            endpoint_id: endpoint.id,
            event_id: row.id,
            event_sequence: sequence,
            event_type: row.event_type,
            status: if endpoint.is_enabled { DeliveryStatus::Pending } else { DeliveryStatus::Skipped },
            created_at: now,
        }));
        rows.push(row);
    }
    events::insert_many(tx, workspace_id, mode, &rows).await?;
    let feed = shared.feed.clone();
    tx.after_commit(move || feed.ring(workspace_id, mode));
    let mut to_ring: ToRing = due
        .iter()
        .filter(|delivery| delivery.status == DeliveryStatus::Pending)
        .map(|delivery| delivery.endpoint_id)
        .collect();
    to_ring.sort_unstable();
    to_ring.dedup();
    deliveries::insert_many(tx, due).await?;
    Ok(to_ring)
}

fn hears(endpoint: &Listening, event: &Event) -> bool {
    let wants_type = endpoint.events.is_empty() || endpoint.events.contains(&event.event_type());
    // Endpoints of some accounts hear nothing of what concerns no account, such as other endpoints.
    let wants_account = endpoint.account_ids.is_empty()
        || event.account_id().is_some_and(|account| endpoint.account_ids.contains(&account));
    match event {
        Event::WebhookTest(test) => test.endpoint_id == endpoint.id,
        _ => wants_type && wants_account,
    }
}

fn numbered(
    id: EventId,
    sequence: i64,
    workspace_id: WorkspaceId,
    event: &Event,
    now: Timestamp,
) -> std::result::Result<NewEvent, StoreError> {
    let envelope = Envelope { id, event_type: event.event_type(), timestamp: now, sequence, workspace_id, data: event };
    let body = serde_json::to_string(&envelope)
        .map_err(|error| StoreError::Unreadable { column: "body".to_owned(), detail: error.to_string() })?;
    Ok(NewEvent { id, sequence, event_type: event.event_type(), account_id: event.account_id(), body, created_at: now })
}

fn erased(after: i64, first: i64) -> String {
    format!(
        "The events after {after} are kept no more up to {}. Begin anew with `starting_after={}`, and read the \
         messages themselves for what happened before.",
        first - 1,
        first - 1
    )
}

impl Engine {
    /// Lists events, oldest first. A credential that is bound to accounts sees their events only.
    pub async fn list_events(
        &self,
        caller: &Caller,
        mut filter: EventFilter,
        limit: u32,
    ) -> Result<PageOf<StoredEvent>> {
        require(caller, Scope::EventsRead)?;
        if filter.after_sequence < 0 {
            let fault =
                FieldError::new("starting_after", "out_of_range", "The number of an event was expected, 0 or more.");
            return Err(Error::invalid(fault));
        }
        filter.bound_to.clone_from(&caller.accounts);
        if filter.bound_to.as_ref().is_some_and(Vec::is_empty) {
            return Ok(PageOf { data: Vec::new(), has_more: false });
        }
        let found = events::list(&self.database, caller.workspace_id, caller.mode, &filter, limit).await?;
        // After the list: what is erased only grows, so that nothing is missing in between.
        let first = self.first_event_kept(caller).await?;
        if filter.after_sequence > 0 && filter.after_sequence + 1 < first {
            return Err(Error::Gone { code: "events_erased", detail: erased(filter.after_sequence, first) });
        }
        Ok(found)
    }

    /// The number of the first event that is still kept, or of the next one if none is. Whoever
    /// knows an earlier one last has missed what was erased in between.
    pub(crate) async fn first_event_kept(&self, caller: &Caller) -> Result<i64> {
        Ok(events::first_kept(&self.database, caller.workspace_id, caller.mode).await?)
    }
}
