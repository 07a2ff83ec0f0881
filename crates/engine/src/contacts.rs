//! Contacts: the cards of people, and whether they want messages.

mod cells;
mod change;
mod columns;
mod export;
pub(crate) mod importer;
mod imports;
mod opt_out;
mod read;
mod upload;
mod words;

pub(crate) use change::check_person;
pub use change::{ContactPatch, NewContact};
pub use export::ContactExport;
pub use imports::ReportPage;
pub(crate) use opt_out::may_be_written_to;
pub use upload::ContactUpload;
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
