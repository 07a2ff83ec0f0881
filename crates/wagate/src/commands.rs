//! One file per command of the binary.

pub mod backup;
pub mod bench;
pub mod config;
pub mod dev;
pub mod health;
pub mod key;
pub mod migrate;
pub mod openapi;
pub mod restore;
pub mod serve;
pub mod workspace;

/// An engine's refusal, with the wrong fields where there are some.
fn explained(error: wagate_engine::Error) -> anyhow::Error {
    match error {
        wagate_engine::Error::Invalid(faults) => {
            let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("{}", faults.join("; "))
        }
        other => other.into(),
    }
}
