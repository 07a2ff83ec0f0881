//! A contact: a person's card in a workspace.

use crate::{ChatAddress, ContactId, Mode, Timestamp, WorkspaceId};
use serde::Serialize;
use std::collections::BTreeMap;

/// A person as the workspace knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Its workspace.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// The half of the workspace it belongs to.
    pub mode: Mode,
    /// The number, or the network's own id of the person; always valid as `to`.
    pub address: ChatAddress,
    /// What people call them, up to 100 characters.
    pub name: Option<String>,
    /// Words to find them by, in alphabetical order.
    pub labels: Vec<String>,
    /// What else is known of them.
    pub attributes: BTreeMap<String, String>,
    /// Since when they want no more messages, if they do not.
    pub opted_out_at: Option<Timestamp>,
    /// When the card was made.
    pub created_at: Timestamp,
    /// When the card last changed.
    pub updated_at: Timestamp,
}
