//! Reading contacts.

use super::{ContactFilter, require_all_accounts};
use crate::{
    Engine, Error,
    chats::searched,
    error::{Result, require},
};
use wagate_model::{Caller, Contact, ContactId, Scope};
use wagate_store::{Page, PageOf, contacts};

impl Engine {
    /// One contact. Needs `contacts:read`.
    pub async fn contact(&self, caller: &Caller, id: ContactId) -> Result<Contact> {
        require(caller, Scope::ContactsRead)?;
        require_all_accounts(caller)?;
        contacts::find(&self.database, caller.workspace_id, caller.mode, id).await?.ok_or(Error::NotFound("contact"))
    }

    /// Lists contacts, newest first. Needs `contacts:read`.
    pub async fn list_contacts(
        &self,
        caller: &Caller,
        mut filter: ContactFilter,
        page: &Page,
    ) -> Result<PageOf<Contact>> {
        require(caller, Scope::ContactsRead)?;
        require_all_accounts(caller)?;
        filter.search = filter.search.as_deref().and_then(searched);
        Ok(contacts::list(&self.database, caller.workspace_id, caller.mode, &filter, page).await?)
    }
}
