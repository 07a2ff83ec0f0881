//! The proof for events: numbered without gaps, told to the receiver, and in an order that never
//! goes back.

use crate::{
    proof::{Faults, text},
    stage::{Stage, say},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wagate_model::Status;

/// Numbers from 1 without a gap; ids of their own; at the receiver with the very same bytes.
pub(crate) fn check_events(stage: &Stage, events: &[(Value, String)], sent: &[Value], faults: &mut Faults) {
    for (number, (event, _)) in (1_i64..).zip(events) {
        if event["sequence"].as_i64() != Some(number) {
            faults.push(format!("number {number} is missing or double: {event}"));
            break;
        }
    }
    let by_id: BTreeMap<_, _> = events.iter().map(|(event, bytes)| (text(event, "id"), bytes)).collect();
    if by_id.len() != events.len() {
        faults.push(format!("{} events have {} ids", events.len(), by_id.len()));
    }
    stage.receiver.look(|received| {
        for event in stage.announced(events) {
            let id = text(event, "id");
            match received.get(&id) {
                None => faults.push(format!("never arrived: {event}")),
                Some(it) if it.has_changed || it.body != by_id[&id].as_bytes() => {
                    faults.push(format!("arrived with other bytes: {event}"));
                }
                Some(_) => {}
            }
        }
        let unknown = received.keys().filter(|id| !by_id.contains_key(*id));
        faults.extend(unknown.map(|id| format!("{id} arrived and is no event")));
        let repeats: u32 = received.values().map(|it| it.times - 1).sum();
        say(&format!(
            "{} events, {} of them received, {repeats} deliveries were repeats",
            events.len(),
            received.len()
        ));
    });
    check_order(events, sent, faults);
}

/// By number, each message's statuses only go forward, and the last one is the message's own.
fn check_order(events: &[(Value, String)], sent: &[Value], faults: &mut Faults) {
    let mut told: BTreeMap<String, Status> = BTreeMap::new();
    for (event, _) in events.iter().filter(|(event, _)| event["type"] == "message.status") {
        let (id, next) = (text(&event["data"], "id"), text(&event["data"], "status").parse::<Status>().unwrap());
        let before = told.insert(id, next).unwrap_or(Status::Queued);
        if !before.may_become(next) {
            faults.push(format!("went from {before} to {next}: {event}"));
        }
    }
    for message in sent {
        let last = told.remove(&text(message, "id")).map(Status::as_str);
        if last != message["status"].as_str() {
            faults.push(format!("the last event says {last:?}: {message}"));
        }
    }
    faults.extend(told.keys().map(|id| format!("{id} has events, and there is no such message")));
}

/// Every message that came in was told of exactly once; those that were answered are there under
/// the id that was answered.
pub(crate) fn check_inbound(stage: &Stage, events: &[(Value, String)], received: &[Value], faults: &mut Faults) {
    let said = stage.memory.lock();
    let mut by_label: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (event, _) in events.iter().filter(|(event, _)| event["type"] == "message.received") {
        let id = text(&event["data"], "id");
        by_label.entry(text(&event["data"]["text"], "body")).or_default().insert(id.clone());
        if !told.insert(id) {
            faults.push(format!("came in twice: {event}"));
        }
    }
    for (label, ids) in &said.written.accepted {
        if by_label.get(label) != Some(ids) {
            faults.push(format!("{label} was answered with {ids:?}, and came in as {:?}", by_label.get(label)));
        }
    }
    let wrong = by_label.iter().filter(|(label, ids)| ids.len() != 1 || !said.written.all.contains(*label));
    faults.extend(wrong.map(|(label, ids)| format!("{label} came in as {ids:?}")));
    let there: BTreeSet<_> = received.iter().map(|message| text(message, "id")).collect();
    if there != told {
        faults.push(format!("{} messages came in, and {} were told of", there.len(), told.len()));
    }
    say(&format!("{} messages came in, {} answered", told.len(), said.written.accepted.len()));
    assert!(!said.written.accepted.is_empty(), "nothing came in");
}
