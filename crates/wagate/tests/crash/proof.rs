//! The proof after the rounds: what was acknowledged happened, and happened once.

use crate::{
    counted::check_counts,
    events::{check_events, check_inbound},
    load::NEVER_READS,
    stage::{Stage, say},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};
use tokio::time::sleep;
use wagate_sandbox::journal;

/// How long everything may take to end after the last blow. Only a message that is stuck needs it.
const ENDS_WITHIN: Duration = Duration::from_mins(3);
/// How many faults a failure shows.
const SHOWN: usize = 20;

/// What does not hold, in words.
pub(crate) type Faults = Vec<String>;

impl Stage {
    /// Waits until everything ended, and checks all that was promised.
    pub(crate) async fn prove(&mut self) {
        let began = Instant::now();
        self.all_messages_end().await;
        self.all_events_arrive().await;
        say(&format!("everything ended {} ms after the load", began.elapsed().as_millis()));
        let (sent, received) = (self.api.messages("outgoing").await, self.api.messages("incoming").await);
        let events = self.api.events().await;
        let mut faults = Vec::new();
        self.check_answers(&sent, &mut faults);
        self.check_journal(&sent, &mut faults);
        check_events(self, &events, &sent, &mut faults);
        check_inbound(self, &events, &received, &mut faults);
        check_counts(self, [&sent, &received], &mut faults).await;
        self.listener.check(&events, &mut faults).await;
        let shown = faults.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
        assert!(faults.is_empty(), "{} faults, the first ones:\n{shown}", faults.len());
    }

    async fn all_messages_end(&self) {
        let began = Instant::now();
        loop {
            let open = self.open_messages().await;
            if open.is_empty() {
                return;
            }
            let is_in_time = began.elapsed() < ENDS_WITHIN;
            assert!(is_in_time, "{} or more messages did not end, among them\n{}", open.len(), open[0]);
            sleep(Duration::from_millis(200)).await;
        }
    }

    async fn open_messages(&self) -> Vec<Value> {
        let mut open = Vec::new();
        for status in ["queued", "sending", "sent", "delivered"] {
            let text = self.api.must_get(&format!("/v1/messages?limit=100&status={status}")).await;
            let page: Value = serde_json::from_str(&text).unwrap();
            open.extend(page["data"].as_array().unwrap().iter().filter(|message| !is_end(message)).cloned());
        }
        open
    }

    async fn all_events_arrive(&self) {
        let ids: Vec<_> = self.announced(&self.api.events().await).map(|event| text(event, "id")).collect();
        let began = Instant::now();
        loop {
            let missing: Vec<_> = ids.iter().filter(|id| !self.receiver.has_taken(id)).collect();
            let Some(first) = missing.first() else { return };
            let is_in_time = began.elapsed() < ENDS_WITHIN;
            assert!(is_in_time, "{} of {} events did not arrive, among them {first}", missing.len(), ids.len());
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// The events from after the receiver was known.
    pub(crate) fn announced<'a>(&self, events: &'a [(Value, String)]) -> impl Iterator<Item = &'a Value> + use<'a> {
        let after = self.silent_until;
        events.iter().map(|(event, _)| event).filter(move |event| event["sequence"].as_i64().unwrap() > after)
    }

    /// Every message that was answered is there, under the one id that was answered; what has an
    /// idempotency key is there exactly once; nothing is there that nobody asked for.
    fn check_answers(&self, sent: &[Value], faults: &mut Faults) {
        let said = self.memory.lock();
        let mut by_label: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for message in sent {
            by_label.entry(text(message, "client_ref")).or_default().push(text(message, "id"));
            if !is_end(message) {
                faults.push(format!("did not end: {message}"));
            }
        }
        for (label, ids) in &said.sent.accepted {
            let there = by_label.get(label).map(Vec::as_slice).unwrap_or_default();
            if ids.len() != 1 || !there.iter().eq(ids) {
                faults.push(format!("{label} was answered with {ids:?}, and there is {there:?}"));
            }
        }
        let unanswered = said.keyed.iter().filter(|label| !said.sent.accepted.contains_key(*label));
        faults.extend(unanswered.map(|label| format!("{label} has a key and no answer")));
        let doubled = by_label.iter().filter(|(label, ids)| ids.len() != 1 || !said.sent.all.contains(*label));
        faults.extend(doubled.map(|(label, ids)| format!("{label} is there as {ids:?}")));
        faults.extend(
            said.sent.strange.iter().chain(&said.written.strange).map(|answer| format!("a strange answer: {answer}")),
        );
        say(&format!(
            "{} messages accepted, {} with a key; {} calls without an answer, of which {} messages are there",
            said.sent.accepted.len(),
            said.keyed.len(),
            said.sent.lost,
            sent.len() - said.sent.accepted.len().min(sent.len())
        ));
        assert!(!said.sent.accepted.is_empty() && !said.keyed.is_empty(), "nothing was sent");
    }

    /// Every message reached the network exactly once by its id, and nothing else did.
    fn check_journal(&self, sent: &[Value], faults: &mut Faults) {
        let arrivals = journal::read(self.journal()).unwrap();
        let mut times: BTreeMap<String, (u32, BTreeSet<String>)> = BTreeMap::new();
        for arrival in &arrivals {
            let (first, network_ids) = times.entry(arrival.message_id.to_string()).or_default();
            *first += u32::from(arrival.repeat == 0);
            network_ids.insert(arrival.provider_message_id.clone());
        }
        for message in sent {
            match times.remove(&text(message, "id")) {
                Some((1, ids)) if ids.len() == 1 => {}
                other => faults.push(format!("in the network's journal {other:?}: {message}")),
            }
        }
        faults.extend(times.keys().map(|id| format!("{id} reached the network, and there is no such message")));
        let repeats = arrivals.iter().filter(|arrival| arrival.repeat > 0).count();
        say(&format!("{} arrivals at the network, {repeats} of them repeats of the same message", arrivals.len()));
    }
}

/// Whether nothing more can be expected of a message.
fn is_end(message: &Value) -> bool {
    let status = message["status"].as_str().unwrap();
    let never_reads = message["to"].as_str() == Some(NEVER_READS);
    if never_reads { status == "delivered" } else { status == "read" || status == "received" }
}

pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}
