//! Files that go with messages, as their workspace sees them.

use crate::{MediaId, MessageId, Mode, Reason, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

/// What a file can be sent as, beside `document`, which takes any file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// A picture: JPEG or PNG.
    Image,
    /// A film: MP4 or 3GP.
    Video,
    /// A sound file: AAC, AMR, MP3 or M4A.
    Audio,
    /// Opus in OGG: a voice note, or a sound file.
    Voice,
    /// WebP.
    Sticker,
    /// Anything else.
    Document,
}

crate::text::text_enum!(MediaKind {
    Image => "image",
    Video => "video",
    Audio => "audio",
    Voice => "voice",
    Sticker => "sticker",
    Document => "document",
});

/// Whether a file's bytes are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MediaState {
    /// They are still to be fetched.
    Pending,
    /// They are here.
    Ready,
    /// They could not be fetched.
    Failed,
}

crate::text::text_enum!(MediaState { Pending => "pending", Ready => "ready", Failed => "failed" });

/// A file that was uploaded, fetched or received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Media {
    /// Its id.
    pub id: MediaId,
    /// Whose it is.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// The half of the workspace.
    pub mode: Mode,
    /// Whether its bytes are here.
    pub state: MediaState,
    /// What it can be sent as, beside `document`.
    pub kind: MediaKind,
    /// Its type, found from its bytes; `null` until they are here.
    pub mime_type: Option<String>,
    /// Its length in bytes; `null` until they are here.
    pub size: Option<u64>,
    /// SHA-256 of its bytes in hex; `null` until they are here.
    pub sha256: Option<String>,
    /// The name that it was given, without any path.
    pub filename: Option<String>,
    /// The message that it was fetched for, if it was not uploaded.
    pub message_id: Option<MessageId>,
    /// Why its bytes could not be fetched.
    pub reason: Option<Reason>,
    /// The same in one line.
    pub reason_detail: Option<String>,
    /// When it was made known to the gateway.
    pub created_at: Timestamp,
}

/// The file of a message, as the message shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MessageMedia {
    /// The file's id; its bytes are at `/v1/media/{id}/content`.
    pub id: MediaId,
    /// Whether its bytes are here.
    pub state: MediaState,
    /// Its type, found from its bytes.
    pub mime_type: Option<String>,
    /// Its length in bytes.
    pub size: Option<u64>,
    /// SHA-256 of its bytes in hex.
    pub sha256: Option<String>,
    /// Why its bytes could not be fetched.
    pub reason: Option<Reason>,
}

impl From<&Media> for MessageMedia {
    fn from(media: &Media) -> Self {
        Self {
            id: media.id,
            state: media.state,
            mime_type: media.mime_type.clone(),
            size: media.size,
            sha256: media.sha256.clone(),
            reason: media.reason,
        }
    }
}

impl MediaKind {
    /// What a file that is sent as content of a type is, if that type has files.
    pub const fn of(kind: crate::content::ContentKind) -> Option<Self> {
        use crate::content::ContentKind;
        match kind {
            ContentKind::Image => Some(Self::Image),
            ContentKind::Video => Some(Self::Video),
            ContentKind::Audio => Some(Self::Audio),
            ContentKind::Voice => Some(Self::Voice),
            ContentKind::Sticker => Some(Self::Sticker),
            ContentKind::Document => Some(Self::Document),
            _ => None,
        }
    }

    /// Whether a file of this kind can be sent as that one.
    pub fn can_be_sent_as(self, wanted: Self) -> bool {
        wanted == Self::Document || wanted == self || (wanted == Self::Audio && self == Self::Voice)
    }

    /// The most bytes of a file that is sent as this: Meta's limits, which are the strictest.
    pub const fn most_bytes(self) -> u64 {
        const MIB: u64 = 1024 * 1024;
        match self {
            Self::Image => 5 * MIB,
            Self::Video | Self::Audio | Self::Voice => 16 * MIB,
            Self::Sticker => 500 * 1024,
            Self::Document => 100 * MIB,
        }
    }
}
