//! Sealed values wherever they stand, for the rotation of the master key. This module sees bytes
//! only.

use crate::{Database, Result, Tx, row::Row, sql::sql};
use wagate_model::WorkspaceId;

/// A column of sealed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedColumn {
    /// Endpoints' secrets.
    EndpointSecrets,
    /// Endpoints' own headers.
    EndpointHeaders,
    /// What providers keep about accounts.
    ProviderState,
    /// Kept answers that carry a secret.
    IdempotencyAnswer,
}

/// One sealed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// The values of the row's primary key.
    pub key: Vec<String>,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
}

impl SealedColumn {
    /// Every column.
    pub const ALL: [Self; 4] =
        [Self::EndpointSecrets, Self::EndpointHeaders, Self::ProviderState, Self::IdempotencyAnswer];

    /// The table's name.
    pub const fn table(self) -> &'static str {
        match self {
            Self::EndpointSecrets | Self::EndpointHeaders => "webhook_configs",
            Self::ProviderState => "provider_state",
            Self::IdempotencyAnswer => "idempotency_keys",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::EndpointSecrets => "secrets",
            Self::EndpointHeaders => "headers",
            Self::ProviderState => "value",
            Self::IdempotencyAnswer => "response",
        }
    }

    const fn key(self) -> &'static [&'static str] {
        match self {
            Self::EndpointSecrets | Self::EndpointHeaders => &["id"],
            Self::ProviderState => &["account_id", "kind", "state_key"],
            Self::IdempotencyAnswer => &["scope_hash"],
        }
    }

    /// Which rows hold something sealed.
    const fn condition(self) -> &'static str {
        match self {
            Self::EndpointSecrets | Self::ProviderState => "1 = 1",
            Self::EndpointHeaders => "LENGTH(headers) > 0",
            Self::IdempotencyAnswer => "is_sealed = 1",
        }
    }
}

/// The next sealed values of a column after a key, in the order of keys.
pub async fn after_any_workspace(
    database: &Database,
    column: SealedColumn,
    after: Option<&[String]>,
    limit: u32,
) -> Result<Vec<SealedValue>> {
    let key = column.key().join(", ");
    let mut statement = sql(format!(
        "SELECT {key}, workspace_id, {} AS sealed FROM {} WHERE {}",
        column.column(),
        column.table(),
        column.condition()
    ));
    if let Some(after) = after {
        statement = statement
            .and(&format!("AND ({key}) > ({})", crate::sql::marks(after.len())))
            .bind_all(after.iter().map(String::as_str));
    }
    let rows = statement.and(&format!("ORDER BY {key} LIMIT ?")).bind(limit).all(database).await?;
    rows.iter().map(|row| read(row, column)).collect()
}

fn read(row: &Row, column: SealedColumn) -> Result<SealedValue> {
    let key = column.key().iter().map(|name| row.text(name)).collect::<Result<_>>()?;
    Ok(SealedValue { key, workspace_id: row.word("workspace_id")?, sealed: row.bytes("sealed")? })
}

/// Puts `sealed` in a value's place, unless somebody wrote another one meanwhile; answers whether
/// it did.
pub async fn replace(tx: &mut Tx, column: SealedColumn, value: &SealedValue, sealed: Vec<u8>) -> Result<bool> {
    let name = column.column();
    let key = column.key().iter().map(|name| format!("{name} = ?")).collect::<Vec<_>>().join(" AND ");
    let text = format!("UPDATE {} SET {name} = ? WHERE {key} AND workspace_id = ? AND {name} = ?", column.table());
    let statement = sql(text).bind(sealed).bind_all(value.key.iter().map(String::as_str));
    Ok(statement.bind(value.workspace_id).bind(value.sealed.clone()).run(tx).await? > 0)
}
