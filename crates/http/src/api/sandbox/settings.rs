//! `POST /v1/sandbox/accounts/{id}/settings`

use crate::{
    extract::{Authenticated, Body, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use wagate_engine::Engine;
use wagate_model::{AccountId, provider::SimulatorSettings};

/// How the simulated network behaves; what is left out stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxSettingsIn {
    /// How long the network takes to answer a send, in milliseconds, up to a minute.
    #[serde(default, deserialize_with = "latency")]
    #[schema(minimum = 0, maximum = 60_000)]
    latency_ms: Option<u32>,
    /// The part of sends, 0 to 1, that fail with `provider_unavailable`.
    #[serde(default, deserialize_with = "rate")]
    #[schema(minimum = 0, maximum = 1)]
    failure_rate: Option<f64>,
}

/// How the simulated network behaves; `null` is as it does by itself.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct SandboxSettings {
    /// How long the network takes to answer a send, in milliseconds.
    latency_ms: Option<u32>,
    /// The part of sends, 0 to 1, that fail with `provider_unavailable`.
    failure_rate: Option<f64>,
}

/// Change how the sandbox behaves for an account
///
/// Answers all settings. Needs the scope `accounts:write`.
#[utoipa::path(post, path = "/v1/sandbox/accounts/{id}/settings", operation_id = "update_sandbox_settings", tag = "Sandbox",
    params(("id" = AccountId, Path, description = "The account's id.")),
    request_body = SandboxSettingsIn,
    responses((status = 200, description = "The settings as they are now.", body = SandboxSettings)))]
pub(crate) async fn settings(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    body: Body<SandboxSettingsIn>,
) -> Answer<Json<SandboxSettings>> {
    let SandboxSettingsIn { latency_ms, failure_rate } = body.value;
    let wanted = SimulatorSettings { latency_ms, failure_rate };
    let now = engine.sandbox_settings(&caller, id, wanted).await?;
    Ok(Json(SandboxSettings { latency_ms: now.latency_ms, failure_rate: now.failure_rate }))
}

fn latency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match Option::<u32>::deserialize(deserializer)? {
        Some(latency) if latency > 60_000 => Err(D::Error::custom("out_of_range: At most 60000 milliseconds.")),
        latency => Ok(latency),
    }
}

fn rate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    match Option::<f64>::deserialize(deserializer)? {
        Some(rate) if !(0.0..=1.0).contains(&rate) => {
            Err(D::Error::custom("out_of_range: A number from 0 to 1 was expected."))
        }
        rate => Ok(rate),
    }
}
