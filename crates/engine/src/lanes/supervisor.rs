//! Brings what runs on this node in line with what is wanted: sessions and lanes.

use super::lane;
use crate::{
    Engine, Result,
    recorder::{AccountRef, Record, What},
    sessions::Running,
};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::time::Instant;
use wagate_model::{AccountId, AccountStatus, WorkspaceId};
use wagate_store::{
    accounts::{self, Touch, WantedAccount},
    in_transaction, messages, provider_state,
};

/// How often the supervisor looks by itself, since bells may be missed.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How many accounts are taken over in one transaction.
const TAKEN_AT_ONCE: usize = 500;

/// Runs until the gateway stops.
pub(crate) async fn supervise(engine: Engine) {
    let mut look_at = Instant::now();
    loop {
        tokio::select! {
            () = engine.stop.cancelled() => return,
            called = engine.bells.lanes.rung() => called.into_iter().for_each(|id| engine.wake_lane(id)),
            changed = engine.bells.accounts.rung() => {
                for id in changed {
                    if let Err(error) = engine.attend(id).await {
                        tracing::warn!(account_id = %id, error = %error, "the account could not be attended to");
                    }
                }
            }
            () = tokio::time::sleep_until(look_at) => {
                if let Err(error) = engine.look_around().await {
                    tracing::warn!(error = %error, "looking for work failed");
                }
                engine.health.supervisor_looked();
                look_at = Instant::now() + LOOK_EVERY;
            }
        }
    }
}

impl Engine {
    /// What is wanted of an account changed: its session is started or stopped.
    async fn attend(&self, id: AccountId) -> Result<()> {
        match accounts::find_any_workspace(&self.database, id).await? {
            Some(account) if account.is_wanted => {
                if account.status == AccountStatus::LoggedOut {
                    self.forget_session(id).await;
                }
                let wanted = WantedAccount {
                    account_id: id,
                    workspace_id: account.workspace_id,
                    mode: account.mode,
                    provider: account.provider,
                    status: account.status,
                    pacing: account.pacing,
                };
                self.adopt(&[wanted]).await
            }
            Some(_) => self.let_go(id).await,
            None => {
                let still_linked = self.end_deleted().await?;
                // One that was never linked has nothing to log out.
                if still_linked.contains(&id) { Ok(()) } else { self.let_go(id).await }
            }
        }
    }

    /// What bells may have missed: wanted accounts that run nowhere, accounts that run and are not
    /// wanted, accounts with work waiting, deleted accounts that must be logged out, signs of life
    /// to be written.
    async fn look_around(&self) -> Result<()> {
        let wanted = accounts::wanted_any_workspace(&self.database).await?;
        let unwanted = self.running_but(&wanted);
        self.follow(&wanted);
        let missing: Vec<_> =
            wanted.into_iter().filter(|account| !self.sessions.contains(account.account_id)).collect();
        self.adopt(&missing).await?;
        for id in unwanted {
            self.attend(id).await?;
        }
        for id in
            messages::pending_any_workspace(&self.database, &self.config.node, self.clock.now().plus(lane::FAR)).await?
        {
            self.wake_lane(id);
        }
        self.end_deleted().await?;
        self.end_restrictions().await?;
        self.write_signs_of_life().await
    }

    /// What runs here follows what is written, should two changes at once have left them apart.
    fn follow(&self, wanted: &[WantedAccount]) {
        for account in wanted {
            let written = account.status == AccountStatus::Connected;
            let Some(running) = self.sessions.get(account.account_id) else { continue };
            running.pace.set_rules(self.rules(account.provider, account.pacing.as_ref()));
            if running.is_connected() != written {
                running.set_status(account.status);
            }
        }
    }

    /// Where a restriction of new chats has run out, the account is plainly connected again.
    async fn end_restrictions(&self) -> Result<()> {
        let now = self.clock.now();
        let free = |running: &Arc<Running>| running.is_connected() && running.new_chats_are_free_again(now);
        for running in self.sessions.all().into_iter().filter(free) {
            let what = What::Connection { status: AccountStatus::Connected, reason: None, phone_number: None, at: now };
            self.record(Record { account: running.account, what }).await?;
            running.set_status(AccountStatus::Connected);
        }
        Ok(())
    }

