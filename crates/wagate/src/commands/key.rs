//! `wagate key ...`: API keys, directly in the database.

use crate::{
    exit::Failure, print, runtime::block_on, settings::Settings, telemetry::Telemetry, wiring::engine_for_command,
};
use wagate_engine::{Engine, keys::NewKey, operator::OperatorCall};
use wagate_model::{
    AccountId, Actor, Caller, KeyId, Mode, Scope, Scopes, Tier, Timestamp, WorkspaceId, workspace::ApiKey,
};
use wagate_store::Page;

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

impl KeyCommand {
    /// Does it, and prints the key or one line for each key concerned.
    pub fn run(self, settings: &Settings) -> Result<(), Failure> {
        Telemetry::install_logs(settings)?;
        let lines = block_on(async {
            let engine = engine_for_command(settings).await?;
            self.act(&engine).await
        })??;
        for text in lines {
            print::line(&text)?;
        }
        Ok(())
    }

    async fn act(self, engine: &Engine) -> anyhow::Result<Vec<String>> {
        match self {
            Self::Create { workspace, name, mode, scopes, accounts, expires_at } => {
                let new = NewKey {
                    name,
                    scopes: (!scopes.is_empty()).then_some(scopes),
                    account_ids: (!accounts.is_empty()).then_some(accounts),
                    expires_at,
                };
                let call = OperatorCall { request_id: engine.new_id() };
                let created =
                    engine.operator_create_key(&call, workspace, mode, new).await.map_err(super::explained)?;
                Ok(vec![created.secret.expose().to_owned()])
            }
            Self::List { workspace } => {
                let mut lines = Vec::new();
                for mode in Mode::ALL {
                    lines.extend(keys(engine, &operator(engine, workspace, *mode)).await?.iter().map(line));
                }
                Ok(lines)
            }
            Self::Revoke { workspace, key } => revoke(engine, workspace, key).await,
        }
    }
}

/// Whoever runs the gateway may do everything in a workspace.
fn operator(engine: &Engine, workspace_id: WorkspaceId, mode: Mode) -> Caller {
    Caller {
        workspace_id,
        mode,
        actor: Actor::Operator,
        scopes: Scopes::all(),
        accounts: None,
        is_suspended: false,
        // Nothing that is done here is counted.
        limits: Tier::Enterprise.limits(),
        request_id: engine.new_id(),
    }
}

async fn keys(engine: &Engine, caller: &Caller) -> anyhow::Result<Vec<ApiKey>> {
    let mut page = Page { limit: 100, ..Page::default() };
    let mut keys = Vec::new();
    loop {
        let found = engine.list_keys(caller, &page).await?;
        page.starting_after = found.data.last().map(|key| key.id.to_string());
        keys.extend(found.data);
        if !found.has_more {
            return Ok(keys);
        }
    }
}

/// Looks in both halves of the workspace: an id does not say which one it is of.
async fn revoke(engine: &Engine, workspace: WorkspaceId, key: KeyId) -> anyhow::Result<Vec<String>> {
    for mode in Mode::ALL {
        match engine.revoke_key(&operator(engine, workspace, *mode), key).await {
            Ok(revoked) => return Ok(vec![line(&revoked)]),
            Err(wagate_engine::Error::NotFound(_)) => {}
            Err(error) => return Err(super::explained(error)),
        }
    }
    anyhow::bail!("there is no such key in this workspace")
}

fn line(key: &ApiKey) -> String {
    let state = if key.revoked_at.is_some() { "revoked" } else { "active" };
    format!("{}  {}  {}…{}  {state:<7}  {}", key.id, key.mode, key.prefix, key.last4, key.name)
}
