//! What messages are counted by.

use serde::{Deserialize, Serialize};

/// What messages are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CountBy {
    /// The hour in which they were accepted or came in.
    Hour,
    /// The day in which they were accepted or came in.
    Day,
    /// Their account.
    Account,
    /// Their present status.
    Status,
    /// Why they failed, were cancelled or expired.
    Reason,
}

crate::text::text_enum!(CountBy {
    Hour => "hour",
    Day => "day",
    Account => "account",
    Status => "status",
    Reason => "reason",
});
