//! Live or test: the two halves of a workspace.

use serde::{Deserialize, Serialize};

/// Which half of a workspace a credential, account, message, event or endpoint belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Real numbers and real recipients.
    Live,
    /// The sandbox: nothing leaves the machine.
    Test,
}

crate::text::text_enum!(Mode { Live => "live", Test => "test" });
