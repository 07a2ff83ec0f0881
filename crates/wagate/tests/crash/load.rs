//! Sixteen customers who send, and two people who write to the account, until they are stopped.

use crate::{api::Api, said::Memory};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use wagate_model::{Content, content::ContentKind};

const SENDERS: u64 = 16;
const WRITERS: u64 = 2;
/// How often a caller with an idempotency key asks again before it gives up.
const MOST_ASKED: u32 = 600;
/// The types of content that are sent in turn: all that hold no file and name no other message.
const PLAIN: [ContentKind; 6] = [
    ContentKind::Text,
    ContentKind::Location,
    ContentKind::Contacts,
    ContentKind::Poll,
    ContentKind::Interactive,
    ContentKind::Template,
];
/// Numbers that answer in a way of their own and end well; the slow ones seldom.
const SPECIAL: [&str; 14] = [
    "+15550110005",
    "+15550110013",
    "+15550110014",
    "+15550110015",
    "+15550110017",
    "+15550110007",
    "+15550110018",
    "+15550110005",
    "+15550110013",
    "+15550110014",
    "+15550110015",
    "+15550110016",
    "+15550110018",
    "+15550110005",
];
/// Receives and never reads.
pub(crate) const NEVER_READS: &str = "+15550110005";

/// The callers. Dropping this ends them at once.
pub(crate) struct Load {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    special: Arc<Mutex<VecDeque<&'static str>>>,
}

/// One caller.
struct Caller {
    api: Api,
    memory: Memory,
    dice: StdRng,
    name: String,
    stop: CancellationToken,
    special: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Load {
    pub(crate) fn begin(api: &Api, account: &str, memory: &Memory, seed: u64) -> Self {
        let mut load = Self { tasks: JoinSet::new(), stop: CancellationToken::new(), special: Arc::default() };
        let caller = |name: String, number: u64| Caller {
            api: api.clone(),
            memory: memory.clone(),
            dice: StdRng::seed_from_u64(seed ^ (number << 32)),
            name,
            stop: load.stop.clone(),
            special: load.special.clone(),
        };
        let senders: Vec<_> = (1..=SENDERS).map(|number| caller(format!("sender-{number}"), number)).collect();
        let writers: Vec<_> = (1..=WRITERS).map(|number| caller(format!("writer-{number}"), 100 + number)).collect();
        for sender in senders {
            load.tasks.spawn(sender.send());
        }
        for writer in writers {
            load.tasks.spawn(writer.write_to(format!("/v1/sandbox/accounts/{account}/inbound")));
        }
        load
    }

    /// Each special number gets some more messages.
    pub(crate) fn bring_special_numbers(&self) {
        self.special.lock().unwrap_or_else(PoisonError::into_inner).extend(SPECIAL);
    }

    /// Lets everybody end what they are at: who has an idempotency key asks until it is answered.
    pub(crate) async fn end(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}

impl Caller {
    /// Sends one message after the other.
    async fn send(mut self) {
        for number in 1_u32.. {
            if self.pause(20, 160).await {
                return;
            }
            let label = format!("{}-{number}", self.name);
            self.memory.lock().sent.all.insert(label.clone());
            let to = self.recipient();
            let kind = PLAIN[number as usize % PLAIN.len()];
            let content = match kind {
                ContentKind::Text => json!({"body": format!("This is {label}.")}),
                other => Content::sample(other).to_json(),
            };
            let body = json!({"to": to, "type": kind, (kind.as_str()): content, "client_ref": label});
            if self.dice.random_bool(0.4) {
                self.send_until_answered(&label, &body).await;
            } else {
                let answer = self.api.post("/v1/messages", &body, None).await;
                self.memory.lock().sent.answered(&label, &answer, &[503]);
            }
        }
    }

    /// With an idempotency key: asks until there is an answer, and at times once more.
    async fn send_until_answered(&mut self, label: &str, body: &serde_json::Value) {
        self.memory.lock().keyed.insert(label.to_owned());
        let mut answers = if self.dice.random_bool(0.2) { 2 } else { 1 };
        for _ in 0..MOST_ASKED {
            let answer = self.api.post("/v1/messages", body, Some(label)).await;
            if self.memory.lock().sent.answered(label, &answer, &[503]) {
                answers -= 1;
                if answers == 0 {
                    return;
                }
            } else {
                sleep(Duration::from_millis(self.dice.random_range(50..200))).await;
            }
        }
        panic!("{label} was never answered");
    }

    /// Writes to the account. While it is not connected nobody can: 409.
    async fn write_to(mut self, path: String) {
        for number in 1_u32.. {
            if self.pause(40, 300).await {
                return;
            }
            let label = format!("{}-{number}", self.name);
            self.memory.lock().written.all.insert(label.clone());
            let from = format!("+1555010{:04}", self.dice.random_range(0..10_000));
            let body = json!({"from": from, "type": "text", "text": {"body": label}});
            let answer = self.api.post(&path, &body, None).await;
            self.memory.lock().written.answered(&label, &answer, &[409, 503]);
        }
    }

    /// Waits a while; answers whether to end.
    async fn pause(&mut self, from: u64, to: u64) -> bool {
        let pause = Duration::from_millis(self.dice.random_range(from..to));
        self.stop.run_until_cancelled(sleep(pause)).await.is_none()
    }

    fn recipient(&mut self) -> String {
        let is_special = self.dice.random_bool(0.2);
        let mut special = self.special.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(special) = special.pop_front().filter(|_| is_special) {
            return special.to_owned();
        }
        drop(special);
        format!("+1555010{:04}", self.dice.random_range(0..10_000))
    }
}
