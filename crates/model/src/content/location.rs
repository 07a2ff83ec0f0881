//! A place.

use super::fields::{Fields, line, number, text};
use serde::{Deserialize, Serialize};

/// A place on the map.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Degrees north, -90 to 90.
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
    /// What the place is called, up to 1000 characters (our limit; Meta states none).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    pub name: Option<String>,
    /// Its address, up to 1000 characters (our limit). Meta shows it only beside a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    pub address: Option<String>,
}

super::silent_debug!(Location);

impl Location {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let latitude = fields.needed("latitude", number(-90.0..=90.0));
        let longitude = fields.needed("longitude", number(-180.0..=180.0));
        let name = fields.optional("name", line(1000));
        let address = fields.optional("address", text(1000));
        Some(Self { latitude: latitude?, longitude: longitude?, name, address })
    }

    pub(super) fn sample() -> Self {
        Self {
            latitude: 52.516_275,
            longitude: 13.377_704,
            name: Some("Brandenburg Gate".to_owned()),
            address: Some("Pariser Platz, 10117 Berlin".to_owned()),
        }
    }
}
