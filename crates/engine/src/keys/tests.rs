//! Keys from their making to their end.

use super::*;
use crate::{Engine, Error, test_engine::TestEngine};
use std::time::Duration;
use wagate_model::{Actor, Caller, KeyId, Mode, Scope, Timestamp};
use wagate_store::Page;

fn new(name: &str) -> NewKey {
    NewKey { name: name.to_owned(), scopes: None, account_ids: None, expires_at: None }
}

async fn presented(engine: &Engine, test: &TestEngine, created: &CreatedKey) -> crate::Result<Caller> {
    engine.authenticate(created.secret.expose(), test.request()).await
}

async fn is_refused(engine: &Engine, test: &TestEngine, created: &CreatedKey) -> bool {
    matches!(presented(engine, test, created).await, Err(Error::Unauthenticated(_)))
}

#[tokio::test]
async fn a_new_key_says_who_presents_it() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let created =
        test.engine.operator_create_key(&test.operator(), workspace.id, Mode::Test, new(" ci ")).await.unwrap();
    let caller = presented(&test.engine, &test, &created).await.unwrap();
    assert_eq!(
        (caller.workspace_id, caller.mode, caller.actor),
        (workspace.id, Mode::Test, Actor::Key(created.key.id))
    );
    assert_eq!((caller.scopes.iter().count(), caller.accounts, caller.is_suspended), (Scope::ALL.len(), None, false));
    assert_eq!((created.key.name.as_str(), created.key.created_by.as_str()), ("ci", "operator"));
    assert_eq!(test.engine.key(&test.owner(&workspace, Mode::Test), created.key.id).await.unwrap(), created.key);
}

