//! What `wagate bench` measures: accepts, messages from end to end, webhooks, memory.
//!
//! The gateway runs in a process of its own ([`server`]) on a database of its own, and is driven over
//! keep-alive loopback connections from this process, which also plays the receivers of webhooks.
//! Both share the machine, and the database does too. Nothing is weakened for it: every commit is on
//! disk before it counts.

mod accepts;
mod accounts;
mod child;
mod client;
mod journey;
mod load;
mod machine;
mod memory;
mod pages;
mod readers;
mod receiver;
mod report;
pub mod server;
mod webhooks;
mod workspace;

pub use report::Report;

use crate::settings::Resolved;
use machine::Machine;
use std::path::PathBuf;
use workspace::Workspace;

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Figure {
    /// Accepts per second.
    Accepts,
    /// Messages per second from end to end, and rows per message.
    Messages,
    /// Webhook deliveries per second, alone and beside receivers that do not work.
    Webhooks,
    /// Resident memory, idle and with many accounts.
    Memory,
    /// Resident memory of many readers of the live feed.
    Readers,
    /// Time of pages and statistics with many messages.
    Pages,
}

impl Figure {
    /// Everything, in the order in which it is measured.
    pub const ALL: [Self; 6] =
        [Self::Accepts, Self::Messages, Self::Webhooks, Self::Memory, Self::Readers, Self::Pages];
}

/// What one run does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is measured.
    pub figures: Vec<Figure>,
    /// Whether smaller counts are enough.
    pub is_quick: bool,
    /// Where the temporary directory is made.
    pub directory: PathBuf,
    /// Whether the database is an SQLite file in there, and not the MySQL database of the settings.
    pub is_own_sqlite: bool,
}

impl Plan {
    /// A count or a time for this run: the whole one or the smaller one.
    fn sized<T>(&self, whole: T, quick: T) -> T {
        if self.is_quick { quick } else { whole }
    }
}

/// Runs everything of the plan, bounded in time and counts, and removes what it made on disk.
pub async fn measure(plan: &Plan, resolved: &Resolved) -> anyhow::Result<Report> {
    let workspace = Workspace::make(plan, resolved).await?;
    let mut report = Report::new(Machine::look(workspace.directory())?, workspace.is_sqlite(), plan.is_quick);
    for figure in Figure::ALL.into_iter().filter(|figure| plan.figures.contains(figure)) {
        let gateway = workspace.start(resolved).await?;
        match figure {
            Figure::Accepts => accepts::measure(plan, &gateway, &mut report).await?,
            Figure::Messages => journey::measure(plan, &gateway, &workspace, &mut report).await?,
            Figure::Webhooks => webhooks::measure(plan, &gateway, &mut report).await?,
            Figure::Memory => memory::measure(plan, &gateway, &mut report).await?,
            Figure::Readers => readers::measure(plan, &gateway, &mut report).await?,
            Figure::Pages => pages::measure(plan, &gateway, &workspace, &mut report).await?,
        }
        report.warn(gateway.warnings());
        gateway.stop().await?;
    }
    Ok(report)
}
