//! `wagate migrate`: brings the database to this version's schema.

use crate::{exit::Failure, print, runtime::block_on, settings::Settings, telemetry::Telemetry, wiring::connect};
use wagate_store::migrations;

/// Applies what is missing and says what that was.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    Telemetry::install_logs(settings)?;
    let applied = block_on(async { anyhow::Ok(migrations::migrate(&connect(settings).await?).await?) })??;
    if applied.is_empty() {
        print::line("The schema is current.")?;
    }
    for name in applied {
        print::line(&format!("Applied {name}."))?;
    }
    Ok(())
}
