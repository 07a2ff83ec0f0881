//! Deliveries: events on their way to webhooks.

pub(super) mod read;
pub(super) mod resend;
