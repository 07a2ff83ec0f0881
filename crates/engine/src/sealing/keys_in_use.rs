//! Which master keys a database needs: the names that stand in what is sealed.

use super::Keyring;
use std::collections::BTreeSet;
use wagate_store::{
    Database, Result,
    sealed::{self, SealedColumn},
};

/// How many values are read at once.
const BATCH: u32 = 500;

/// The ids of the master keys that seal something in the database.
pub async fn master_keys_in_use(database: &Database) -> Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    for column in SealedColumn::ALL {
        let mut after: Option<Vec<String>> = None;
        loop {
            let values = sealed::after_any_workspace(database, column, after.as_deref(), BATCH).await?;
            let Some(last) = values.last() else { break };
            after = Some(last.key.clone());
            ids.extend(
                values.iter().filter_map(|value| Keyring::master_id_once(&value.sealed).ok().map(str::to_owned)),
            );
        }
    }
    Ok(ids)
}