#[tokio::test]
async fn what_is_no_known_key_is_unauthenticated() {
    let test = TestEngine::new().await;
    let unknown = ApiKeyText::generate(Mode::Live, &crate::entropy::OsEntropy);
    let long = "a".repeat(10_000);
    for text in ["", "Bearer", unknown.expose(), &unknown.expose().replace("live", "test"), &long, "gw_live_\0"] {
        let refused = test.engine.authenticate(text, test.request()).await;
        assert!(matches!(refused, Err(Error::Unauthenticated(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_revoked_key_ends_at_once_here_and_within_five_seconds_elsewhere() {
    let test = TestEngine::new().await;
    let (workspace, elsewhere) = (test.workspace().await, test.other_node());
    let owner = test.owner(&workspace, Mode::Test);
    let created = test.engine.create_key(&owner, new("ci")).await.unwrap();
    for node in [&test.engine, &elsewhere] {
        presented(node, &test, &created).await.unwrap();
    }
    let revoked = test.engine.revoke_key(&owner, created.key.id).await.unwrap();
    assert_eq!(revoked.revoked_at, Some(test.now()));
    assert!(is_refused(&test.engine, &test, &created).await);
    presented(&elsewhere, &test, &created).await.unwrap();
    test.pass(Duration::from_secs(5));
    assert!(is_refused(&elsewhere, &test, &created).await);
    assert_eq!(test.engine.revoke_key(&owner, created.key.id).await.unwrap(), revoked, "revoked once");
}

#[tokio::test]
async fn a_key_ends_at_its_expiry_even_while_it_is_cached() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let soon = NewKey { expires_at: Some(test.now().plus(Duration::from_secs(2))), ..new("ci") };
    let created = test.engine.create_key(&test.owner(&workspace, Mode::Live), soon).await.unwrap();
    presented(&test.engine, &test, &created).await.unwrap();
    test.pass(Duration::from_secs(2));
    assert!(is_refused(&test.engine, &test, &created).await);
}

#[tokio::test]
async fn both_keys_of_a_rotation_work_for_the_overlap() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let owner = test.owner(&workspace, Mode::Test);
    let some = NewKey { scopes: Some(vec![Scope::MessagesSend]), ..new("ci") };
    let old = test.engine.create_key(&owner, some).await.unwrap();
    presented(&test.engine, &test, &old).await.unwrap();
    let next = test.engine.rotate_key(&owner, old.key.id, RotateKey::default()).await.unwrap();
    assert_eq!((&next.key.name, &next.key.scopes, next.key.expires_at), (&old.key.name, &old.key.scopes, None));
    let rotated = test.engine.key(&owner, old.key.id).await.unwrap();
    let end = test.now().plus(Duration::from_hours(24));
    assert_eq!((rotated.replaced_by, rotated.expires_at), (Some(next.key.id), Some(end)));
    test.pass(Duration::from_hours(24) - Duration::from_millis(1));
    presented(&test.engine, &test, &old).await.unwrap();
    test.pass(Duration::from_millis(1));
    assert!(is_refused(&test.engine, &test, &old).await);
    presented(&test.engine, &test, &next).await.unwrap();
    let again = test.engine.rotate_key(&owner, old.key.id, RotateKey::default()).await;
    assert!(matches!(again, Err(Error::Conflict { code: "key_not_active", .. })), "{again:?}");
}

#[tokio::test]
async fn a_rotation_without_overlap_ends_the_old_key_and_never_lengthens_a_life() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let owner = test.owner(&workspace, Mode::Test);
    let end = test.now().plus(Duration::from_hours(1));
    let old = test.engine.create_key(&owner, NewKey { expires_at: Some(end), ..new("ci") }).await.unwrap();
    presented(&test.engine, &test, &old).await.unwrap();
    let second = test.engine.rotate_key(&owner, old.key.id, RotateKey { overlap: Duration::ZERO }).await.unwrap();
    assert!(is_refused(&test.engine, &test, &old).await);
    test.engine.rotate_key(&owner, second.key.id, RotateKey::default()).await.unwrap();
    assert_eq!(test.engine.key(&owner, second.key.id).await.unwrap().expires_at, Some(end));
    let long = RotateKey { overlap: Duration::from_hours(7 * 24) + Duration::from_secs(1) };
    assert!(matches!(test.engine.rotate_key(&owner, second.key.id, long).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn no_key_gains_by_rotating_a_stronger_one() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let owner = test.owner(&workspace, Mode::Test);
    let strong = test.engine.create_key(&owner, new("strong")).await.unwrap();
    let weak = NewKey { scopes: Some(vec![Scope::KeysWrite]), ..new("weak") };
    let weak = test.engine.create_key(&owner, weak).await.unwrap();
    let caller = presented(&test.engine, &test, &weak).await.unwrap();
    let refused = test.engine.rotate_key(&caller, strong.key.id, RotateKey::default()).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let more = NewKey { scopes: Some(vec![Scope::MessagesSend]), ..new("more") };
    assert!(matches!(test.engine.create_key(&caller, more).await, Err(Error::Invalid(_))));
    test.engine.rotate_key(&caller, weak.key.id, RotateKey::default()).await.unwrap();
    presented(&test.engine, &test, &strong).await.unwrap();
}

#[tokio::test]
async fn keys_of_other_workspaces_and_modes_are_not_there() {
    let test = TestEngine::new().await;
    let (mine, other) = (test.workspace().await, test.workspace().await);
    let id: KeyId = test.engine.create_key(&test.owner(&mine, Mode::Test), new("ci")).await.unwrap().key.id;
    for stranger in [test.owner(&other, Mode::Test), test.owner(&mine, Mode::Live)] {
        assert!(matches!(test.engine.key(&stranger, id).await, Err(Error::NotFound("key"))));
        assert!(matches!(test.engine.revoke_key(&stranger, id).await, Err(Error::NotFound("key"))));
        assert!(matches!(
            test.engine.rotate_key(&stranger, id, RotateKey::default()).await,
            Err(Error::NotFound("key"))
        ));
        assert_eq!(test.engine.list_keys(&stranger, &Page::default()).await.unwrap().data, []);
    }
}

#[tokio::test]
async fn a_key_cannot_be_bound_to_accounts_that_are_not_there() {
    let test = TestEngine::new().await;
    let owner = test.owner(&test.workspace().await, Mode::Test);
    let bound = NewKey { account_ids: Some(vec![test.engine.ids.next()]), ..new("ci") };
    match test.engine.create_key(&owner, bound).await {
        Err(Error::Invalid(faults)) => assert_eq!(faults[0].field, "account_ids/0"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_suspension_is_known_to_the_next_request() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let created = test.engine.create_key(&test.owner(&workspace, Mode::Test), new("ci")).await.unwrap();
    presented(&test.engine, &test, &created).await.unwrap();
    test.engine.operator_suspend(&test.operator(), workspace.id, "unpaid").await.unwrap();
    let caller = presented(&test.engine, &test, &created).await.unwrap();
    assert!(caller.is_suspended);
    assert!(matches!(test.engine.create_key(&caller, new("more")).await, Err(Error::Suspended(_))));
    test.engine.list_keys(&caller, &Page::default()).await.unwrap();
    test.engine.operator_resume(&test.operator(), workspace.id).await.unwrap();
    assert!(!presented(&test.engine, &test, &created).await.unwrap().is_suspended);
}

#[tokio::test]
async fn the_last_use_is_written_when_the_engine_stops() {
    let test = TestEngine::new().await;
    let owner = test.owner(&test.workspace().await, Mode::Test);
    let created = test.engine.create_key(&owner, new("ci")).await.unwrap();
    let used_at: Timestamp = test.now();
    presented(&test.engine, &test, &created).await.unwrap();
    test.engine.stop.cancel();
    last_used::run(test.engine.clone()).await;
    assert_eq!(test.engine.key(&owner, created.key.id).await.unwrap().last_used_at, Some(used_at));
}
