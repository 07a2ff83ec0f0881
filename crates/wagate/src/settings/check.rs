//! What must hold between settings, whatever their values are by themselves.

use super::{Settings, SettingsError};

impl Settings {
    /// What must hold for every command.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let longest = self.send_timeout_seconds.max(self.webhook_timeout_seconds);
        if self.lease_seconds <= longest + 2 * self.clock_skew_seconds {
            return together(format!(
                "`lease-seconds` ({}) must be more than the longer of `send-timeout-seconds` ({}) and \
                 `webhook-timeout-seconds` ({}) and twice `clock-skew-seconds` ({}) together, or a node could still be \
                 acting when another takes over",
                self.lease_seconds, self.send_timeout_seconds, self.webhook_timeout_seconds, self.clock_skew_seconds
            ));
        }
        if self.metrics_listen.0.is_some_and(|metrics| metrics.port() != 0 && metrics == self.listen) {
            return together(format!(
                "`metrics-listen` and `listen` are the same address ({}); metrics ask for no credential and \
                 need a listener of their own",
                self.listen
            ));
        }
        Ok(())
    }

    /// What `serve` needs beyond that.
    pub fn check_for_serving(&self) -> Result<(), SettingsError> {
        if self.master_keys.0.is_empty() {
            return together(
                "`master-keys` is not set: `serve` needs at least one `ID:KEY` to seal secrets with, for example \
                 in WAGATE_MASTER_KEYS; `openssl rand -base64 32` makes a KEY"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

fn together(message: String) -> Result<(), SettingsError> {
    Err(SettingsError::Together(message))
}
