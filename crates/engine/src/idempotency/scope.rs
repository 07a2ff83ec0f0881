//! Where an idempotency key holds: one workspace, mode, method and path.

use super::IdempotencyUse;
use crate::error::{Error, Result};
use sha2::{Digest as _, Sha256};
use wagate_model::{Caller, FieldError, Mode, WorkspaceId};

/// Most characters of a key.
const LONGEST: usize = 255;

/// 64 hexadecimal digits that stand for a key and where it holds.
pub(crate) fn scope_hash(caller: &Caller, request: &IdempotencyUse) -> String {
    let IdempotencyUse { method, path, key, .. } = request;
    hash_of(caller.workspace_id, caller.mode, [method, path, key])
}

fn hash_of(workspace_id: WorkspaceId, mode: Mode, [method, path, key]: [&str; 3]) -> String {
    let mut hash = Sha256::new();
    for part in [workspace_id.to_string().as_str(), mode.as_str(), method, path, key] {
        // Each part after its length, so that no two scopes look alike.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// Refuses what is no key: 1 to 255 visible ASCII characters were expected. The fault's field is
/// the header's name.
pub(crate) fn check_key(key: &str) -> Result<()> {
    let fault = |code, detail| Err(Error::invalid(FieldError::new("Idempotency-Key", code, detail)));
    if key.is_empty() {
        fault("too_short", "A key of at least one character was expected.")
    } else if key.len() > LONGEST {
        fault("too_long", "A key has at most 255 characters.")
    } else if !key.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        fault("invalid_format", "A key has only visible ASCII characters and blanks.")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn workspace(digit: char) -> WorkspaceId {
        format!("ws_{}", digit.to_string().repeat(26)).parse().unwrap()
    }

    #[test]
    fn a_key_holds_in_one_workspace_mode_method_and_path() {
        let hashes = [
            hash_of(workspace('1'), Mode::Live, ["POST", "/v1/accounts", "k"]),
            hash_of(workspace('2'), Mode::Live, ["POST", "/v1/accounts", "k"]),
            hash_of(workspace('1'), Mode::Test, ["POST", "/v1/accounts", "k"]),
            hash_of(workspace('1'), Mode::Live, ["PUT", "/v1/accounts", "k"]),
            hash_of(workspace('1'), Mode::Live, ["POST", "/v1/webhooks", "k"]),
            hash_of(workspace('1'), Mode::Live, ["POST", "/v1/accounts", "K"]),
        ];
        let different: std::collections::HashSet<_> = hashes.iter().collect();
        assert_eq!(different.len(), hashes.len());
        assert!(hashes.iter().all(|hash| hash.len() == 64));
    }

    proptest! {
        #[test]
        fn what_moves_from_path_to_key_changes_the_scope(path in "[a-z/]{0,6}", moved in "[a-z/]{1,6}", key in "[a-z/]{0,6}") {
            let scope = |path: &str, key: &str| hash_of(workspace('1'), Mode::Live, ["POST", path, key]);
            let (before, after) = (scope(&path, &format!("{moved}{key}")), scope(&format!("{path}{moved}"), &key));
            prop_assert_ne!(before, after);
        }

        #[test]
        fn every_visible_key_is_taken(key in "[ -~]{1,255}") {
            prop_assert!(check_key(&key).is_ok());
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for key in ["", "a\nb", "a\0", "schlüssel", &"a".repeat(256), &"a".repeat(10_000)] {
            assert!(matches!(check_key(key), Err(Error::Invalid(_))), "{key:?}");
        }
    }
}
