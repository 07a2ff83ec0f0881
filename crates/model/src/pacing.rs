//! How fast an account may send.

use serde::{Deserialize, Serialize};

/// How fast an account may send; what is not set does not slow it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pacing {
    /// Messages per minute in the long run.
    #[schema(minimum = 1, maximum = 6000)]
    pub per_minute: Option<u32>,
    /// How many messages may go at once after a pause; 1 if not set. Needs `per_minute`.
    #[schema(minimum = 1, maximum = 1000)]
    pub burst: Option<u32>,
    /// Up to so many milliseconds more, at random, between two messages.
    #[schema(minimum = 1, maximum = 60_000)]
    pub jitter_ms: Option<u32>,
    /// Seconds between two messages to the same recipient.
    #[schema(minimum = 1, maximum = 3600)]
    pub per_recipient_seconds: Option<u32>,
    /// Chats that may be opened in a day of `time_zone`: with recipients who never wrote, and to
    /// whom nothing was sent.
    #[schema(minimum = 1, maximum = 100_000)]
    pub new_chats_per_day: Option<u32>,
    /// In so many days after the account was created `new_chats_per_day` grows to its full number,
    /// by the same step each day.
    #[schema(minimum = 1, maximum = 90)]
    pub warm_up_days: Option<u32>,
    /// The IANA name of the zone of `quiet_hours` and of days; `UTC` if not set.
    #[schema(example = "Europe/Berlin", max_length = 64)]
    pub time_zone: Option<String>,
    /// When nothing is sent.
    pub quiet_hours: Option<QuietHours>,
}

/// The hours of each day in which nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When they begin, by the clocks of the zone.
    #[schema(example = "22:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub from: String,
    /// When they end; on the next day if that is earlier than `from`.
    #[schema(example = "07:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub to: String,
}
