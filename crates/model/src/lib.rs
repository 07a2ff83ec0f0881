//! The words of the gateway: every term that the API, the SQL, the events and the pages share.
//!
//! This crate holds no I/O. It is the glossary:
//!
//! | word | meaning |
//! |---|---|
//! | workspace | a tenant: its accounts, messages, endpoints and keys; nothing crosses its border |
//! | mode | `live` or `test`; the two halves of a workspace never see each other |
//! | account | one WhatsApp number connected through one provider |
//! | message | one thing said in one direction, with its status and history |
//! | chat | the messages between one account and one address, with who works on it |
//! | contact | a person's card in a workspace: name, labels, attributes |
//! | opt-out | a person's word that they want no more messages |
//! | media | a file that goes with messages: uploaded, fetched from a link, or received |
//! | attempt | one try to hand a message to the network |
//! | lane | the task that sends an account's due messages, in order per chat |
//! | lease | the right of one node to act for an account until a time |
//! | event | something that happened, numbered without gaps per workspace and mode |
//! | endpoint | a customer's URL that hears of events |
//! | delivery | one event on its way to one endpoint |

pub mod account;
pub mod caller;
pub mod chat;
pub mod clock;
pub mod contact;
pub mod contact_import;
pub mod content;
pub mod erasure;
pub mod event;
pub mod field_error;
pub mod id;
pub mod media;
pub mod message;
pub mod mode;
pub mod pacing;
pub mod phone;
pub mod provider;
pub mod reason;
pub mod scope;
pub mod statistics;
pub mod status;
pub mod text;
pub mod tier;
pub mod usage;
pub mod webhook;
pub mod workspace;

pub use account::{Account, AccountStatus, ProviderKind};
pub use caller::{Actor, Caller};
pub use chat::{Chat, ChatStatus};
pub use clock::{Clock, Timestamp};
pub use contact::Contact;
pub use content::Content;
pub use event::{Event, EventType};
pub use field_error::FieldError;
pub use id::{
    AccountId, AuditId, ChatId, ContactId, DeliveryId, EndpointId, ErasureId, EventId, IdSource, ImportId, KeyId,
    MediaId, MessageId, NodeId, RequestId, UserId, WebhookAttemptId, WorkspaceId,
};
pub use media::{Media, MediaKind, MediaState, MessageMedia};
pub use message::{Change, Context, Direction, HistoryEntry, Message, MessageHome, Origin, Relations};
pub use mode::Mode;
pub use pacing::{Pacing, QuietHours};
pub use phone::{ChatAddress, PhoneNumber};
pub use reason::{Policy, Reason};
pub use scope::{Role, Scope, Scopes};
pub use statistics::CountBy;
pub use status::Status;
pub use tier::Tier;
