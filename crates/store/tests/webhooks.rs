//! Endpoints, deliveries and their attempts.

use crate::support::{HARD_TEXT, NOON, id, workspace};
use std::collections::BTreeMap;
use wagate_model::{
    DeliveryId, EndpointId, EventId, EventType, Mode, Timestamp, WorkspaceId,
    webhook::{Delivery, DeliveryStatus, Endpoint, Trigger, WebhookAttempt},
};
use wagate_store::{
    Database, Page,
    deliveries::{self, Due, FailedTry, NewDelivery, Recovery, TRIES},
    endpoints::{self, EndpointRow, Listening},
    events::{self, NewEvent},
    webhook_attempts,
};

const LATER: Timestamp = Timestamp(NOON.0 + 60_000);

fn new_endpoint(workspace_id: WorkspaceId) -> EndpointRow {
    let endpoint = Endpoint {
        id: id(),
        workspace_id,
        mode: Mode::Test,
        url: "https://hook.example/a?b=\u{fc}".to_owned(),
        description: HARD_TEXT.to_owned(),
        events: Vec::new(),
        account_ids: Vec::new(),
        headers: BTreeMap::new(),
        is_enabled: true,
        disabled_reason: None,
        failing_since: None,
        created_at: NOON,
        updated_at: NOON,
    };
    EndpointRow { endpoint, headers: Vec::new(), secrets: vec![0, 0xff, 0x27, 0x80], deleted_at: None }
}

async fn endpoint(database: &Database, workspace_id: WorkspaceId) -> EndpointId {
    let row = new_endpoint(workspace_id);
    committed!(database, |tx| endpoints::insert(tx, &row).await);
    row.endpoint.id
}

async fn find(database: &Database, workspace_id: WorkspaceId, id: EndpointId) -> EndpointRow {
    endpoints::find(database, workspace_id, Mode::Test, id).await.unwrap().unwrap()
}

/// An event with one delivery to each endpoint.
async fn event(
    database: &Database,
    workspace_id: WorkspaceId,
    to: &[EndpointId],
    status: DeliveryStatus,
    at: Timestamp,
) -> Vec<DeliveryId> {
    let event_id: EventId = id();
    let made: Vec<(EndpointId, DeliveryId)> = to.iter().map(|endpoint| (*endpoint, id())).collect();
    committed!(database, |tx| {
        let sequence = events::take_numbers(tx, workspace_id, Mode::Test, 1).await?;
        let event = NewEvent {
            id: event_id,
            sequence,
            event_type: EventType::MessageStatus,
            account_id: None,
            body: format!("{{\"text\":\"{sequence} \u{1f990}\"}}"),
            created_at: at,
        };
        events::insert_many(tx, workspace_id, Mode::Test, &[event]).await?;
        let new = made.iter().map(|(endpoint_id, id)| NewDelivery {
            id: *id,
            workspace_id,
            mode: Mode::Test,
            endpoint_id: *endpoint_id,
            event_id,
            event_sequence: sequence,
            event_type: EventType::MessageStatus,
            status,
            created_at: at,
        });
        deliveries::insert_many(tx, new.collect()).await
    });
    made.into_iter().map(|(_, id)| id).collect()
}

async fn pending(database: &Database, workspace_id: WorkspaceId, to: EndpointId, at: Timestamp) -> DeliveryId {
    event(database, workspace_id, &[to], DeliveryStatus::Pending, at).await[0]
}

async fn delivery(database: &Database, workspace_id: WorkspaceId, id: DeliveryId) -> Delivery {
    deliveries::find(database, workspace_id, Mode::Test, id).await.unwrap().unwrap()
}

async fn due(database: &Database, workspace_id: WorkspaceId, endpoint_id: EndpointId, now: Timestamp) -> Vec<Due> {
    deliveries::due(database, workspace_id, endpoint_id, now, None, 100).await.unwrap()
}

