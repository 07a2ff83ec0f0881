//! How much a workspace uses of what it may.

use crate::Timestamp;
use serde::Serialize;

/// One limit and what is used of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Used {
    /// How much is used; `null` where nothing is counted, since each thing has the limit by itself.
    pub used: Option<u64>,
    /// The limit.
    pub limit: u32,
    /// When counting begins anew; `null` where it does not.
    pub resets_at: Option<Timestamp>,
}

impl Used {
    /// So much of a limit, now.
    pub const fn now(used: u64, limit: u32) -> Self {
        Self { used: Some(used), limit, resets_at: None }
    }

    /// So much of a limit, until it is counted anew.
    pub const fn until(resets_at: Timestamp, used: u64, limit: u32) -> Self {
        Self { used: Some(used), limit, resets_at: Some(resets_at) }
    }

    /// A limit that each thing has by itself.
    pub const fn each(limit: u32) -> Self {
        Self { used: None, limit, resets_at: None }
    }
}

/// Every limit of a workspace, and what one of its modes uses of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Usage {
    /// Requests in the present minute.
    pub requests_per_minute: Used,
    /// Messages accepted in the present UTC day.
    pub messages_per_day: Used,
    /// Accounts.
    pub accounts: Used,
    /// Webhook endpoints.
    pub endpoints: Used,
    /// Members.
    pub members: Used,
    /// Bytes of a media file.
    pub media_bytes: Used,
    /// Days that ended messages and events are kept.
    pub retention_days: Used,
}
