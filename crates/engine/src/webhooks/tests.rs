//! Stories of endpoints and the courier, on real sockets and a real database.

mod stage;

use super::{DeliveryFilter, EndpointPatch, NewEndpoint, RotateSecret, TRIES};
use crate::{
    Error,
    outbound::loopback::{Receiver, Script},
};
use stage::Stage;
use std::time::Duration;
use wagate_model::{
    Caller, Mode, Scopes, Timestamp,
    webhook::{DeliveryStatus, Trigger},
};
use wagate_store::Page;

async fn receiver(status: &str, headers: &str) -> Receiver {
    Receiver::start(Script::answer(status, headers, "hello")).await
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let prefix = format!("{name}: ");
    head.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("no {name} in {head}"))
}

#[tokio::test]
async fn a_test_event_is_delivered_signed_and_logged() {
    let stage = Stage::set().await;
    let receiver = receiver("204 No Content", "").await;
    let headers = [("X-Tenant".to_owned(), "seven".to_owned())].into();
    let new = NewEndpoint { url: receiver.url(), headers, ..NewEndpoint::default() };
    let created = stage.engine.create_endpoint(&stage.caller, new).await.unwrap();
    assert_eq!(created.endpoint.headers["x-tenant"], "***");
    let sent = stage.engine.test_endpoint(&stage.caller, created.endpoint.id).await.unwrap();
    assert_eq!(sent.status, DeliveryStatus::Pending);
    stage.delivery_becomes(sent.id, |delivery| delivery.status == DeliveryStatus::Delivered).await;
    let (head, body) = receiver.seen().requests.remove(0);
    assert_eq!(header(&head, "webhook-id"), sent.event_id.to_string());
    assert_eq!(header(&head, "x-webhook-event"), "webhook.test");
    assert_eq!(header(&head, "x-tenant"), "seven");
    let expected = format!("{{\"id\":\"{}\",\"type\":\"webhook.test\"", sent.event_id);
    assert!(body.starts_with(expected.as_bytes()));
    let (delivery, attempts) = stage.engine.delivery(&stage.caller, sent.id).await.unwrap();
    assert_eq!((delivery.attempts, delivery.next_attempt_at), (1, None));
    assert_eq!((attempts[0].number, attempts[0].status_code, attempts[0].trigger), (1, Some(204), Trigger::Schedule));
    assert_eq!(stage.audited().await, ["webhook.created", "webhook.tested"]);
}

