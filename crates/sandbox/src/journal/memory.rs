//! What of the journal is kept in memory.

use super::line::{Arrival, Line};
use crate::{
    fingerprint::{Fingerprint, fingerprint},
    numbers::{When, behaviour},
};
use std::collections::{HashMap, HashSet};
use wagate_model::{AccountId, ChatAddress};

/// How often each id arrived, at some 30 bytes an id.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<Fingerprint, u32>);

impl Seen {
    /// Counts an arrival; returns how often its id had arrived before.
    pub(super) fn count(&mut self, arrival: &Arrival) -> u32 {
        let times = self.0.entry(arrival.key()).or_insert(0);
        *times = times.saturating_add(1);
        *times - 1
    }

    /// Takes back one count, for an arrival that could not be written.
    pub(super) fn take_back(&mut self, arrival: &Arrival) {
        let key = arrival.key();
        if let Some(times) = self.0.get_mut(&key) {
            *times -= 1;
            if *times == 0 {
                self.0.remove(&key);
            }
        }
    }
}

/// What the accounts need: small, since it holds only what is not finished.
#[derive(Debug, Default)]
pub(super) struct Memory {
    unfinished: HashMap<AccountId, HashMap<Fingerprint, Arrival>>,
    writers: HashSet<Fingerprint>,
}

impl Memory {
    /// Takes in a line that was read or written.
    pub(super) fn learn(&mut self, line: Line) {
        match line {
            Line::Arrival(arrival) => {
                if behaviour(&arrival.chat_id).has_aftermath() {
                    self.unfinished.entry(arrival.account_id).or_default().insert(arrival.key(), arrival);
                }
            }
            Line::Done(done) => {
                if let Some(of_account) = self.unfinished.get_mut(&done.account_id) {
                    of_account.remove(&done.key());
                    if of_account.is_empty() {
                        self.unfinished.remove(&done.account_id);
                    }
                }
            }
            Line::Heard(heard) => {
                let refusal = behaviour(&heard.chat_id).refusal;
                if refusal.is_some_and(|refusal| refusal.when == When::NewChat) {
                    self.writers.insert(chat_key(heard.account_id, &heard.chat_id));
                }
            }
        }
    }

    /// The account's arrivals without their end, oldest first.
    pub(super) fn unfinished(&self, account: AccountId) -> Vec<Arrival> {
        let mut arrivals: Vec<_> =
            self.unfinished.get(&account).into_iter().flat_map(HashMap::values).cloned().collect();
        arrivals.sort_by_key(|it| (it.at, it.message_id));
        arrivals
    }

    pub(super) fn has_written(&self, account: AccountId, chat: &ChatAddress) -> bool {
        self.writers.contains(&chat_key(account, chat))
    }
}

fn chat_key(account: AccountId, chat: &ChatAddress) -> Fingerprint {
    fingerprint(&["chat", &account.to_string(), chat.as_str()])
}
