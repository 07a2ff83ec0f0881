//! What the engine is told by its configuration.

use std::time::Duration;
use wagate_model::tier::Tiers;

/// The engine's settings. Where a setting has a rule, the binary's configuration checks it.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The name of this node in leases; no two running nodes may share one.
    pub node: String,
    /// How long a lease lasts. Longer than the longer timeout and twice `clock_skew` together.
    pub lease: Duration,
    /// How long one send may take before its outcome counts as unknown.
    pub send_timeout: Duration,
    /// By how much nodes' clocks may differ.
    pub clock_skew: Duration,
    /// How long one POST of a webhook may take.
    pub webhook_timeout: Duration,
    /// The largest file that is taken, in bytes, where networks take no less.
    pub media_limit: u64,
    /// How many POSTs one endpoint may have in flight.
    pub webhook_concurrency: usize,
    /// How many live feeds a workspace may have open on this node.
    pub feeds_per_workspace: usize,
    /// Whether there can be no other node, so that any lease may be taken over at once: SQLite's
    /// lock file proves it.
    pub is_sole_node: bool,
    /// What each tier gives a workspace.
    pub tiers: Tiers,
}
