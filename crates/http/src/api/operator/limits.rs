//! Limits in place of a tier's.

use serde::Deserialize;
use wagate_model::tier::LimitOverrides;

/// Limits in place of those of the tier; what is left out is the tier's.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = LimitOverridesIn)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsIn {
    /// Most accounts.
    accounts: Option<u32>,
    /// Most requests in a minute.
    requests_per_minute: Option<u32>,
    /// Most messages accepted in a UTC day.
    messages_per_day: Option<u32>,
    /// Days that ended messages and events are kept.
    retention_days: Option<u32>,
    /// Most webhooks.
    endpoints: Option<u32>,
    /// Largest media file, in bytes.
    media_bytes: Option<u32>,
    /// Most members.
    members: Option<u32>,
}

impl From<LimitsIn> for LimitOverrides {
    fn from(limits: LimitsIn) -> Self {
        Self {
            accounts: limits.accounts,
            requests_per_minute: limits.requests_per_minute,
            messages_per_day: limits.messages_per_day,
            retention_days: limits.retention_days,
            endpoints: limits.endpoints,
            media_bytes: limits.media_bytes,
            members: limits.members,
        }
    }
}
