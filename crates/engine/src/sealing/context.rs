//! Where a sealed value lies; authenticated together with it.

use std::fmt::Display;
use wagate_model::WorkspaceId;

/// The place a value is bound to. Opening needs exactly the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealContext {
    workspace: String,
    table: &'static str,
    row: String,
}

impl SealContext {
    /// `table` is the SQL name; `row` the primary key, with `/column` behind it where a row holds
    /// several sealed columns.
    pub fn new(workspace: WorkspaceId, table: &'static str, row: impl Display) -> Self {
        Self { workspace: workspace.to_string(), table, row: row.to_string() }
    }

    /// The associated data: every part after its length, so that no two contexts look alike.
    pub(super) fn associated_data(&self, purpose: &str, key_id: &[u8]) -> Vec<u8> {
        let parts = [purpose.as_bytes(), key_id, self.workspace.as_bytes(), self.table.as_bytes(), self.row.as_bytes()];
        let mut out = Vec::with_capacity(128);
        for part in parts {
            out.extend_from_slice(&(part.len() as u64).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn workspace() -> WorkspaceId {
        "ws_01jd0c2q4w8v7h3n5k6m9p0r1s".parse().unwrap()
    }

    proptest! {
        #[test]
        fn two_different_places_never_share_associated_data(a in ".{0,12}", b in ".{0,12}", key in ".{0,4}", other in ".{0,4}") {
            prop_assume!((&a, &key) != (&b, &other));
            let one = SealContext::new(workspace(), "webhook_configs", a).associated_data("value", key.as_bytes());
            let two = SealContext::new(workspace(), "webhook_configs", b).associated_data("value", other.as_bytes());
            prop_assert_ne!(one, two);
        }
    }
}
