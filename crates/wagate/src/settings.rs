//! Every setting, in one place: a field here is a flag, a variable `WAGATE_...`, a key of the settings
//! file, a line of `--help` and a row of the generated reference.
//!
//! Flags go before the environment, the environment before the file, the file before the default.

mod check;
mod environment;
mod error;
mod file;
mod layer;
mod limits;
mod redact;
mod reference;
mod resolve;
mod values;

pub use error::SettingsError;
pub use layer::{Layer, Origin};
pub use limits::TierLimits;
pub(crate) use redact::redact_error;
pub use reference::markdown;
pub use resolve::{Listed, Resolved, Sources, define, resolve};
pub use values::{
    CidrList, CollectorUrl, DatabaseUrl, LogFormat, MasterKeyText, MasterKeys, MediaStore, NodeName, OperatorToken,
    S3Credentials, S3Endpoint, Switchable,
};

use clap::{ArgAction::Set, Args, value_parser};
use std::{net::SocketAddr, path::PathBuf};
use tracing_subscriber::filter::Targets;
use wagate_model::{Tier, tier::Tiers};

/// What stands for the data directory in a setting's value.
const DATA: &str = "{data}";

/// The settings of a process. A field whose value is named `SECRET` is never printed; of one named
/// `URL`, the password is not. One whose value is named `LIMITS` may be a table of the file.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Directory of what this process keeps on disk: the SQLite database, the lock that keeps a second
    /// process off it, the node's id, the sandbox's journal. Made with mode 0700 when missing.
    #[arg(long, value_name = "DIR", default_value = "./data")]
    pub data: PathBuf,

    /// The database: `sqlite:FILE` or `mysql://USER:PASSWORD@HOST:PORT/NAME`. `{data}` stands for the
    /// data directory.
    #[arg(long, value_name = "URL", default_value = "sqlite:{data}/wagate.db")]
    pub database_url: DatabaseUrl,

    /// Connections to the database that are open at most.
    #[arg(long, value_name = "COUNT", default_value = "16", value_parser = value_parser!(u32).range(2..=1000))]
    pub database_connections: u32,

    /// Statements that take longer than this many milliseconds are logged as warnings.
    #[arg(long, value_name = "MILLISECONDS", default_value = "500", value_parser = value_parser!(u32).range(1..=3_600_000))]
    pub slow_query_ms: u32,

    /// Address of the REST API.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Address of `/metrics` (Prometheus), which asks for no credential; `off` for none.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9090")]
    pub metrics_listen: Switchable<SocketAddr>,

    /// Largest body of a request, in bytes.
    #[arg(long, value_name = "BYTES", default_value = "1048576", value_parser = value_parser!(u32).range(1024..=104_857_600))]
    pub request_body_limit: u32,

    /// Proxies whose `X-Forwarded-*` headers are believed: networks or addresses, separated by commas.
    #[arg(long, value_name = "NETWORKS", default_value = "")]
    pub trusted_proxies: CidrList,

    /// Keys that seal secrets in the database: `ID:KEY`, separated by commas, each key 32 random bytes
    /// in base64 (`openssl rand -base64 32`). The first seals; the others still open what they sealed.
    /// Needed by `serve`. Prefer the environment or the file: flags are visible to other processes.
    #[arg(long, value_name = "SECRET", default_value = "")]
    pub master_keys: MasterKeys,

    /// Bearer token of the operator's API, at least 16 characters; `off` means that there is no such
    /// API.
    #[arg(long, value_name = "SECRET", default_value = "off")]
    pub operator_token: Switchable<OperatorToken>,

    /// This process's id (`node_...`) in leases and logs; `auto` makes one and keeps it in the data
    /// directory. No two processes may have the same.
    #[arg(long, value_name = "ID", default_value = "auto")]
    pub node_id: NodeName,

    /// How long the right to act for an account lasts without being renewed, in seconds; after a crash
    /// another node takes over when it has ended. More than the longer of `send-timeout-seconds` and
    /// `webhook-timeout-seconds` and twice `clock-skew-seconds` together.
    #[arg(long, value_name = "SECONDS", default_value = "45", value_parser = value_parser!(u32).range(1..=3600))]
    pub lease_seconds: u32,

    /// How long one attempt to send may take, in seconds; then its outcome is unknown.
    #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = value_parser!(u32).range(1..=600))]
    pub send_timeout_seconds: u32,

    /// By how much the clocks of two machines may differ, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = value_parser!(u32).range(0..=60))]
    pub clock_skew_seconds: u32,

    /// How long a webhook's receiver may take to answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = value_parser!(u32).range(1..=300))]
    pub webhook_timeout_seconds: u32,

    /// Deliveries that are under way to one webhook endpoint at most.
    #[arg(long, value_name = "COUNT", default_value = "32", value_parser = value_parser!(u32).range(1..=1000))]
    pub webhook_concurrency: u32,

    /// Live feeds (`GET /v1/events/stream`) that one workspace may have open on this process at most.
    #[arg(long, value_name = "COUNT", default_value = "1000", value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub streams_per_workspace: u32,

    /// Private networks that webhooks may reach all the same: networks or addresses, separated by
    /// commas. Everything that is not on the public internet is refused otherwise.
    #[arg(long, value_name = "NETWORKS", default_value = "")]
    pub webhook_allow_private: CidrList,

    /// Whether webhooks may go to `http://` as well as to `https://`.
    #[arg(
        long, value_name = "BOOL", default_value = "false",
        action = Set, num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub webhook_allow_http: bool,

    /// File to which the sandbox's network appends what reached it. `{data}` stands for the data
    /// directory.
    #[arg(long, value_name = "FILE", default_value = "{data}/sandbox-journal.jsonl")]
    pub sandbox_journal: PathBuf,

    /// Limits of the tier `free` in place of its own: `NAME=NUMBER`, separated by commas, or a table
    /// `[tier.free]` in the file. Their names: `accounts`, `requests-per-minute`, `messages-per-day`,
    /// `retention-days`, `endpoints`, `media-bytes` (of one file), `members`. An operator can give a
    /// workspace its own.
    #[arg(long, value_name = "LIMITS", default_value_t = TierLimits::all(Tier::Free.limits()))]
    pub tier_free: TierLimits,

    /// Limits of the tier `starter` in place of its own, as `tier-free`.
    #[arg(long, value_name = "LIMITS", default_value_t = TierLimits::all(Tier::Starter.limits()))]
    pub tier_starter: TierLimits,

    /// Limits of the tier `professional` in place of its own, as `tier-free`.
    #[arg(long, value_name = "LIMITS", default_value_t = TierLimits::all(Tier::Professional.limits()))]
    pub tier_professional: TierLimits,

    /// Limits of the tier `enterprise` in place of its own, as `tier-free`.
    #[arg(long, value_name = "LIMITS", default_value_t = TierLimits::all(Tier::Enterprise.limits()))]
    pub tier_enterprise: TierLimits,

    /// Where the files of messages lie: a directory, or `s3://BUCKET`. `{data}` stands for the data
    /// directory. Of several nodes, all must see the same.
    #[arg(long, value_name = "PLACE", default_value = "{data}/media")]
    pub media_store: MediaStore,

    /// Region of the bucket, if `media-store` is one.
    #[arg(long, value_name = "NAME", default_value = "us-east-1")]
    pub media_s3_region: String,

    /// URL of the server that has the bucket; `off` for Amazon's.
    #[arg(long, value_name = "URL", default_value = "off")]
    pub media_s3_endpoint: Switchable<S3Endpoint>,

    /// Access key of the bucket, `ID:SECRET`; `off` for what the machine's role gives.
    #[arg(long, value_name = "SECRET", default_value = "off")]
    pub media_s3_credentials: Switchable<S3Credentials>,

    /// Largest file that is taken, in bytes; networks take no more than 104857600.
    #[arg(long, value_name = "BYTES", default_value = "104857600", value_parser = value_parser!(u32).range(1024..=104_857_600))]
    pub media_limit: u32,

    /// How log lines are written to stderr.
    #[arg(long, value_name = "FORMAT", default_value = "json", value_enum)]
    pub log_format: LogFormat,

    /// What is logged: a level (`error`, `warn`, `info`, `debug`, `trace`, `off`), and levels for parts of
    /// the gateway, separated by commas, such as `info,wagate_store=debug`.
    #[arg(long, value_name = "LEVELS", default_value = "info", value_parser = values::log_levels)]
    pub log_level: Targets,

    /// Base URL of an OpenTelemetry collector that takes traces over HTTP (protobuf), such as
    /// `http://127.0.0.1:4318`; `off` for none.
    #[arg(long, value_name = "URL", default_value = "off")]
    pub otlp_endpoint: Switchable<CollectorUrl>,

    /// How long a stop may take to finish what is in flight, in seconds; then the process ends.
    #[arg(long, value_name = "SECONDS", default_value = "9", value_parser = value_parser!(u32).range(1..=300))]
    pub shutdown_seconds: u32,
}

