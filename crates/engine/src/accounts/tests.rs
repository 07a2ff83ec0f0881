//! Accounts as their owners manage them.

use super::*;
use crate::{Error, test_engine::TestEngine};
use wagate_model::{AccountStatus, Mode, ProviderKind, Scope};
use wagate_store::Page;

fn sandbox(name: &str) -> NewAccount {
    NewAccount { provider: ProviderKind::Sandbox, name: name.to_owned() }
}

fn bound(caller: &Caller, to: &[AccountId]) -> Caller {
    Caller { accounts: Some(to.to_vec()), ..caller.clone() }
}

#[tokio::test]
async fn a_new_account_is_wanted_and_its_bell_rings() {
    let test = TestEngine::new().await;
    let owner = test.owner(&test.workspace().await, Mode::Test);
    let account = test.engine.create_account(&owner, sandbox(" Shop 🛒 ")).await.unwrap();
    assert_eq!(
        (account.name.as_str(), account.status, account.is_wanted),
        ("Shop 🛒", AccountStatus::Disconnected, true)
    );
    assert_eq!(test.engine.account(&owner, account.id).await.unwrap(), account);
    assert!(test.engine.bells.accounts.rung().await.contains(&account.id));
}

#[tokio::test]
async fn every_fault_of_a_new_account_is_named() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let cases = [
        (Mode::Live, ProviderKind::Sandbox, "ok", vec![("provider", "not_allowed")]),
        (Mode::Test, ProviderKind::CloudApi, "ok", vec![("provider", "unsupported")]),
        (Mode::Live, ProviderKind::Sandbox, "\0", vec![("name", "invalid_format"), ("provider", "not_allowed")]),
    ];
    for (mode, provider, name, expected) in cases {
        let new = NewAccount { provider, name: name.to_owned() };
        match test.engine.create_account(&test.owner(&workspace, mode), new).await {
            Err(Error::Invalid(faults)) => {
                let faults: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
                assert_eq!(faults, expected);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_tiers_limit_holds_under_many_creations_at_once_until_one_is_deleted() {
    let test = TestEngine::new().await;
    let owner = test.owner(&test.workspace().await, Mode::Test);
    let creations = (0..8).map(|_| test.engine.create_account(&owner, sandbox("x")));
    let created = futures_util::future::join_all(creations).await;
    assert_eq!(created.iter().filter(|outcome| outcome.is_ok()).count(), 3, "the starter tier has three accounts");
    let refused = created.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(refused.into_iter().all(|error| matches!(error, Error::LimitReached { limit: "accounts", .. })));
    let first = created.iter().find_map(|outcome| outcome.as_ref().ok()).unwrap();
    test.engine.delete_account(&owner, first.id).await.unwrap();
    test.engine.create_account(&owner, sandbox("x")).await.unwrap();
}

#[tokio::test]
async fn a_deleted_account_is_gone_for_everybody() {
    let test = TestEngine::new().await;
    let owner = test.owner(&test.workspace().await, Mode::Test);
    let id = test.engine.create_account(&owner, sandbox("x")).await.unwrap().id;
    test.engine.delete_account(&owner, id).await.unwrap();
    assert!(matches!(test.engine.account(&owner, id).await, Err(Error::NotFound("account"))));
    assert!(matches!(test.engine.connect_account(&owner, id).await, Err(Error::NotFound("account"))));
    assert!(matches!(test.engine.delete_account(&owner, id).await, Err(Error::NotFound("account"))));
    assert_eq!(test.engine.list_accounts(&owner, &Page::default()).await.unwrap().data, []);
}

#[tokio::test]
async fn accounts_beyond_the_callers_reach_are_not_there() {
    let test = TestEngine::new().await;
    let (mine, other) = (test.workspace().await, test.workspace().await);
    let owner = test.owner(&mine, Mode::Test);
    let id = test.engine.create_account(&owner, sandbox("x")).await.unwrap().id;
    let second = test.engine.create_account(&owner, sandbox("y")).await.unwrap().id;
    for stranger in [test.owner(&other, Mode::Test), test.owner(&mine, Mode::Live), bound(&owner, &[second])] {
        let patch = AccountPatch { name: Some("z".to_owned()), pacing: None };
        assert!(matches!(test.engine.account(&stranger, id).await, Err(Error::NotFound("account"))));
        assert!(matches!(test.engine.rename_account(&stranger, id, patch).await, Err(Error::NotFound("account"))));
        assert!(matches!(test.engine.connect_account(&stranger, id).await, Err(Error::NotFound("account"))));
        assert!(matches!(test.engine.disconnect_account(&stranger, id).await, Err(Error::NotFound("account"))));
        assert!(matches!(test.engine.delete_account(&stranger, id).await, Err(Error::NotFound("account"))));
        let seen = test.engine.list_accounts(&stranger, &Page::default()).await.unwrap().data;
        assert!(seen.iter().all(|account| account.id != id));
    }
    let listed = test.engine.list_accounts(&bound(&owner, &[second]), &Page::default()).await.unwrap().data;
    assert_eq!(listed.iter().map(|account| account.id).collect::<Vec<_>>(), [second]);
    let refused = test.engine.create_account(&bound(&owner, &[second]), sandbox("z")).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn each_change_stands_in_the_audit_log() {
    let test = TestEngine::new().await;
    let owner = test.owner(&test.workspace().await, Mode::Test);
    let id = test.engine.create_account(&owner, sandbox("x")).await.unwrap().id;
    let renamed = AccountPatch { name: Some("y".to_owned()), pacing: None };
    assert_eq!(test.engine.rename_account(&owner, id, renamed.clone()).await.unwrap().name, "y");
    test.engine.rename_account(&owner, id, renamed).await.unwrap();
    assert!(!test.engine.disconnect_account(&owner, id).await.unwrap().is_wanted);
    assert!(test.engine.connect_account(&owner, id).await.unwrap().is_wanted);
    test.engine.delete_account(&owner, id).await.unwrap();
    let log = test.engine.list_audit(&owner, &Page::default()).await.unwrap().data;
    let actions: Vec<_> =
        log.iter().filter(|entry| entry.subject == id.to_string()).map(|entry| entry.action.as_str()).collect();
    let newest_first =
        ["account.deleted", "account.connect_asked", "account.disconnect_asked", "account.updated", "account.created"];
    assert_eq!(actions, newest_first, "a name that stays is no change");
    assert!(
        log.iter()
            .filter(|entry| entry.subject == id.to_string())
            .all(|entry| entry.actor == owner.actor.to_string() && entry.request_id == owner.request_id.to_string())
    );
}

#[tokio::test]
async fn each_verb_needs_its_scope() {
    let test = TestEngine::new().await;
    let owner = test.owner(&test.workspace().await, Mode::Test);
    let id = test.engine.create_account(&owner, sandbox("x")).await.unwrap().id;
    let reader = Caller { scopes: std::iter::once(Scope::AccountsRead).collect(), ..owner.clone() };
    let writer = Caller { scopes: std::iter::once(Scope::AccountsWrite).collect(), ..owner };
    assert!(matches!(test.engine.account(&writer, id).await, Err(Error::Forbidden(_))));
    assert!(matches!(test.engine.list_accounts(&writer, &Page::default()).await, Err(Error::Forbidden(_))));
    assert!(matches!(test.engine.create_account(&reader, sandbox("y")).await, Err(Error::Forbidden(_))));
    assert!(matches!(test.engine.rename_account(&reader, id, AccountPatch::default()).await, Err(Error::Forbidden(_))));
    assert!(matches!(test.engine.connect_account(&reader, id).await, Err(Error::Forbidden(_))));
    assert!(matches!(test.engine.disconnect_account(&reader, id).await, Err(Error::Forbidden(_))));
    assert!(matches!(test.engine.delete_account(&reader, id).await, Err(Error::Forbidden(_))));
    test.engine.account(&reader, id).await.unwrap();
}
