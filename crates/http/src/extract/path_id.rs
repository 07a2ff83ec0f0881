//! Ids in paths.

use crate::problem::Problem;
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use std::str::FromStr;
use wagate_model::{
    AccountId, ChatId, ContactId, DeliveryId, EndpointId, ErasureId, ImportId, KeyId, MediaId, MessageId, WorkspaceId,
};

/// The `{id}` of a path. A text that is no such id names nothing: 404, as for an unknown one.
pub(crate) struct PathId<T>(pub(crate) T);

/// An id that stands in paths.
pub(crate) trait InPath: FromStr {
    /// The word for what it names, as the engine has it.
    const NAMES: &'static str;
}

macro_rules! in_path {
    ($($id:ident = $names:literal;)+) => {$(
        impl InPath for $id {
            const NAMES: &'static str = $names;
        }
    )+};
}

in_path! {
    AccountId = "account";
    ChatId = "chat";
    ContactId = "contact";
    DeliveryId = "delivery";
    EndpointId = "webhook";
    ErasureId = "erasure";
    ImportId = "import";
    KeyId = "key";
    MediaId = "media";
    MessageId = "message";
    WorkspaceId = "workspace";
}

impl<T: InPath, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let id = text.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| Problem::not_found(T::NAMES))
    }
}