impl Settings {
    /// Puts the data directory where `{data}` stands.
    fn with_data_directory(mut self) -> Self {
        let data = self.data.to_string_lossy().into_owned();
        self.database_url = self.database_url.replacing(DATA, &data);
        self.media_store = self.media_store.replacing(DATA, &data);
        self.sandbox_journal = match self.sandbox_journal.strip_prefix(DATA) {
            Ok(rest) => self.data.join(rest),
            Err(_) => self.sandbox_journal,
        };
        self
    }

    /// What each tier gives a workspace.
    pub fn tiers(&self) -> Tiers {
        Tiers::default()
            .with(Tier::Free, self.tier_free.0)
            .with(Tier::Starter, self.tier_starter.0)
            .with(Tier::Professional, self.tier_professional.0)
            .with(Tier::Enterprise, self.tier_enterprise.0)
    }

    /// The lock files that a server holds while it lives: the data directory's, and that of an SQLite
    /// database, wherever it lies.
    pub fn lock_files(&self) -> Vec<PathBuf> {
        let of_database = self.database_url.sqlite_file().map(|file| {
            let mut name = file.into_os_string();
            name.push(".lock");
            PathBuf::from(name)
        });
        std::iter::once(self.data.join("wagate.lock")).chain(of_database).collect()
    }
}