fn ids(due: &[Due]) -> Vec<DeliveryId> {
    due.iter().map(|due| due.id).collect()
}

fn failed(due: &Due, workspace_id: WorkspaceId, next: Option<Timestamp>) -> FailedTry {
    FailedTry {
        id: due.id,
        workspace_id,
        attempts: due.attempts + 1,
        was_due_at: due.due_at,
        tries_left: due.tries_left.saturating_sub(1),
        due_at: next,
    }
}

fn attempt(delivery_id: DeliveryId, number: u32) -> WebhookAttempt {
    WebhookAttempt {
        id: id(),
        delivery_id,
        number,
        trigger: Trigger::Schedule,
        status_code: Some(503),
        error: None,
        response: Some(HARD_TEXT.to_owned()),
        duration_ms: 15_000,
        at: NOON,
    }
}

on_both! {
    async fn an_endpoint_is_read_back_as_it_was_written(database: &Database) {
        let workspace_id = workspace(database).await;
        let mut row = new_endpoint(workspace_id);
        row.endpoint.events = vec![EventType::MessageReceived, EventType::ConnectionUpdate];
        row.endpoint.account_ids = vec![id(), id()];
        row.endpoint.failing_since = Some(Timestamp(5));
        row.headers = vec![1, 2, 3];
        committed!(database, |tx| endpoints::insert(tx, &row).await);
        let endpoint_id = row.endpoint.id;
        assert_eq!(find(database, workspace_id, endpoint_id).await, row);
        assert_eq!(endpoints::find_any_workspace(database, endpoint_id).await.unwrap(), Some(row.clone()));
        let locked = committed!(database, |tx| endpoints::find_for_update(tx, workspace_id, Mode::Test, endpoint_id).await);
        assert_eq!(locked, Some(row));
    }

    async fn an_endpoint_is_seen_by_its_workspace_and_mode_alone(database: &Database) {
        let (mine, other) = (workspace(database).await, workspace(database).await);
        let endpoint_id = endpoint(database, mine).await;
        for (workspace_id, mode) in [(other, Mode::Test), (mine, Mode::Live)] {
            assert_eq!(endpoints::find(database, workspace_id, mode, endpoint_id).await.unwrap(), None);
            assert_eq!(endpoints::find_with_deleted(database, workspace_id, mode, endpoint_id).await.unwrap(), None);
            assert_eq!(committed!(database, |tx| endpoints::find_for_update(tx, workspace_id, mode, endpoint_id).await), None);
            assert_eq!(endpoints::list(database, workspace_id, mode, None, &Page::default()).await.unwrap().data, []);
            assert_eq!(endpoints::listening(database, workspace_id, mode).await.unwrap(), []);
            assert_eq!(endpoints::count(database, workspace_id, mode).await.unwrap(), 0);
        }
        let before = find(database, mine, endpoint_id).await;
        let mut foreign = before.clone();
        foreign.endpoint.workspace_id = other;
        "https://evil.example/".clone_into(&mut foreign.endpoint.url);
        committed!(database, |tx| endpoints::update(tx, &foreign).await);
        committed!(database, |tx| endpoints::begin_failing(tx, other, endpoint_id, NOON).await);
        assert_eq!(find(database, mine, endpoint_id).await, before);
    }

    async fn everything_that_changes_is_written(database: &Database) {
        let workspace_id = workspace(database).await;
        let mut row = new_endpoint(workspace_id);
        committed!(database, |tx| endpoints::insert(tx, &row).await);
        "https://other.example/".clone_into(&mut row.endpoint.url);
        row.endpoint.description.clear();
        row.endpoint.events = vec![EventType::WebhookTest];
        row.endpoint.account_ids = vec![id()];
        row.endpoint.is_enabled = false;
        row.endpoint.disabled_reason = Some("gone".to_owned());
        row.endpoint.failing_since = Some(NOON);
        row.endpoint.updated_at = LATER;
        (row.headers, row.secrets) = (vec![9], vec![8, 7]);
        committed!(database, |tx| endpoints::update(tx, &row).await);
        assert_eq!(find(database, workspace_id, row.endpoint.id).await, row);
    }

    async fn a_deleted_endpoint_is_a_tombstone(database: &Database) {
        let workspace_id = workspace(database).await;
        let (gone, kept) = (endpoint(database, workspace_id).await, endpoint(database, workspace_id).await);
        let mut row = find(database, workspace_id, gone).await;
        row.deleted_at = Some(LATER);
        committed!(database, |tx| endpoints::update(tx, &row).await);
        assert_eq!(endpoints::find(database, workspace_id, Mode::Test, gone).await.unwrap(), None);
        assert_eq!(endpoints::find_with_deleted(database, workspace_id, Mode::Test, gone).await.unwrap(), Some(row));
        assert_eq!(endpoints::count(database, workspace_id, Mode::Test).await.unwrap(), 1);
        let listening = endpoints::listening(database, workspace_id, Mode::Test).await.unwrap();
        assert_eq!(listening, [Listening { id: kept, events: vec![], account_ids: vec![], is_enabled: true }]);
        let page = endpoints::list(database, workspace_id, Mode::Test, None, &Page::default()).await.unwrap();
        assert_eq!(page.data.iter().map(|row| row.endpoint.id).collect::<Vec<_>>(), [kept]);
    }

    async fn a_list_may_be_of_some_endpoints_alone(database: &Database) {
        let workspace_id = workspace(database).await;
        let made = [endpoint(database, workspace_id).await, endpoint(database, workspace_id).await, endpoint(database, workspace_id).await];
        let listed = async |only: Option<&[EndpointId]>, limit: u32| {
            let page = Page { limit, ..Page::default() };
            let page = endpoints::list(database, workspace_id, Mode::Test, only, &page).await.unwrap();
            (page.data.iter().map(|row| row.endpoint.id).collect::<Vec<_>>(), page.has_more)
        };
        assert_eq!(listed(None, 2).await, (vec![made[2], made[1]], true));
        assert_eq!(listed(Some(&[made[0], made[2], id()]), 2).await, (vec![made[2], made[0]], false));
        assert_eq!(listed(Some(&[]), 2).await, (vec![], false));
    }

    async fn the_first_failure_is_noted_until_a_success(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        for at in [NOON, LATER] {
            committed!(database, |tx| endpoints::begin_failing(tx, workspace_id, endpoint_id, at).await);
        }
        let row = find(database, workspace_id, endpoint_id).await;
        assert_eq!((row.endpoint.failing_since, row.endpoint.updated_at), (Some(NOON), NOON));
        committed!(database, |tx| endpoints::end_failing(tx, workspace_id, endpoint_id).await);
        assert_eq!(find(database, workspace_id, endpoint_id).await.endpoint.failing_since, None);
    }

    async fn a_delivery_is_due_at_once_with_its_events_body(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        let delivery_id = pending(database, workspace_id, endpoint_id, NOON).await;
        let found = delivery(database, workspace_id, delivery_id).await;
        assert_eq!((found.status, found.attempts, found.next_attempt_at), (DeliveryStatus::Pending, 0, Some(NOON)));
        let due = due(database, workspace_id, endpoint_id, NOON).await;
        let expected = Due {
            id: delivery_id,
            event_id: found.event_id,
            event_type: EventType::MessageStatus,
            body: "{\"text\":\"1 \u{1f990}\"}".to_owned(),
            attempts: 0,
            tries_left: TRIES,
            is_manual: false,
            due_at: NOON,
            endpoint_version: NOON,
        };
        assert_eq!(due, [expected]);
        let before = Timestamp(NOON.0 - 1);
        assert_eq!(deliveries::due(database, workspace_id, endpoint_id, before, None, 100).await.unwrap(), []);
    }

    async fn a_delivery_is_seen_by_its_workspace_and_mode_alone(database: &Database) {
        let (mine, other) = (workspace(database).await, workspace(database).await);
        let endpoint_id = endpoint(database, mine).await;
        let delivery_id = pending(database, mine, endpoint_id, NOON).await;
        committed!(database, |tx| webhook_attempts::insert_many(tx, [(mine, &attempt(delivery_id, 1))]).await);
        for (workspace_id, mode) in [(other, Mode::Test), (mine, Mode::Live)] {
            assert_eq!(deliveries::find(database, workspace_id, mode, delivery_id).await.unwrap(), None);
        }
        assert_eq!(deliveries::list(database, other, endpoint_id, None, &Page::default()).await.unwrap().data, []);
        assert_eq!(deliveries::newest(database, other, endpoint_id, EventType::MessageStatus).await.unwrap(), None);
        assert_eq!(deliveries::due(database, other, endpoint_id, LATER, None, 9).await.unwrap(), []);
        assert_eq!(webhook_attempts::of_delivery(database, other, delivery_id).await.unwrap(), []);
        let recovery = Recovery { workspace_id: other, endpoint_id, since: NOON, limit: 9, at: LATER };
        assert_eq!(committed!(database, |tx| deliveries::recover(tx, &recovery).await), 0);
        let status = DeliveryStatus::Cancelled;
        assert_eq!(committed!(database, |tx| deliveries::end_pending(tx, other, endpoint_id, status, LATER).await), 0);
        committed!(database, |tx| deliveries::resend(tx, other, delivery_id, LATER).await);
        assert_eq!(delivery(database, mine, delivery_id).await.updated_at, NOON);
    }

    async fn the_longest_due_comes_first_and_reading_goes_on_behind_it(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        let mut made = Vec::new();
        for at in [LATER, NOON, NOON, Timestamp(NOON.0 + 1)] {
            made.push(pending(database, workspace_id, endpoint_id, at).await);
        }
        let order = [made[1], made[2], made[3], made[0]];
        assert_eq!(ids(&due(database, workspace_id, endpoint_id, LATER).await), order);
        let mut after = None;
        for expected in order {
            let read = deliveries::due(database, workspace_id, endpoint_id, LATER, after, 1).await.unwrap();
            assert_eq!(ids(&read), [expected]);
            after = read.first().map(|due| (due.due_at, due.id));
        }
        assert_eq!(deliveries::due(database, workspace_id, endpoint_id, LATER, after, 1).await.unwrap(), []);
    }

    async fn endpoints_with_something_due_are_found(database: &Database) {
        let (one, two) = (workspace(database).await, workspace(database).await);
        let (busy, later, idle) = (endpoint(database, one).await, endpoint(database, one).await, endpoint(database, one).await);
        let (gone, long_gone) = (endpoint(database, two).await, endpoint(database, two).await);
        pending(database, one, busy, NOON).await;
        pending(database, one, busy, NOON).await;
        pending(database, one, later, LATER).await;
        event(database, one, &[idle], DeliveryStatus::Skipped, NOON).await;
        event(database, two, &[gone, long_gone], DeliveryStatus::Pending, NOON).await;
        for (endpoint_id, deleted_at) in [(gone, NOON), (long_gone, Timestamp(1))] {
            let mut row = find(database, two, endpoint_id).await;
            row.deleted_at = Some(deleted_at);
            committed!(database, |tx| endpoints::update(tx, &row).await);
        }
        let mut found = deliveries::due_endpoints_any_workspace(database, NOON, 100).await.unwrap();
        found.sort_unstable();
        let mut expected = [(busy, one), (gone, two)];
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(deliveries::due_endpoints_any_workspace(database, LATER, 1).await.unwrap().len(), 1);
    }

    async fn many_deliveries_end_as_delivered_at_once(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        let mut made = Vec::new();
        for _ in 0..11 {
            made.push(pending(database, workspace_id, endpoint_id, NOON).await);
        }
        let done: Vec<_> = made[1..].iter().zip(1..).map(|(id, attempts)| (*id, attempts)).collect();
        committed!(database, |tx| deliveries::record_delivered(tx, &done, LATER).await);
        committed!(database, |tx| deliveries::record_delivered(tx, &[], LATER).await);
        assert_eq!(ids(&due(database, workspace_id, endpoint_id, LATER).await), [made[0]]);
        for (id, attempts) in done {
            let found = delivery(database, workspace_id, id).await;
            assert_eq!((found.status, found.attempts, found.next_attempt_at, found.updated_at), (DeliveryStatus::Delivered, attempts, None, LATER));
        }
    }

    async fn a_failed_try_leaves_the_next_one_or_ends_the_delivery(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        let delivery_id = pending(database, workspace_id, endpoint_id, NOON).await;
        let first = due(database, workspace_id, endpoint_id, NOON).await.remove(0);
        committed!(database, |tx| deliveries::record_failed(tx, &failed(&first, workspace_id, Some(LATER)), NOON).await);
        assert_eq!(due(database, workspace_id, endpoint_id, NOON).await, []);
        let second = due(database, workspace_id, endpoint_id, LATER).await.remove(0);
        assert_eq!((second.attempts, second.tries_left, second.due_at), (1, TRIES - 1, LATER));
        committed!(database, |tx| deliveries::record_failed(tx, &failed(&second, workspace_id, None), LATER).await);
        let found = delivery(database, workspace_id, delivery_id).await;
        assert_eq!((found.status, found.attempts, found.next_attempt_at), (DeliveryStatus::Failed, 2, None));
        assert_eq!(due(database, workspace_id, endpoint_id, LATER).await, []);
    }

    async fn a_failed_try_does_not_undo_what_was_done_meanwhile(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        let delivery_id = pending(database, workspace_id, endpoint_id, NOON).await;
        let read = due(database, workspace_id, endpoint_id, NOON).await.remove(0);
        committed!(database, |tx| deliveries::end_pending(tx, workspace_id, endpoint_id, DeliveryStatus::Cancelled, LATER).await);
        let next = Timestamp(LATER.0 + 5000);
        for _commit_whose_answer_was_lost in 0..2 {
            committed!(database, |tx| deliveries::record_failed(tx, &failed(&read, workspace_id, Some(next)), LATER).await);
        }
        let found = delivery(database, workspace_id, delivery_id).await;
        assert_eq!((found.status, found.attempts, found.next_attempt_at), (DeliveryStatus::Cancelled, 1, None));
        committed!(database, |tx| deliveries::record_delivered(tx, &[(delivery_id, 1)], LATER).await);
        assert_eq!(delivery(database, workspace_id, delivery_id).await.status, DeliveryStatus::Delivered, "it did arrive");
    }

    async fn a_resend_is_one_try_and_a_pending_delivery_keeps_its_own(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        for (status, tries_left) in [(DeliveryStatus::Pending, TRIES), (DeliveryStatus::Skipped, 0)] {
            let delivery_id = event(database, workspace_id, &[endpoint_id], status, NOON).await[0];
            committed!(database, |tx| deliveries::resend(tx, workspace_id, delivery_id, LATER).await);
            let read = due(database, workspace_id, endpoint_id, LATER).await.remove(0);
            assert_eq!((read.id, read.is_manual, read.tries_left, read.due_at), (delivery_id, true, tries_left, LATER));
            committed!(database, |tx| deliveries::record_delivered(tx, &[(delivery_id, 1)], LATER).await);
            committed!(database, |tx| deliveries::resend(tx, workspace_id, delivery_id, LATER).await);
            let again = due(database, workspace_id, endpoint_id, LATER).await.remove(0);
            assert_eq!((again.is_manual, again.tries_left, again.attempts), (true, 0, 1));
            committed!(database, |tx| deliveries::record_failed(tx, &failed(&again, workspace_id, None), LATER).await);
        }
    }

    async fn what_failed_or_was_skipped_since_is_recovered_the_oldest_first(database: &Database) {
        let workspace_id = workspace(database).await;
        let (endpoint_id, other) = (endpoint(database, workspace_id).await, endpoint(database, workspace_id).await);
        let too_old = event(database, workspace_id, &[endpoint_id], DeliveryStatus::Skipped, Timestamp(1)).await[0];
        let skipped = event(database, workspace_id, &[endpoint_id, other], DeliveryStatus::Skipped, NOON).await[0];
        let failed_one = pending(database, workspace_id, endpoint_id, NOON).await;
        let read = due(database, workspace_id, endpoint_id, NOON).await.remove(0);
        committed!(database, |tx| deliveries::record_failed(tx, &failed(&read, workspace_id, None), NOON).await);
        let newest = event(database, workspace_id, &[endpoint_id], DeliveryStatus::Skipped, LATER).await[0];
        let recovery = Recovery { workspace_id, endpoint_id, since: NOON, limit: 2, at: LATER };
        assert_eq!(committed!(database, |tx| deliveries::recover(tx, &recovery).await), 2);
        let recovered = due(database, workspace_id, endpoint_id, LATER).await;
        assert_eq!(ids(&recovered), [skipped, failed_one]);
        assert!(recovered.iter().all(|due| due.tries_left == TRIES && !due.is_manual && due.due_at == LATER));
        assert_eq!(recovered[1].attempts, 1, "attempts are counted on");
        assert_eq!(committed!(database, |tx| deliveries::recover(tx, &recovery).await), 1);
        assert_eq!(delivery(database, workspace_id, newest).await.status, DeliveryStatus::Pending);
        assert_eq!(delivery(database, workspace_id, too_old).await.status, DeliveryStatus::Skipped);
        assert_eq!(due(database, workspace_id, other, LATER).await, []);
        assert_eq!(committed!(database, |tx| deliveries::recover(tx, &recovery).await), 0);
    }

    async fn deliveries_are_listed_by_status(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        let waiting = pending(database, workspace_id, endpoint_id, NOON).await;
        let skipped = event(database, workspace_id, &[endpoint_id], DeliveryStatus::Skipped, NOON).await[0];
        let listed = async |status| {
            let page = deliveries::list(database, workspace_id, endpoint_id, status, &Page::default()).await.unwrap();
            page.data.into_iter().map(|delivery| delivery.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(None).await, [skipped, waiting]);
        assert_eq!(listed(Some(DeliveryStatus::Pending)).await, [waiting]);
        assert_eq!(listed(Some(DeliveryStatus::Delivered)).await, []);
        let newest = deliveries::newest(database, workspace_id, endpoint_id, EventType::MessageStatus).await.unwrap();
        assert_eq!(newest.map(|delivery| delivery.id), Some(skipped));
        assert_eq!(deliveries::newest(database, workspace_id, endpoint_id, EventType::WebhookTest).await.unwrap(), None);
    }

    async fn attempts_are_read_back_in_order_and_kept_once(database: &Database) {
        let workspace_id = workspace(database).await;
        let endpoint_id = endpoint(database, workspace_id).await;
        let delivery_id = pending(database, workspace_id, endpoint_id, NOON).await;
        let unanswered = WebhookAttempt {
            trigger: Trigger::Manual,
            status_code: None,
            error: Some("connection_refused".to_owned()),
            response: None,
            ..attempt(delivery_id, 1)
        };
        let attempts = [attempt(delivery_id, 2), unanswered];
        for _commit_whose_answer_was_lost in 0..2 {
            let rows = attempts.iter().map(|attempt| (workspace_id, attempt));
            committed!(database, |tx| webhook_attempts::insert_many(tx, rows.clone()).await);
        }
        let [second, first] = attempts;
        assert_eq!(webhook_attempts::of_delivery(database, workspace_id, delivery_id).await.unwrap(), [first, second]);
    }
}
