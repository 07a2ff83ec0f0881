//! Reading how far an import is, and what became of its lines.

use super::require_all_accounts;
use crate::{
    Engine, Error,
    error::{Result, require},
};
use wagate_model::{
    Caller, ImportId, Scope,
    contact_import::{ContactImport, ImportLine, LineOutcome},
};
use wagate_store::{PageOf, contact_imports};

/// Which lines of a report are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportPage {
    /// Only lines after this one; 0 is from the first.
    pub after_line: u64,
    /// Only with this outcome.
    pub outcome: Option<LineOutcome>,
    /// At most so many.
    pub limit: u32,
}

impl Engine {
    /// How far an import is. Needs `contacts:read`.
    pub async fn contact_import(&self, caller: &Caller, id: ImportId) -> Result<ContactImport> {
        require(caller, Scope::ContactsRead)?;
        require_all_accounts(caller)?;
        let found = contact_imports::find(&self.database, caller.workspace_id, caller.mode, id).await?;
        found.ok_or(Error::NotFound("import"))
    }

    /// What became of an import's lines so far, in their order. Needs `contacts:read`.
    pub async fn contact_import_report(
        &self,
        caller: &Caller,
        id: ImportId,
        page: ReportPage,
    ) -> Result<PageOf<ImportLine>> {
        self.contact_import(caller, id).await?;
        let limit = page.limit as usize;
        let only_failed = page.outcome == Some(LineOutcome::Failed);
        let mut lines: Vec<ImportLine> = Vec::new();
        let mut after = page.after_line;
        while lines.len() <= limit {
            let from = (after, only_failed);
            let next = contact_imports::results_after(&self.database, caller.workspace_id, id, from).await?;
            let Some((last, results)) = next else { break };
            let is_wanted =
                |line: &ImportLine| line.line > after && page.outcome.is_none_or(|wanted| wanted == line.outcome);
            lines.extend(results.into_iter().filter(is_wanted));
            after = last;
        }
        let has_more = lines.len() > limit;
        lines.truncate(limit);
        Ok(PageOf { data: lines, has_more })
    }
}