#[tokio::test]
async fn a_delivery_is_tried_eight_times_over_a_day_and_then_failed() {
    let stage = Stage::set().await;
    let receiver = receiver("500 Oops", "").await;
    let id = stage.endpoint(receiver.url()).await.endpoint.id;
    let sent = stage.engine.test_endpoint(&stage.caller, id).await.unwrap();
    for number in 1..TRIES {
        let delivery = stage.delivery_becomes(sent.id, |delivery| delivery.attempts == number).await;
        assert_eq!(delivery.status, DeliveryStatus::Pending);
        stage.clock.to(delivery.next_attempt_at.unwrap());
        stage.engine.bells.courier.ring([id]);
    }
    let delivery = stage.delivery_becomes(sent.id, |delivery| delivery.attempts == TRIES).await;
    assert_eq!((delivery.status, delivery.next_attempt_at), (DeliveryStatus::Failed, None));
    assert!(delivery.updated_at.since(sent.created_at) > Duration::from_hours(22));
    let (_, attempts) = stage.engine.delivery(&stage.caller, sent.id).await.unwrap();
    assert_eq!(attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), (1..=TRIES).collect::<Vec<_>>());
    let ids: std::collections::HashSet<_> =
        receiver.seen().requests.iter().map(|(head, _)| header(head, "webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 1, "every try has the same id");
    assert_eq!(receiver.seen().requests.len(), TRIES as usize);
    let endpoint = stage.engine.endpoint(&stage.caller, id).await.unwrap();
    assert_eq!(endpoint.failing_since, Some(sent.created_at));
}

#[tokio::test]
async fn a_success_ends_the_failing_and_a_resend_is_one_more_try() {
    let stage = Stage::set().await;
    let (bad, good) = (receiver("503 Busy", "retry-after: 7200\r\n").await, receiver("200 OK", "").await);
    let id = stage.endpoint(bad.url()).await.endpoint.id;
    let sent = stage.engine.test_endpoint(&stage.caller, id).await.unwrap();
    let failed = stage.delivery_becomes(sent.id, |delivery| delivery.attempts == 1).await;
    assert!(failed.next_attempt_at.unwrap() >= sent.created_at.plus(Duration::from_hours(2)), "as the receiver asked");
    let patch = EndpointPatch { url: Some(good.url()), ..EndpointPatch::default() };
    stage.engine.update_endpoint(&stage.caller, id, patch).await.unwrap();
    stage.engine.resend_delivery(&stage.caller, sent.id).await.unwrap();
    stage.delivery_becomes(sent.id, |delivery| delivery.status == DeliveryStatus::Delivered).await;
    assert_eq!(stage.engine.endpoint(&stage.caller, id).await.unwrap().failing_since, None);
    stage.engine.resend_delivery(&stage.caller, sent.id).await.unwrap();
    stage.delivery_becomes(sent.id, |delivery| delivery.attempts == 3).await;
    let (_, attempts) = stage.engine.delivery(&stage.caller, sent.id).await.unwrap();
    let seen: Vec<_> = attempts.iter().map(|attempt| (attempt.trigger, attempt.status_code)).collect();
    assert_eq!(seen, [(Trigger::Schedule, Some(503)), (Trigger::Manual, Some(200)), (Trigger::Manual, Some(200))]);
    assert_eq!((bad.seen().requests.len(), good.seen().requests.len()), (1, 2));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_disabled_and_can_be_recovered() {
    let stage = Stage::set().await;
    let (gone, good) = (receiver("410 Gone", "").await, receiver("200 OK", "").await);
    let other = receiver("200 OK", "").await;
    let id = stage.endpoint(gone.url()).await.endpoint.id;
    let other_id = stage.endpoint(other.url()).await.endpoint.id;
    let sent = stage.engine.test_endpoint(&stage.caller, id).await.unwrap();
    stage.delivery_becomes(sent.id, |delivery| delivery.status == DeliveryStatus::Skipped).await;
    // The notice goes to the other endpoint, and as skipped to the disabled one.
    stage.deliveries_become(other_id, DeliveryStatus::Delivered, 1).await;
    stage.deliveries_become(id, DeliveryStatus::Skipped, 2).await;
    let notice = String::from_utf8(other.seen().requests.remove(0).1).unwrap();
    assert!(notice.contains("\"type\":\"webhook.disabled\"") && notice.contains("\"cause\":\"gone\""), "{notice}");
    let endpoint = stage.engine.endpoint(&stage.caller, id).await.unwrap();
    assert_eq!((endpoint.is_enabled, endpoint.disabled_reason.as_deref()), (false, Some("gone")));
    for refused in [
        stage.engine.test_endpoint(&stage.caller, id).await.map(drop),
        stage.engine.resend_delivery(&stage.caller, sent.id).await.map(drop),
        stage.engine.recover_endpoint(&stage.caller, id, sent.created_at).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Conflict { code: "webhook_disabled", .. })), "{refused:?}");
    }
    let patch = EndpointPatch { url: Some(good.url()), ..EndpointPatch::default() };
    stage.engine.update_endpoint(&stage.caller, id, patch).await.unwrap();
    stage.engine.enable_endpoint(&stage.caller, id).await.unwrap();
    assert_eq!(stage.engine.recover_endpoint(&stage.caller, id, sent.created_at).await.unwrap(), 2);
    stage.deliveries_become(id, DeliveryStatus::Delivered, 2).await;
    let expected = [
        "webhook.created",
        "webhook.created",
        "webhook.tested",
        "webhook.disabled",
        "webhook.updated",
        "webhook.enabled",
        "webhook.recovered",
    ];
    assert_eq!(stage.audited().await, expected);
}

#[tokio::test]
async fn five_days_of_nothing_but_failures_disable_an_endpoint() {
    let stage = Stage::set().await;
    let receiver = receiver("302 Found", "location: /\r\n").await;
    let id = stage.endpoint(receiver.url()).await.endpoint.id;
    let sent = stage.engine.test_endpoint(&stage.caller, id).await.unwrap();
    stage.delivery_becomes(sent.id, |delivery| delivery.attempts == 1).await;
    stage.clock.forward(Duration::from_hours(5 * 24 + 1));
    stage.engine.bells.courier.ring([id]);
    stage.delivery_becomes(sent.id, |delivery| delivery.status == DeliveryStatus::Skipped).await;
    let endpoint = stage.engine.endpoint(&stage.caller, id).await.unwrap();
    assert_eq!((endpoint.is_enabled, endpoint.disabled_reason.as_deref()), (false, Some("failing")));
    let after = stage.engine.delivery(&stage.caller, sent.id).await.unwrap();
    assert_eq!((after.0.attempts, after.1.len()), (2, 2));
    stage.event().await;
    stage.deliveries_become(id, DeliveryStatus::Skipped, 3).await;
}

