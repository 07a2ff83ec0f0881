//! The gateway's outer shell: settings, command line, logs, metrics, traces and the process itself.
//!
//! | module | holds |
//! |---|---|
//! | [`settings`] | every setting, where its value comes from, the checks, the generated reference |
//! | [`cli`] | the commands; how arguments, environment and file become a [`cli::Start`] |
//! | [`commands`] | one file per command |
//! | [`telemetry`] | logs, metrics, traces, the panic hook |
//! | [`data_lock`], [`node_identity`] | what makes a process the only one on its data, and nameable |
//! | [`backup`] | the file that `wagate backup` writes and `wagate restore` reads |
//! | [`mod@bench`] | what `wagate bench` measures, and the gateway that it starts for that |
//! | [`wiring`], [`server`] | how the parts become a gateway that serves |
//! | [`runtime`], [`signals`], [`system_clock`], [`tls`] | the rest of the operating system's side |
//!
//! No rule of the gateway lives here.

pub mod backup;
pub mod bench;
pub mod cli;
pub mod commands;
pub mod data_lock;
pub mod exit;
pub mod node_identity;
pub mod print;
pub mod runtime;
pub mod server;
pub mod settings;
pub mod signals;
pub mod system_clock;
pub mod telemetry;
pub mod tls;
pub mod wiring;
