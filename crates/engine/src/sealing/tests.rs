//! What sealing promises, over all of its parts.

use super::*;
use crate::entropy::{OsEntropy, seeded::SeededEntropy};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use wagate_model::WorkspaceId;

const OURS: &str = "ws_01jd0c2q4w8v7h3n5k6m9p0r1s";
const OTHERS: &str = "ws_01jd0c2q4w8v7h3n5k6m9p0r1t";

fn workspace(text: &str) -> WorkspaceId {
    text.parse().unwrap()
}

fn place() -> SealContext {
    SealContext::new(workspace(OURS), "webhook_configs", "ep_1")
}

fn master(id: &str) -> MasterKey {
    let seed = id.bytes().map(u64::from).sum();
    MasterKey::generate(id, &SeededEntropy::new(seed)).unwrap()
}

fn keyring(current: &str, old: &[&str]) -> Keyring {
    Keyring::new(master(current), old.iter().map(|id| master(id)).collect()).unwrap()
}

#[test]
fn a_secret_opens_where_it_was_sealed_and_nowhere_else() {
    let ring = keyring("a", &[]);
    let blob = ring.seal_once(b"whsec_x", &place(), &OsEntropy).unwrap();
    assert_eq!(ring.open_once(&blob, &place()).unwrap().expose_secret(), b"whsec_x");
    for elsewhere in [
        SealContext::new(workspace(OTHERS), "webhook_configs", "ep_1"),
        SealContext::new(workspace(OURS), "whatsapp_accounts", "ep_1"),
        SealContext::new(workspace(OURS), "webhook_configs", "ep_2"),
    ] {
        assert_eq!(ring.open_once(&blob, &elsewhere).unwrap_err(), SealError::Tampered, "{elsewhere:?}");
    }
}

#[test]
fn a_data_key_serves_many_values_of_its_owner() {
    let ring = keyring("a", &[]);
    let key = DataKey::generate(&OsEntropy);
    let wrapped = ring.wrap(&key, &place(), &OsEntropy).unwrap();
    let again = ring.unwrap(&wrapped, &place()).unwrap();
    for row in ["session/1", "session/2", "identity"] {
        let context = SealContext::new(workspace(OURS), "provider_state", row);
        let sealed = key.seal(row.as_bytes(), &context, &OsEntropy).unwrap();
        assert_eq!(again.open(&sealed, &context).unwrap().expose_secret(), row.as_bytes());
    }
}

#[test]
fn a_value_opened_with_another_data_key_says_so() {
    let sealed = DataKey::generate(&OsEntropy).seal(b"x", &place(), &OsEntropy).unwrap();
    let error = DataKey::generate(&OsEntropy).open(&sealed, &place()).unwrap_err();
    assert_eq!(error, SealError::OtherDataKey);
}

#[test]
fn after_a_rotation_old_values_open_and_rewrapping_frees_the_old_key() {
    let blob = keyring("old", &[]).seal_once(b"secret", &place(), &OsEntropy).unwrap();
    let both = keyring("new", &["old"]);
    assert_eq!(both.open_once(&blob, &place()).unwrap().expose_secret(), b"secret");
    assert_eq!(Keyring::master_id_once(&blob).unwrap(), "old");

    let rewrapped = both.rewrap_once(&blob, &place(), &OsEntropy).unwrap().unwrap();
    assert_eq!(Keyring::master_id_once(&rewrapped).unwrap(), "new");
    assert_eq!(both.rewrap_once(&rewrapped, &place(), &OsEntropy).unwrap(), None);
    let only_new = keyring("new", &[]);
    assert_eq!(only_new.open_once(&rewrapped, &place()).unwrap().expose_secret(), b"secret");
}

#[test]
fn rewrapping_leaves_the_values_bytes_alone() {
    let blob = keyring("old", &[]).seal_once(&[9; 100], &place(), &OsEntropy).unwrap();
    let rewrapped = keyring("new", &["old"]).rewrap_once(&blob, &place(), &OsEntropy).unwrap().unwrap();
    let value = 2 + 8 + 24 + 100 + 16;
    assert_eq!(blob[blob.len() - value..], rewrapped[rewrapped.len() - value..]);
}

#[test]
fn rewrapping_refuses_a_key_that_was_moved() {
    let blob = keyring("old", &[]).seal_once(b"x", &place(), &OsEntropy).unwrap();
    let elsewhere = SealContext::new(workspace(OURS), "webhook_configs", "ep_2");
    let error = keyring("new", &["old"]).rewrap_once(&blob, &elsewhere, &OsEntropy).unwrap_err();
    assert_eq!(error, SealError::Tampered);
}