#[tokio::test]
async fn a_hanging_receiver_holds_nobody_else_up() {
    let stage = Stage::set().await;
    let hanging = Receiver::start(Script::RawThenHang(Vec::new())).await;
    let good = receiver("200 OK", "").await;
    let hanging_id = stage.endpoint(hanging.url()).await.endpoint.id;
    let good_id = stage.endpoint(good.url()).await.endpoint.id;
    for _ in 0..100 {
        stage.event().await;
    }
    stage.deliveries_become(good_id, DeliveryStatus::Delivered, 100).await;
    stage.deliveries_become(hanging_id, DeliveryStatus::Pending, 100).await;
    assert_eq!(good.seen().requests.len(), 100, "none twice");
    assert!(hanging.seen().connections <= 32, "what one endpoint may have in flight");
}

#[tokio::test]
async fn deleting_cancels_what_is_pending() {
    let stage = Stage::set().await;
    let receiver = receiver("500 Oops", "").await;
    let id = stage.endpoint(receiver.url()).await.endpoint.id;
    let sent = stage.engine.test_endpoint(&stage.caller, id).await.unwrap();
    stage.delivery_becomes(sent.id, |delivery| delivery.attempts == 1).await;
    stage.engine.delete_endpoint(&stage.caller, id).await.unwrap();
    stage.delivery_becomes(sent.id, |delivery| delivery.status == DeliveryStatus::Cancelled).await;
    assert!(matches!(stage.engine.endpoint(&stage.caller, id).await, Err(Error::NotFound(_))));
    let refused = stage.engine.resend_delivery(&stage.caller, sent.id).await;
    assert!(matches!(refused, Err(Error::Conflict { code: "webhook_deleted", .. })), "{refused:?}");
}

