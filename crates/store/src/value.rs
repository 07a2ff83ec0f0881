//! Values on their way into a statement: the few kinds that both dialects store alike.

use std::sync::Arc;
use wagate_model::Timestamp;

/// One bound value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL's `NULL`.
    Null,
    /// A `BIGINT`, also for times (milliseconds) and yes or no (1, 0).
    Int(i64),
    /// A text. Shared, so that a row that may have to be written again is not copied.
    Text(Arc<str>),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What can be bound.
pub trait IntoValue {
    /// The value to bind.
    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for i64 {
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}

impl IntoValue for u32 {
    fn into_value(self) -> Value {
        Value::Int(self.into())
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::Int(self.into())
    }
}

impl IntoValue for Timestamp {
    fn into_value(self) -> Value {
        Value::Int(self.0)
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Text(self.into())
    }
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::Text(self.into())
    }
}

impl IntoValue for Vec<u8> {
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
}

/// Binds ids, enums and addresses by the text that they write.
macro_rules! bound_as_text {
    ($($type:ty),+ $(,)?) => {$(
        impl IntoValue for $type {
            fn into_value(self) -> Value {
                Value::Text(self.to_string().into())
            }
        }
        impl IntoValue for &$type {
            fn into_value(self) -> Value {
                Value::Text(self.to_string().into())
            }
        }
    )+};
}

bound_as_text!(
    wagate_model::AccountId,
    wagate_model::AuditId,
    wagate_model::ChatAddress,
    wagate_model::ChatId,
    wagate_model::ContactId,
    wagate_model::DeliveryId,
    wagate_model::EndpointId,
    wagate_model::ErasureId,
    wagate_model::EventId,
    wagate_model::ImportId,
    wagate_model::KeyId,
    wagate_model::MediaId,
    wagate_model::MediaKind,
    wagate_model::MediaState,
    wagate_model::MessageId,
    wagate_model::NodeId,
    wagate_model::PhoneNumber,
    wagate_model::RequestId,
    wagate_model::Scopes,
    wagate_model::WebhookAttemptId,
    wagate_model::WorkspaceId,
    wagate_model::AccountStatus,
    wagate_model::ChatStatus,
    wagate_model::Direction,
    wagate_model::EventType,
    wagate_model::Mode,
    wagate_model::Origin,
    wagate_model::ProviderKind,
    wagate_model::Reason,
    wagate_model::Status,
    wagate_model::Tier,
    wagate_model::contact_import::ImportState,
    wagate_model::content::ContentKind,
    wagate_model::webhook::DeliveryStatus,
    wagate_model::webhook::Trigger,
);
