//! The demo workspace: a key that opens it and a connected sandbox account.

use super::{keep, kept_or_made};
use anyhow::Context as _;
use std::{path::Path, time::Duration};
use wagate_engine::{
    Engine,
    accounts::NewAccount,
    keys::NewKey,
    operator::{NewWorkspace, OperatorCall},
};
use wagate_model::{Account, AccountStatus, Caller, Mode, ProviderKind, Tier, tier::LimitOverrides};
use wagate_store::Page;

/// The file in the data directory that keeps the demo's API key.
const KEY_FILE: &str = "dev-api-key";
/// What the demo workspace may ask for in a minute.
const REQUESTS_PER_MINUTE: u32 = 1_000_000;
/// How often and how many times the new account is looked at until its QR code is there.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS: u32 = 500;

/// What the banner shows.
pub(super) struct Demo {
    pub(super) key: String,
    pub(super) account: Account,
}

/// Makes the demo workspace, or finds the one of an earlier start. The engine must be running.
pub(super) async fn ready(engine: &Engine, data: &Path) -> anyhow::Result<Demo> {
    let path = data.join(KEY_FILE);
    let kept = kept_or_made(&path, String::new).with_context(|| format!("cannot read {}", path.display()))?;
    let (key, caller) = match engine.authenticate(kept.trim(), engine.new_id()).await {
        Ok(caller) => (kept.trim().to_owned(), caller),
        Err(_) => new_workspace(engine, &path).await?,
    };
    let account = account(engine, &caller).await?;
    Ok(Demo { key, account })
}

async fn new_workspace(engine: &Engine, path: &Path) -> anyhow::Result<(String, Caller)> {
    let call = OperatorCall { request_id: engine.new_id() };
    let overrides = LimitOverrides {
        requests_per_minute: Some(REQUESTS_PER_MINUTE),
        messages_per_day: Some(u32::MAX),
        ..LimitOverrides::default()
    };
    let new = NewWorkspace { name: "Demo".to_owned(), tier: Tier::Enterprise, overrides };
    let workspace = engine.operator_create_workspace(&call, new).await?;
    let new = NewKey { name: "Demo".to_owned(), scopes: None, account_ids: None, expires_at: None };
    let created = engine.operator_create_key(&call, workspace.id, Mode::Test, new).await?;
    let key = created.secret.expose().to_owned();
    keep(path, &key)?;
    let caller = engine.authenticate(&key, engine.new_id()).await?;
    Ok((key, caller))
}

/// The first account, connected: a new one is linked by scanning its QR code.
async fn account(engine: &Engine, caller: &Caller) -> anyhow::Result<Account> {
    let oldest = engine.list_accounts(caller, &Page { limit: 100, ..Page::default() }).await?.data.pop();
    let account = match oldest {
        Some(account) => account,
        None => {
            engine
                .create_account(caller, NewAccount { provider: ProviderKind::Sandbox, name: "Demo number".to_owned() })
                .await?
        }
    };
    for _ in 0..LOOKS {
        let present = engine.account(caller, account.id).await?;
        match present.status {
            // Connected, or its owner left it so: a restart does not undo that.
            AccountStatus::Connected | AccountStatus::Banned | AccountStatus::Held | AccountStatus::LoggedOut => {
                return Ok(present);
            }
            AccountStatus::Disconnected if !present.is_wanted => return Ok(present),
            // Not started yet, or scanned at this very moment: the next look tells.
            AccountStatus::Qr => drop(engine.sandbox_scan(caller, account.id).await),
            AccountStatus::Disconnected | AccountStatus::Connecting => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    anyhow::bail!("the demo account did not connect")
}
