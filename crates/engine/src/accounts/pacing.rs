//! What an account's pacing means, and what is shown of it.

use crate::{Engine, pacing::Rules};
use wagate_model::{Account, Pacing, ProviderKind};

impl Engine {
    /// The rules that hold for an account of a provider: its owner's, or else the provider's own.
    pub(crate) fn rules(&self, provider: ProviderKind, pacing: Option<&Pacing>) -> Rules {
        match pacing {
            Some(pacing) => Rules::of(Some(pacing)),
            None => Rules::of(self.provider(provider).map(|provider| provider.default_pacing()).as_ref()),
        }
    }

    /// An account with when its next message may go, if it runs here and one waits.
    pub(super) fn with_next_send(&self, mut account: Account) -> Account {
        let running = self.sessions.get(account.id);
        account.next_send_at = running.and_then(|running| running.pace.next_send_at(self.clock.now()));
        account
    }
}