    /// Which accounts run here although they are not among these.
    fn running_but(&self, wanted: &[WantedAccount]) -> Vec<AccountId> {
        let wanted: HashSet<_> = wanted.iter().map(|account| account.account_id).collect();
        self.sessions.all().iter().map(|running| running.account.id).filter(|id| !wanted.contains(id)).collect()
    }

    async fn adopt(&self, wanted: &[WantedAccount]) -> Result<()> {
        for some in wanted.chunks(TAKEN_AT_ONCE) {
            let free: Vec<_> = some.iter().filter(|account| !self.sessions.contains(account.account_id)).collect();
            let subjects: Vec<(AccountId, WorkspaceId)> =
                free.iter().map(|account| (account.account_id, account.workspace_id)).collect();
            let taken = self.leases.take_accounts(&self.database, &subjects).await?;
            let starts = taken.iter().filter_map(|(id, epoch)| {
                let account = free.iter().find(|account| account.account_id == *id)?;
                let account = AccountRef {
                    id: *id,
                    workspace_id: account.workspace_id,
                    mode: account.mode,
                    provider: account.provider,
                    epoch: *epoch,
                };
                Some(async move { (account.id, self.start_session(account).await) })
            });
            for (id, started) in futures_util::future::join_all(starts).await {
                if let Err(error) = started {
                    tracing::warn!(account_id = %id, error = %error, "the account could not be started");
                    self.sessions.remove(id);
                }
            }
        }
        Ok(())
    }

    /// A session that is logged out does nothing more: its account is linked anew by another one.
    async fn forget_session(&self, id: AccountId) {
        let running = self.sessions.remove(id);
        if let Some(session) = running.as_ref().and_then(|running| running.session.get()) {
            session.stop().await;
        }
    }

    /// The owner no longer wants the account connected.
    async fn let_go(&self, id: AccountId) -> Result<()> {
        if let Some(running) = self.sessions.get(id) {
            self.stop_session(&running).await?;
            self.leases.release_account(&self.database, id).await?;
        }
        Ok(())
    }

    /// Logs deleted accounts out; answers those that could not be yet. What their provider keeps
    /// goes last, so that a crash before that leaves the job to be done again.
    async fn end_deleted(&self) -> Result<Vec<AccountId>> {
        let mut still_linked = Vec::new();
        for account in accounts::deleted_with_state_any_workspace(&self.database).await? {
            let id = account.account_id;
            if !self.sessions.contains(id) {
                self.adopt(std::slice::from_ref(&account)).await?;
            }
            let Some(running) = self.sessions.get(id) else { continue };
            if let Some(session) = running.session.get() {
                if let Err(failure) = session.log_out().await {
                    tracing::warn!(account_id = %id, reason = %failure.reason, "the deleted account could not be logged out yet");
                    still_linked.push(id);
                    continue;
                }
                session.stop().await;
            }
            self.sessions.remove(id);
            in_transaction!(self.database, |tx| provider_state::delete_all(tx, account.workspace_id, id).await)?;
            self.leases.release_account(&self.database, id).await?;
        }
        Ok(still_linked)
    }

    fn wake_lane(&self, id: AccountId) {
        let Some(running) = self.sessions.get(id).filter(|running| running.is_connected()) else { return };
        if self.lane_tasks.call(id) {
            self.tasks.spawn(lane::run(self.clone(), running));
        } else {
            running.wake.notify_one();
        }
    }

    pub(crate) async fn write_signs_of_life(&self) -> Result<()> {
        let touches: Vec<_> = self
            .sessions
            .all()
            .iter()
            .filter_map(|running| {
                let (last_frame_at, last_ack_at) = running.take_signs_of_life()?;
                Some(Touch { account_id: running.account.id, last_frame_at, last_ack_at })
            })
            .collect();
        if touches.is_empty() {
            return Ok(());
        }
        Ok(in_transaction!(self.database, |tx| accounts::touch_many_any_workspace(tx, &touches).await)?)
    }
}
