//! Which implementation of TLS the process uses.

/// Makes `ring` the process's cryptography for TLS. Called once, before the first client is built;
/// a second call changes nothing.
pub fn install_provider() {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("the TLS provider was already installed");
    }
}
