//! What a credential may do: scopes, and the roles that are sets of them.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// One permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Scope {
    /// Send, cancel and retry messages, mark as read, work on chats; play the customer in the sandbox.
    #[serde(rename = "messages:send")]
    MessagesSend,
    /// Read messages and chats.
    #[serde(rename = "messages:read")]
    MessagesRead,
    /// Read accounts and the workspace.
    #[serde(rename = "accounts:read")]
    AccountsRead,
    /// Create, connect, rename and delete accounts.
    #[serde(rename = "accounts:write")]
    AccountsWrite,
    /// Everything about webhooks.
    #[serde(rename = "webhooks:write")]
    WebhooksWrite,
    /// Read events.
    #[serde(rename = "events:read")]
    EventsRead,
    /// Everything about API keys.
    #[serde(rename = "keys:write")]
    KeysWrite,
    /// Change the workspace.
    #[serde(rename = "workspace:write")]
    WorkspaceWrite,
    /// Read the audit log.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// Read contacts and export them.
    #[serde(rename = "contacts:read")]
    ContactsRead,
    /// Create, change, import and delete contacts, opt them out and in.
    #[serde(rename = "contacts:write")]
    ContactsWrite,
}

crate::text::text_enum!(Scope {
    MessagesSend => "messages:send",
    MessagesRead => "messages:read",
    AccountsRead => "accounts:read",
    AccountsWrite => "accounts:write",
    WebhooksWrite => "webhooks:write",
    EventsRead => "events:read",
    KeysWrite => "keys:write",
    WorkspaceWrite => "workspace:write",
    AuditRead => "audit:read",
    ContactsRead => "contacts:read",
    ContactsWrite => "contacts:write",
});

impl Scope {
    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of scopes. In SQL its words, separated by spaces.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u16);

impl Scopes {
    /// Every scope.
    pub fn all() -> Self {
        Scope::ALL.iter().copied().collect()
    }

    /// Whether `scope` is in the set.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether every scope of this set is in `other`.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is no scope in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes, in the order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | scope.bit()))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Scope::as_str).collect();
        f.write_str(&words.join(" "))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scopes({self})")
    }
}

impl FromStr for Scopes {
    type Err = crate::text::UnknownWord;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        words.split_ascii_whitespace().map(str::parse).collect()
    }
}

/// What a person is in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May do everything; a workspace has at least one.
    Owner,
    /// May do everything but end the workspace.
    Admin,
    /// Sends messages and answers chats.
    Operator,
    /// Reads.
    Viewer,
    /// Sees the workspace and its usage.
    Billing,
}

crate::text::text_enum!(Role {
    Owner => "owner",
    Admin => "admin",
    Operator => "operator",
    Viewer => "viewer",
    Billing => "billing",
});

impl Role {
    /// The scopes that the role carries: the one table that says so.
    pub fn scopes(self) -> Scopes {
        use Scope::{AccountsRead, ContactsRead, ContactsWrite, EventsRead, MessagesRead, MessagesSend};
        match self {
            Self::Owner | Self::Admin => Scopes::all(),
            Self::Operator => [MessagesSend, MessagesRead, AccountsRead, EventsRead, ContactsRead, ContactsWrite]
                .into_iter()
                .collect(),
            Self::Viewer => [MessagesRead, AccountsRead, EventsRead, ContactsRead].into_iter().collect(),
            Self::Billing => std::iter::once(AccountsRead).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_scopes_is_read_back_from_its_words() {
        for scope in Scope::ALL {
            let set: Scopes = [*scope, Scope::AuditRead].into_iter().collect();
            assert_eq!(set.to_string().parse::<Scopes>(), Ok(set));
            assert!(set.is_within(Scopes::all()));
            assert!(!Scopes::all().is_within(set));
        }
    }

    #[test]
    fn a_viewer_cannot_send() {
        assert!(!Role::Viewer.scopes().contains(Scope::MessagesSend));
        assert!(Role::Viewer.scopes().is_within(Role::Operator.scopes()));
    }
}
