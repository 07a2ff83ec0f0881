//! `wagate serve`: the gateway.

use crate::{
    exit::Failure,
    runtime::block_on,
    server::Server,
    settings::Settings,
    telemetry::Telemetry,
    wiring::{Gateway, take_node},
};

/// Runs until a signal asks to stop.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    settings.check_for_serving()?;
    let (locks, node) = take_node(settings)?;
    block_on(async {
        let telemetry = Telemetry::install(settings, &node.to_string())?;
        let gateway = Gateway::open(settings, &settings.master_keys, locks, node).await?;
        let server = Server::bind(settings, gateway, telemetry).await?;
        server.gateway().engine.run();
        server.run(settings).await
    })??;
    Ok(())
}
