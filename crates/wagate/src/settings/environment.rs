//! The settings that the environment gives: `WAGATE_` and the setting's name.

use super::{
    Layer, Origin, SettingsError,
    layer::{PREFIX, variable},
};
use std::{collections::BTreeMap, ffi::OsString};

/// The variable that names the settings file.
const FILE: &str = "WAGATE_CONFIG";

/// What the environment says.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// The settings file that it names.
    pub(super) file: Option<OsString>,
    /// The settings that it gives.
    pub(super) layer: Layer,
}

/// Reads `variables`, of which those without the prefix are nobody's concern here. `ids` are the
/// settings.
pub(super) fn read(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    ids: &[String],
) -> Result<Environment, SettingsError> {
    let ours: BTreeMap<String, OsString> = variables
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect();
    let mut environment = Environment::default();
    let mut unknown = Vec::new();
    for (name, value) in ours {
        if name == FILE {
            environment.file = Some(value).filter(|value| !value.is_empty());
        } else if let Some(id) = ids.iter().find(|id| variable(id) == name) {
            let text = value.into_string().map_err(|_not_text| SettingsError::NotText { name: name.clone() })?;
            environment.layer.put(id.clone(), Origin::Environment(name), text);
        } else {
            unknown.push(name);
        }
    }
    if unknown.is_empty() {
        Ok(environment)
    } else {
        Err(SettingsError::UnknownVariables { hint: hint(&unknown), names: unknown })
    }
}

/// Kubernetes gives every container such variables for a service named `wagate`.
fn hint(names: &[String]) -> &'static str {
    let of_service = |name: &String| {
        let rest = name.trim_start_matches(PREFIX);
        rest.contains("SERVICE_HOST") || rest.contains("SERVICE_PORT") || rest.starts_with("PORT")
    };
    if names.iter().any(of_service) {
        "; where Kubernetes sets them for a service of that name, put `enableServiceLinks: false` in the pod's spec"
    } else {
        "; `wagate config --markdown` lists the known ones"
    }
}
