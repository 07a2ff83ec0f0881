//! An account: one WhatsApp number connected through one provider.

use crate::{AccountId, Mode, Pacing, PhoneNumber, Reason, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

/// Which network interface an account uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// The simulated network; its accounts are of mode `test`.
    Sandbox,
    /// WhatsApp Web, the protocol of linked devices.
    WhatsappWeb,
    /// Meta's Cloud API.
    CloudApi,
}

crate::text::text_enum!(ProviderKind {
    Sandbox => "sandbox",
    WhatsappWeb => "whatsapp_web",
    CloudApi => "cloud_api",
});

impl ProviderKind {
    /// The half of a workspace that the provider's accounts belong to.
    pub const fn mode(self) -> Mode {
        match self {
            Self::Sandbox => Mode::Test,
            Self::WhatsappWeb | Self::CloudApi => Mode::Live,
        }
    }
}

/// Whether an account can send and receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// On the way to the network.
    Connecting,
    /// Waits for its QR code to be scanned.
    Qr,
    /// Sends and receives.
    Connected,
    /// Connected, but sends wait until a restriction ends; `status_reason` says which.
    Held,
    /// Not connected; queued messages wait.
    Disconnected,
    /// Logged out from the phone; must be linked anew.
    LoggedOut,
    /// Banned by the network.
    Banned,
}

crate::text::text_enum!(AccountStatus {
    Connecting => "connecting",
    Qr => "qr",
    Connected => "connected",
    Held => "held",
    Disconnected => "disconnected",
    LoggedOut => "logged_out",
    Banned => "banned",
});

/// An account as its workspace sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its workspace.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// The half of the workspace it belongs to, given by its provider.
    pub mode: Mode,
    /// How it reaches the network.
    pub provider: ProviderKind,
    /// A name for people, up to 100 characters.
    pub name: String,
    /// Its number, once the network told it.
    pub phone_number: Option<PhoneNumber>,
    /// Whether it can send and receive.
    pub status: AccountStatus,
    /// Why it has that status, where that is no plain success.
    pub status_reason: Option<Reason>,
    /// Whether its owner wants it connected; a restart connects it again.
    #[serde(skip)]
    pub is_wanted: bool,
    /// When the last frame came from the network.
    pub last_frame_at: Option<Timestamp>,
    /// When the network last acknowledged a send.
    pub last_ack_at: Option<Timestamp>,
    /// How fast it may send, if its owner said so; else its provider's own pace holds.
    pub pacing: Option<Pacing>,
    /// When its next message may go, if one waits for the account's pace or its quiet hours.
    pub next_send_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
