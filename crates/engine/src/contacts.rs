//! Contacts: the cards of people, and whether they want messages.

mod change;
mod opt_out;
mod read;
mod words;

pub use change::{ContactPatch, NewContact};
pub(crate) use opt_out::may_be_written_to;
pub use wagate_store::contacts::ContactFilter;
pub(crate) use words::{Wish, wish};

use crate::{Error, Result};
use wagate_model::Caller;

/// Refuses a credential that is bound to accounts: people are the whole workspace's.
fn require_all_accounts(caller: &Caller) -> Result<()> {
    if caller.accounts.is_some() {
        return Err(Error::Forbidden(
            "A credential that is bound to accounts cannot see the workspace's contacts.".to_owned(),
        ));
    }
    Ok(())
}
