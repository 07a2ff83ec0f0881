//! Webhook endpoints, deliveries and their attempts.

use crate::{AccountId, DeliveryId, EndpointId, EventId, EventType, Mode, Timestamp, WebhookAttemptId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A customer's URL that hears of events. Its secret is kept apart, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Its workspace.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// The half of the workspace whose events it hears.
    pub mode: Mode,
    /// Where events are posted.
    pub url: String,
    /// A note for people, up to 500 characters.
    pub description: String,
    /// The events it hears of; empty is all.
    pub events: Vec<EventType>,
    /// The accounts it hears of; empty is all.
    pub account_ids: Vec<AccountId>,
    /// Headers of the customer's own, sent with each delivery. Values are shown as `***`.
    pub headers: BTreeMap<String, String>,
    /// Whether it is delivered to.
    pub is_enabled: bool,
    /// Why it is not.
    pub disabled_reason: Option<String>,
    /// Since when it has only failed.
    pub failing_since: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryStatus {
    /// Waits for its next try.
    Pending,
    /// The endpoint answered 2xx.
    Delivered,
    /// All tries failed; it can be resent.
    Failed,
    /// The endpoint was disabled at the time; it can be recovered.
    Skipped,
    /// The endpoint was deleted.
    Cancelled,
}

crate::text::text_enum!(DeliveryStatus {
    Pending => "pending",
    Delivered => "delivered",
    Failed => "failed",
    Skipped => "skipped",
    Cancelled => "cancelled",
});

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Where it goes.
    pub endpoint_id: EndpointId,
    /// What it carries; the `webhook-id` header of every try.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: EventType,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Tries so far.
    pub attempts: u32,
    /// When the next try is due.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Why a try was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// It was due.
    Schedule,
    /// Somebody asked for it.
    Manual,
}

crate::text::text_enum!(Trigger { Schedule => "schedule", Manual => "manual" });

/// One POST of a delivery and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WebhookAttempt {
    /// Its id.
    pub id: WebhookAttemptId,
    /// The delivery it belongs to.
    #[serde(skip)]
    pub delivery_id: DeliveryId,
    /// Its number, from 1.
    pub number: u32,
    /// Why it was made.
    pub trigger: Trigger,
    /// The HTTP status that came back, if one did.
    pub status_code: Option<u16>,
    /// What went wrong, if no answer came: `timeout`, `connection_refused`, `dns`, `tls`,
    /// `forbidden_address` or `other`.
    pub error: Option<String>,
    /// The beginning of the answer's body, as text.
    pub response: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// When it began.
    pub at: Timestamp,
}
