//! What a workspace has subscribed to.

use serde::{Deserialize, Serialize};

/// A subscription tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// To try it out.
    Free,
    /// One small team.
    Starter,
    /// A company.
    Professional,
    /// A large company.
    Enterprise,
}

crate::text::text_enum!(Tier {
    Free => "free",
    Starter => "starter",
    Professional => "professional",
    Enterprise => "enterprise",
});

/// The limits that a tier gives, each of which a workspace may override.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Limits {
    /// Most accounts.
    pub accounts: u32,
    /// Most requests in a minute.
    pub requests_per_minute: u32,
    /// Most messages accepted in a UTC day.
    pub messages_per_day: u32,
    /// Days that ended messages and events are kept.
    pub retention_days: u32,
    /// Most webhook endpoints.
    pub endpoints: u32,
}

/// What an operator set for one workspace in place of its tier's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitOverrides {
    /// In place of [`Limits::accounts`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<u32>,
    /// In place of [`Limits::requests_per_minute`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    /// In place of [`Limits::messages_per_day`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages_per_day: Option<u32>,
    /// In place of [`Limits::retention_days`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// In place of [`Limits::endpoints`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<u32>,
}

impl Tier {
    /// The limits of the tier before any override.
    pub const fn limits(self) -> Limits {
        let (accounts, requests_per_minute, messages_per_day, retention_days, endpoints) = match self {
            Self::Free => (1, 60, 100, 7, 2),
            Self::Starter => (3, 300, 5_000, 30, 5),
            Self::Professional => (20, 1_200, 100_000, 90, 20),
            Self::Enterprise => (1_000, 12_000, 5_000_000, 365, 100),
        };
        Limits { accounts, requests_per_minute, messages_per_day, retention_days, endpoints }
    }
}

impl LimitOverrides {
    /// The limits that hold: the tier's, with these in their place where set.
    pub fn over(self, tier: Limits) -> Limits {
        Limits {
            accounts: self.accounts.unwrap_or(tier.accounts),
            requests_per_minute: self.requests_per_minute.unwrap_or(tier.requests_per_minute),
            messages_per_day: self.messages_per_day.unwrap_or(tier.messages_per_day),
            retention_days: self.retention_days.unwrap_or(tier.retention_days),
            endpoints: self.endpoints.unwrap_or(tier.endpoints),
        }
    }
}
