//! Which lanes are awake. A lane with nothing to do does not exist.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use wagate_model::AccountId;

/// Whether a lane was called again since it last looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Answered,
    Waiting,
}

/// The lanes that are awake on this node.
#[derive(Debug, Default)]
pub(crate) struct LaneTasks {
    awake: Mutex<HashMap<AccountId, Call>>,
}

impl LaneTasks {
    fn map(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Call>> {
        self.awake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a lane; answers whether it must be started since it is not awake.
    pub(crate) fn call(&self, id: AccountId) -> bool {
        self.map().insert(id, Call::Waiting).is_none()
    }

    /// The lane is about to look at the database: what calls from now on is a new call.
    pub(crate) fn answer(&self, id: AccountId) {
        self.map().insert(id, Call::Answered);
    }

    /// The lane ends, whoever called: they must be heard by another one.
    pub(crate) fn leave(&self, id: AccountId) {
        self.map().remove(&id);
    }

    /// The lane wants to end; it must go on if somebody called since it last looked.
    pub(crate) fn end(&self, id: AccountId) -> bool {
        let mut awake = self.map();
        let may_end = awake.get(&id) != Some(&Call::Waiting);
        if may_end {
            awake.remove(&id);
        }
        may_end
    }
}

#[cfg(test)]
mod tests;
