//! All contacts as CSV, page by page: never all of them in memory.

use super::{
    ContactFilter,
    cells::guarded,
    columns::{BETWEEN_LABELS, EXPORTED},
    require_all_accounts,
};
use crate::{
    Engine, Error,
    error::{Result, require},
};
use wagate_model::{Caller, Contact, Scope};
use wagate_store::{Page, contacts};

/// Contacts that are read at once.
const PAGE: u32 = 500;

/// An export on its way out.
pub struct ContactExport {
    engine: Engine,
    caller: Caller,
    page: Page,
    is_over: bool,
    has_begun: bool,
}

impl Engine {
    /// Begins to write all contacts as CSV. Needs `contacts:read`.
    pub fn export_contacts(&self, caller: &Caller) -> Result<ContactExport> {
        require(caller, Scope::ContactsRead)?;
        require_all_accounts(caller)?;
        let page = Page { limit: PAGE, ..Page::default() };
        Ok(ContactExport { engine: self.clone(), caller: caller.clone(), page, is_over: false, has_begun: false })
    }
}

impl ContactExport {
    /// The next part of the file; `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.is_over {
            return Ok(None);
        }
        let (database, caller) = (&self.engine.database, &self.caller);
        let found =
            contacts::list(database, caller.workspace_id, caller.mode, &ContactFilter::default(), &self.page).await?;
        let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        if !self.has_begun {
            file.write_record(EXPORTED).map_err(Error::internal)?;
        }
        for contact in &found.data {
            file.write_record(cells(contact)?).map_err(Error::internal)?;
        }
        self.has_begun = true;
        self.is_over = !found.has_more;
        self.page.starting_after = found.data.last().map(|contact| contact.id.to_string());
        Ok(Some(file.into_inner().map_err(|error| Error::internal(error.to_string()))?))
    }
}

fn cells(contact: &Contact) -> Result<[String; EXPORTED.len()]> {
    let attributes = if contact.attributes.is_empty() {
        String::new()
    } else {
        serde_json::to_string(&contact.attributes).map_err(Error::internal)?
    };
    Ok([
        guarded(contact.address.as_str()),
        guarded(contact.name.as_deref().unwrap_or_default()),
        guarded(&contact.labels.join(&BETWEEN_LABELS.to_string())),
        guarded(&attributes),
        contact.opted_out_at.map(|at| at.to_string()).unwrap_or_default(),
    ])
}
