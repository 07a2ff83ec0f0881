//! What `wagate key ...` understands.

use wagate_model::{AccountId, KeyId, Mode, Scope, Timestamp, WorkspaceId};

/// What to do with API keys.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum KeyCommand {
    /// Make a key and print it; it is shown this once.
    Create {
        /// The workspace that it opens (`ws_...`).
        #[arg(long)]
        workspace: WorkspaceId,
        /// Its name, for people.
        #[arg(long)]
        name: String,
        /// Which half of the workspace it opens: `live` or `test`.
        #[arg(long, default_value = "live")]
        mode: Mode,
        /// What it may do, such as `messages:send,messages:read`; everything when left out.
        #[arg(long = "scope", value_delimiter = ',')]
        scopes: Vec<Scope>,
        /// The accounts that it may use (`acc_...`); all when left out.
        #[arg(long = "account", value_delimiter = ',')]
        accounts: Vec<AccountId>,
        /// When it stops to work, such as `2027-01-31T00:00:00Z`; never when left out.
        #[arg(long, value_parser = time)]
        expires_at: Option<Timestamp>,
    },
    /// List a workspace's keys, without what opens.
    List {
        /// The workspace (`ws_...`).
        #[arg(long)]
        workspace: WorkspaceId,
    },
    /// Make a key useless.
    Revoke {
        /// The workspace (`ws_...`).
        #[arg(long)]
        workspace: WorkspaceId,
        /// Which one (`key_...`).
        key: KeyId,
    },
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    Timestamp::parse(text).ok_or("a time such as 2027-01-31T00:00:00Z was expected")
}