#[tokio::test]
async fn after_a_rotation_both_secrets_sign() {
    let stage = Stage::set().await;
    let receiver = receiver("200 OK", "").await;
    let created = stage.endpoint(receiver.url()).await;
    let rotated =
        stage.engine.rotate_endpoint_secret(&stage.caller, created.endpoint.id, RotateSecret::default()).await.unwrap();
    assert_ne!(created.secret.expose(), rotated.secret.expose());
    let sent = stage.engine.test_endpoint(&stage.caller, created.endpoint.id).await.unwrap();
    stage.delivery_becomes(sent.id, |delivery| delivery.status == DeliveryStatus::Delivered).await;
    let (head, _) = receiver.seen().requests.remove(0);
    assert_eq!(header(&head, "webhook-signature").split(' ').count(), 2);
    let too_long = RotateSecret { overlap: Duration::from_hours(169) };
    let refused = stage.engine.rotate_endpoint_secret(&stage.caller, created.endpoint.id, too_long).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn nobody_else_sees_or_changes_an_endpoint() {
    let stage = Stage::set().await;
    let receiver = receiver("200 OK", "").await;
    let id = stage.endpoint(receiver.url()).await.endpoint.id;
    let sent = stage.engine.test_endpoint(&stage.caller, id).await.unwrap();
    let account = stage.engine.ids.next();
    let others = [
        stage.stranger().await,
        Caller { mode: Mode::Live, ..stage.caller.clone() },
        Caller { accounts: Some(vec![account]), ..stage.caller.clone() },
    ];
    for caller in &others {
        let engine = &stage.engine;
        assert!(engine.list_endpoints(caller, &Page::default()).await.unwrap().data.is_empty());
        let patch = EndpointPatch { description: Some("x".to_owned()), ..EndpointPatch::default() };
        for refused in [
            engine.endpoint(caller, id).await.map(drop),
            engine.update_endpoint(caller, id, patch).await.map(drop),
            engine.delete_endpoint(caller, id).await,
            engine.enable_endpoint(caller, id).await.map(drop),
            engine.test_endpoint(caller, id).await.map(drop),
            engine.rotate_endpoint_secret(caller, id, RotateSecret::default()).await.map(drop),
            engine.list_deliveries(caller, id, DeliveryFilter::default(), &Page::default()).await.map(drop),
            engine.recover_endpoint(caller, id, sent.created_at).await.map(drop),
            engine.delivery(caller, sent.id).await.map(drop),
            engine.resend_delivery(caller, sent.id).await.map(drop),
        ] {
            assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
        }
    }
    let unscoped = Caller { scopes: Scopes::default(), ..stage.caller.clone() };
    assert!(matches!(stage.engine.endpoint(&unscoped, id).await, Err(Error::Forbidden(_))));
    let suspended = Caller { is_suspended: true, ..stage.caller.clone() };
    assert!(matches!(stage.engine.delete_endpoint(&suspended, id).await, Err(Error::Suspended(_))));
    assert!(stage.engine.endpoint(&suspended, id).await.is_ok());
}

#[tokio::test]
async fn what_is_wrong_with_an_endpoint_is_said_by_field() {
    let stage = Stage::set().await;
    let faults = async |caller: &Caller, new: NewEndpoint| match stage.engine.create_endpoint(caller, new).await {
        Err(Error::Invalid(faults)) => faults.into_iter().map(|fault| (fault.field, fault.code)).collect(),
        other => panic!("{other:?}"),
    };
    let wrong = NewEndpoint {
        url: "http://10.0.0.1/".to_owned(),
        events: Vec::new(),
        account_ids: vec![stage.engine.ids.next()],
        description: "x".repeat(501),
        headers: [("Host".to_owned(), "x".to_owned())].into(),
    };
    let expected = [
        ("url", "not_allowed"),
        ("description", "too_long"),
        ("headers/Host", "not_allowed"),
        ("account_ids/0", "not_allowed"),
    ];
    let found: Vec<(String, &str)> = faults(&stage.caller, wrong).await;
    assert_eq!(found.iter().map(|(field, code)| (field.as_str(), *code)).collect::<Vec<_>>(), expected);
    let bound = Caller { accounts: Some(vec![stage.engine.ids.next()]), ..stage.caller.clone() };
    let unlimited = NewEndpoint { url: "https://hook.example/".to_owned(), ..NewEndpoint::default() };
    assert_eq!(faults(&bound, unlimited).await, [("account_ids".to_owned(), "required")]);
}

#[tokio::test]
async fn a_workspace_has_as_many_endpoints_as_its_tier_allows() {
    let stage = Stage::set().await;
    for _ in 0..2 {
        stage.endpoint("https://hook.example/".to_owned()).await;
    }
    let third = NewEndpoint { url: "https://hook.example/".to_owned(), ..NewEndpoint::default() };
    let refused = stage.engine.create_endpoint(&stage.caller, third).await;
    assert!(matches!(refused, Err(Error::LimitReached { limit: "endpoints", .. })), "{refused:?}");
}

#[tokio::test]
async fn only_the_last_two_weeks_can_be_recovered() {
    let stage = Stage::set().await;
    let id = stage.endpoint("https://hook.example/".to_owned()).await.endpoint.id;
    let now = stage.engine.now();
    for since in [Timestamp(0), now.minus(Duration::from_hours(15 * 24)), now.plus(Duration::from_secs(1))] {
        let refused = stage.engine.recover_endpoint(&stage.caller, id, since).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{since}");
    }
    let since = now.minus(Duration::from_hours(14 * 24));
    assert_eq!(stage.engine.recover_endpoint(&stage.caller, id, since).await.unwrap(), 0);
}

#[tokio::test]
async fn the_engine_stops_with_nothing_left_in_flight() {
    let stage = Stage::set().await;
    let receiver = receiver("200 OK", "").await;
    let id = stage.endpoint(receiver.url()).await.endpoint.id;
    for _ in 0..50 {
        stage.event().await;
    }
    stage.engine.stop(Duration::from_mins(1)).await;
    assert!(stage.engine.tasks.is_empty());
    let filter = DeliveryFilter { status: Some(DeliveryStatus::Delivered) };
    let page = Page { limit: 100, ..Page::default() };
    let delivered = stage.engine.list_deliveries(&stage.caller, id, filter, &page).await.unwrap().data.len();
    assert_eq!(delivered, receiver.seen().requests.len(), "what was posted is recorded");
}
