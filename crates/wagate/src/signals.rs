//! SIGTERM and SIGINT: the first asks for a graceful stop, the second ends the process at once.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The signals that ask the process to stop, listened for from the moment this exists.
#[derive(Debug)]
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Starts to listen. Needs a Tokio runtime.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Cancels `stop` at the first signal; at the second ends the process with code 130, which is safe
    /// at any instant since nothing unwritten was acknowledged. Otherwise never returns.
    pub async fn cancel(mut self, stop: CancellationToken) {
        let name = self.next().await;
        tracing::info!(signal = name, "stopping; a second signal ends the process at once");
        stop.cancel();
        let name = self.next().await;
        tracing::warn!(signal = name, "ending without waiting for what is in flight");
        std::process::exit(130)
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_signal_asks_the_process_to_stop() {
        let stop = CancellationToken::new();
        let listening = StopSignals::listen().unwrap().cancel(stop.clone());
        let sent = std::process::Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status();
        assert!(sent.unwrap().success());
        tokio::select! {
            () = stop.cancelled() => {}
            () = listening => unreachable!("it only ends with the process"),
        }
    }
}
