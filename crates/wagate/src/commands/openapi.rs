//! `wagate openapi`: the API's description.

use crate::{exit::Failure, print};

/// Prints the OpenAPI document as JSON.
pub fn run() -> Result<(), Failure> {
    let document = wagate_http::openapi().to_pretty_json().map_err(anyhow::Error::from)?;
    Ok(print::line(&document)?)
}
