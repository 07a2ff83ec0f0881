//! A message as a caller wants it sent, and what can be said of it without looking anything up.

use crate::{Error, Result};
use serde_json::{Map, Value};
use std::time::Duration;
use wagate_model::{
    AccountId, ChatAddress, Content, FieldError, MessageId, Relations, Timestamp, content::ContentKind,
};

/// A message as the caller wrote it.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The account that shall send it; may be left out if the caller can use exactly one.
    pub account_id: Option<AccountId>,
    /// Whom it goes to.
    pub to: ChatAddress,
    /// What it says.
    pub content: Content,
    /// The message that it answers.
    pub context: Option<MessageId>,
    /// Whom it names.
    pub mentions: Vec<ChatAddress>,
    /// The message whose content it carries on.
    pub forwarded_from: Option<MessageId>,
    /// The caller's own reference, up to 255 characters.
    pub client_ref: Option<String>,
    /// The caller's own data, up to 4,096 bytes as JSON.
    pub metadata: Map<String, Value>,
    /// When it shall be sent, at most a year ahead; at once if not given.
    pub send_at: Option<Timestamp>,
    /// When it shall not be sent any more.
    pub expires_at: Option<Timestamp>,
}

impl NewMessage {
    /// Content for somebody, and nothing else.
    pub fn new(to: ChatAddress, content: Content) -> Self {
        Self {
            account_id: None,
            to,
            content,
            context: None,
            mentions: Vec::new(),
            forwarded_from: None,
            client_ref: None,
            metadata: Map::new(),
            send_at: None,
            expires_at: None,
        }
    }
}

const LONGEST_CLIENT_REF: usize = 255;
const LARGEST_METADATA: usize = 4096;

/// How far ahead a message can be scheduled.
const FARTHEST: Duration = Duration::from_hours(366 * 24);

/// Checks when a message shall be sent and when it ends.
pub(super) fn check_times(
    send_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
    faults: &mut Vec<FieldError>,
) {
    if send_at.is_some_and(|at| at <= now) {
        faults.push(FieldError::new("send_at", "out_of_range", "A time in the future was expected."));
    } else if send_at.is_some_and(|at| at > now.plus(FARTHEST)) {
        faults.push(FieldError::new("send_at", "out_of_range", "A time at most 366 days ahead was expected."));
    } else if expires_at.is_some_and(|until| until <= now) {
        faults.push(FieldError::new("expires_at", "out_of_range", "A time in the future was expected."));
    } else if send_at.zip(expires_at).is_some_and(|(at, until)| until <= at) {
        faults.push(FieldError::new("expires_at", "out_of_range", "A time later than `send_at` was expected."));
    }
}

/// The first step of accepting: its fields, each by itself.
pub(super) fn check(new: &NewMessage, now: Timestamp) -> Result<()> {
    let mut faults = Vec::new();
    if let Some(reference) = &new.client_ref {
        if reference.chars().count() > LONGEST_CLIENT_REF {
            faults.push(FieldError::new("client_ref", "too_long", format!("At most {LONGEST_CLIENT_REF} characters.")));
        }
        if reference.contains('\0') {
            faults.push(FieldError::format("client_ref", "A text without NUL was expected."));
        }
    }
    if !new.metadata.is_empty() && Value::Object(new.metadata.clone()).to_string().len() > LARGEST_METADATA {
        faults.push(FieldError::new("metadata", "too_long", format!("At most {LARGEST_METADATA} bytes of JSON.")));
    }
    check_times(new.send_at, new.expires_at, now, &mut faults);
    if new.context.is_some() && new.content.kind() == ContentKind::Reaction {
        let detail = "A reaction names its message itself.";
        faults.push(FieldError::new("context", "not_allowed", detail));
    }
    if new.mentions.len() > Relations::MOST_MENTIONS {
        let detail = format!("At most {} are allowed.", Relations::MOST_MENTIONS);
        faults.push(FieldError::new("mentions", "too_many", detail));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}