#[test]
fn a_missing_master_key_is_named() {
    let blob = keyring("2025", &[]).seal_once(b"x", &place(), &OsEntropy).unwrap();
    let error = keyring("2026", &[]).open_once(&blob, &place()).unwrap_err();
    assert_eq!(error.to_string(), "sealed under master key `2025`, which is not configured");
}

#[test]
fn another_master_key_under_the_same_id_opens_nothing() {
    let blob = keyring("a", &[]).seal_once(b"x", &place(), &OsEntropy).unwrap();
    let imposter = MasterKey::generate("a", &OsEntropy).unwrap();
    let error = Keyring::new(imposter, vec![]).unwrap().open_once(&blob, &place()).unwrap_err();
    assert_eq!(error, SealError::Tampered);
}

#[test]
fn two_master_keys_with_one_id_are_no_keyring() {
    let error = Keyring::new(master("a"), vec![master("b"), master("a")]).unwrap_err();
    assert_eq!(error, KeyringError::DuplicateId { id: "a".to_owned() });
}

#[test]
fn kinds_and_versions_are_told_apart() {
    let ring = keyring("a", &[]);
    let key = DataKey::generate(&OsEntropy);
    let value = key.seal(b"x", &place(), &OsEntropy).unwrap();
    assert_eq!(ring.open_once(&value, &place()).unwrap_err(), SealError::Malformed);
    assert_eq!(ring.unwrap(&value, &place()).unwrap_err(), SealError::Malformed);
    let mut later = value;
    later[1] = 2;
    assert_eq!(key.open(&later, &place()).unwrap_err(), SealError::UnsupportedVersion(2));
}

#[test]
fn the_same_value_sealed_twice_looks_different() {
    let ring = keyring("a", &[]);
    let one = ring.seal_once(b"same", &place(), &OsEntropy).unwrap();
    let two = ring.seal_once(b"same", &place(), &OsEntropy).unwrap();
    assert_ne!(one, two);
}

#[test]
fn a_lookup_hash_is_stable_per_key_and_column() {
    let key = DataKey::generate(&SeededEntropy::new(1));
    let number = b"+15550100001";
    assert_eq!(key.lookup_hash("peer", number), key.lookup_hash("peer", number));
    assert_ne!(key.lookup_hash("peer", number), key.lookup_hash("chat", number));
    assert_ne!(key.lookup_hash("ab", b"c"), key.lookup_hash("a", b"bc"));
    let other = DataKey::generate(&SeededEntropy::new(2));
    assert_ne!(key.lookup_hash("peer", number), other.lookup_hash("peer", number));
}

#[test]
fn no_key_is_in_a_debug_text() {
    let key = DataKey::generate(&SeededEntropy::new(1));
    let shown = format!("{key:?} {:?}", keyring("a", &["b"]));
    assert!(shown.contains("redacted") && !shown.contains(&hex::encode(key.raw().expose_secret())));
    assert_eq!(shown.matches("redacted").count(), 3);
}

proptest! {
    #[test]
    fn every_value_opens_again(plain in prop::collection::vec(any::<u8>(), 0..300), seed: u64, row in ".{0,20}") {
        let ring = keyring("a", &["b"]);
        let context = SealContext::new(workspace(OURS), "provider_state", row);
        let blob = ring.seal_once(&plain, &context, &SeededEntropy::new(seed)).unwrap();
        let opened = ring.open_once(&blob, &context).unwrap();
        prop_assert_eq!(opened.expose_secret(), &plain[..]);
    }

    #[test]
    fn a_changed_bit_anywhere_is_refused(plain in prop::collection::vec(any::<u8>(), 0..60), at: prop::sample::Index, bit in 0..8_u8) {
        let ring = keyring("a", &["b"]);
        let mut blob = ring.seal_once(&plain, &place(), &OsEntropy).unwrap();
        let at = at.index(blob.len());
        blob[at] ^= 1 << bit;
        prop_assert!(ring.open_once(&blob, &place()).is_err());
    }

    #[test]
    fn a_shortened_value_is_refused(keep: prop::sample::Index) {
        let ring = keyring("a", &[]);
        let blob = ring.seal_once(b"secret", &place(), &OsEntropy).unwrap();
        prop_assert!(ring.open_once(&blob[..keep.index(blob.len())], &place()).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), tag in prop::sample::select(b"WSO".to_vec())) {
        if let [first, second, ..] = &mut bytes[..] {
            (*first, *second) = (tag, 1);
        }
        let ring = keyring("a", &[]);
        prop_assert!(ring.open_once(&bytes, &place()).is_err());
        prop_assert!(ring.unwrap(&bytes, &place()).is_err());
        prop_assert!(ring.rewrap_once(&bytes, &place(), &OsEntropy).is_err());
        prop_assert!(DataKey::generate(&OsEntropy).open(&bytes, &place()).is_err());
    }
}
