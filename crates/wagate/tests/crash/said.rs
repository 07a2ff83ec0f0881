//! What customers asked for, and what the gateway answered them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What one direction's callers know. A label is the caller's own name of a message.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Everything that was asked for, whatever became of it.
    pub(crate) all: BTreeSet<String>,
    /// What was answered 2xx, with the ids of all answers.
    pub(crate) accepted: BTreeMap<String, BTreeSet<String>>,
    /// Calls whose answer never came, or that were told to come back.
    pub(crate) lost: u32,
    /// Answers that no customer should get.
    pub(crate) strange: Vec<String>,
}

/// The memory of all callers together.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Messages sent.
    pub(crate) sent: Asked,
    /// Of those, the ones with an idempotency key, which must exist.
    pub(crate) keyed: BTreeSet<String>,
    /// Messages that people wrote to the account.
    pub(crate) written: Asked,
}

/// Shared by all callers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Said>>);

impl Memory {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    /// Takes an answer in; answers whether it was a success.
    pub(crate) fn answered(&mut self, label: &str, answer: &reqwest::Result<(u16, String)>, may_be: &[u16]) -> bool {
        match answer {
            Ok((202, body)) => {
                let message: serde_json::Value = serde_json::from_str(body).unwrap();
                let id = message["id"].as_str().unwrap().to_owned();
                self.accepted.entry(label.to_owned()).or_default().insert(id);
                return true;
            }
            Ok((status, _)) if may_be.contains(status) => self.lost += 1,
            Ok((status, body)) => self.strange.push(format!("{label}: {status} {body}")),
            Err(_) => self.lost += 1,
        }
        false
    }
}
