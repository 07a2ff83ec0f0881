//! What a database can answer instead of data.

/// The result of every statement.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What went wrong in the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key is taken.
    #[error("a row with the same unique key exists")]
    Duplicate(#[source] sqlx::Error),
    /// The transaction lost against another one and can be tried again as it is.
    #[error("the transaction met another one")]
    Conflict(#[source] sqlx::Error),
    /// The database is not reachable, has no room, or stopped answering; what was committed is not
    /// known.
    #[error("the database is not reachable")]
    Unreachable(#[source] sqlx::Error),
    /// A stored value cannot be read: a newer version wrote it, or somebody changed it by hand.
    #[error("the stored value of `{column}` cannot be read: {detail}")]
    Unreadable {
        /// The column.
        column: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The database's schema is not the one that this version needs.
    #[error("{0}")]
    Schema(String),
    /// A shared transaction failed; whoever was first in it has the source.
    #[error("a shared transaction failed: {0}")]
    Shared(String),
    /// The gateway is stopping, and takes nothing more.
    #[error("the gateway is stopping")]
    Stopping,
    /// Another node holds the lease: it decides, and this one must stop.
    #[error("another node acts for the account")]
    LeaseLost,
    /// The code around the transaction panicked; it was rolled back.
    #[error("a fault of the gateway stopped the transaction")]
    Fault,
    /// Any other refusal of the database.
    #[error("the database refused the statement")]
    Refused(#[source] sqlx::Error),
}

/// MySQL: lock wait timeout, deadlock, record changed since last read (Galera, snapshots).
const MYSQL_CONFLICTS: [&str; 4] = ["1205", "1213", "1020", "1047"];
/// MySQL: too many connections (in all, of the user), no space, shutting down, the connection was
/// broken or killed, the statement was interrupted, read-only (a replica that takes over).
const MYSQL_AWAY: [&str; 12] =
    ["1040", "1203", "1021", "1053", "1158", "1159", "1160", "1161", "1927", "3169", "1317", "1290"];
/// SQLite: busy, locked, busy snapshot.
const SQLITE_CONFLICTS: [&str; 4] = ["5", "6", "517", "261"];
/// SQLite, without what their upper bits add: the disk failed, the disk is full.
const SQLITE_AWAY: [u32; 2] = [10, 13];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) => {
                let number = refusal
                    .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
                    .map(|mysql| mysql.number().to_string());
                let is_mysql = number.is_some();
                let code = number.or_else(|| refusal.code().map(std::borrow::Cow::into_owned)).unwrap_or_default();
                let conflicts = if is_mysql { MYSQL_CONFLICTS } else { SQLITE_CONFLICTS };
                let is_away = match code.parse::<u32>() {
                    Ok(extended) if !is_mysql => SQLITE_AWAY.contains(&(extended & 0xff)),
                    _ => is_mysql && MYSQL_AWAY.contains(&code.as_str()),
                };
                if refusal.is_unique_violation() {
                    Self::Duplicate(error)
                } else if conflicts.contains(&code.as_str()) {
                    Self::Conflict(error)
                } else if is_away {
                    Self::Unreachable(error)
                } else {
                    Self::Refused(error)
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unreachable(error),
            _ => Self::Refused(error),
        }
    }
}

impl StoreError {
    /// Whether the same transaction may be tried again at once.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }

    /// Whether the database could not be asked, so that waiting may help.
    pub const fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Shared(_) | Self::Stopping)
    }

    /// Whether one row of a batch may be at fault, so that splitting the batch finds it.
    pub const fn may_be_one_row(&self) -> bool {
        matches!(self, Self::Duplicate(_) | Self::Unreadable { .. } | Self::Refused(_) | Self::Fault)
    }
}
