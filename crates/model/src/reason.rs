//! Why something failed, and what each reason means for what happens next.

use serde::{Deserialize, Serialize};

/// Why a message failed or waits, whatever the provider called it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The number has no WhatsApp.
    RecipientNotOnWhatsapp,
    /// The recipient blocked this account.
    RecipientBlockedUs,
    /// The recipient asked for no more messages.
    RecipientOptedOut,
    /// More than 24 hours since the recipient wrote: only templates are allowed (Cloud API).
    WindowClosed,
    /// No such template in this language.
    TemplateMissing,
    /// The template is rejected, paused or disabled.
    TemplateRejected,
    /// The template's parameters do not fit it.
    TemplateParameters,
    /// The provider refused the content.
    ContentInvalid,
    /// The provider has no such content.
    ContentUnsupported,
    /// The media could not be fetched.
    MediaUnavailable,
    /// The media is larger than the provider takes.
    MediaTooLarge,
    /// The account sends too fast.
    RateLimited,
    /// Too fast to this one recipient.
    PairRateLimited,
    /// The network forbids this account to open new chats (WhatsApp's error 463).
    NewChatsRestricted,
    /// The account has opened all the chats that its pacing allows in a day.
    NewChatsLimit,
    /// It is one of the account's quiet hours.
    QuietHours,
    /// The network restricted the account.
    AccountRestricted,
    /// The network banned the account.
    AccountBanned,
    /// The account was logged out.
    LoggedOut,
    /// The provider no longer takes the account's credentials.
    CredentialsInvalid,
    /// The credentials lack a permission.
    PermissionMissing,
    /// The provider or the way to it is down.
    ProviderUnavailable,
    /// Nobody knows whether the network took it.
    OutcomeUnknown,
    /// Its `expires_at` passed.
    Expired,
    /// It was cancelled.
    Cancelled,
    /// A fault of the gateway itself.
    Internal,
}

crate::text::text_enum!(Reason {
    RecipientNotOnWhatsapp => "recipient_not_on_whatsapp",
    RecipientBlockedUs => "recipient_blocked_us",
    RecipientOptedOut => "recipient_opted_out",
    WindowClosed => "window_closed",
    TemplateMissing => "template_missing",
    TemplateRejected => "template_rejected",
    TemplateParameters => "template_parameters",
    ContentInvalid => "content_invalid",
    ContentUnsupported => "content_unsupported",
    MediaUnavailable => "media_unavailable",
    MediaTooLarge => "media_too_large",
    RateLimited => "rate_limited",
    PairRateLimited => "pair_rate_limited",
    NewChatsRestricted => "new_chats_restricted",
    NewChatsLimit => "new_chats_limit",
    QuietHours => "quiet_hours",
    AccountRestricted => "account_restricted",
    AccountBanned => "account_banned",
    LoggedOut => "logged_out",
    CredentialsInvalid => "credentials_invalid",
    PermissionMissing => "permission_missing",
    ProviderUnavailable => "provider_unavailable",
    OutcomeUnknown => "outcome_unknown",
    Expired => "expired",
    Cancelled => "cancelled",
    Internal => "internal",
});

/// What happens to a message that failed for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Try again with growing pauses.
    Retry,
    /// Try again, and slow down: everything of the account, or this recipient alone.
    SlowDown(SlowDown),
    /// Keep the message queued until the account works again; the owner hears why.
    HoldAccount,
    /// Keep the message queued, and with it every other that would open a new chat.
    HoldNewChats,
    /// Give up.
    Final,
}

/// What a slow-down slows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlowDown {
    /// Every send of the account.
    Lane,
    /// Sends to the same recipient.
    Pair,
}

impl Reason {
    /// The one policy of this reason; nothing else decides what happens next.
    pub const fn policy(self) -> Policy {
        match self {
            Self::ProviderUnavailable
            | Self::OutcomeUnknown
            | Self::Internal
            | Self::NewChatsLimit
            | Self::QuietHours => Policy::Retry,
            Self::RateLimited => Policy::SlowDown(SlowDown::Lane),
            Self::PairRateLimited => Policy::SlowDown(SlowDown::Pair),
            Self::AccountRestricted
            | Self::AccountBanned
            | Self::LoggedOut
            | Self::CredentialsInvalid
            | Self::PermissionMissing => Policy::HoldAccount,
            Self::NewChatsRestricted => Policy::HoldNewChats,
            Self::RecipientNotOnWhatsapp
            | Self::RecipientBlockedUs
            | Self::RecipientOptedOut
            | Self::WindowClosed
            | Self::TemplateMissing
            | Self::TemplateRejected
            | Self::TemplateParameters
            | Self::ContentInvalid
            | Self::ContentUnsupported
            | Self::MediaUnavailable
            | Self::MediaTooLarge
            | Self::Expired
            | Self::Cancelled => Policy::Final,
        }
    }
}
