//! What operators do to workspaces, and what a workspace does to itself.

use super::*;
use crate::{Error, test_engine::TestEngine, workspaces::WorkspacePatch};
use std::time::Duration;
use wagate_model::{Caller, Mode, Scope, Tier, tier::LimitOverrides};
use wagate_store::Page;

#[tokio::test]
async fn a_new_workspace_has_the_limits_of_its_tier_and_overrides() {
    let test = TestEngine::new().await;
    let overrides = LimitOverrides { requests_per_minute: Some(1_000_000), ..LimitOverrides::default() };
    let new = NewWorkspace { name: "Demo".to_owned(), tier: Tier::Free, overrides };
    let workspace = test.engine.operator_create_workspace(&test.operator(), new).await.unwrap();
    assert_eq!(
        (workspace.limits.requests_per_minute, workspace.limits.accounts),
        (1_000_000, Tier::Free.limits().accounts)
    );
    assert_eq!(test.engine.operator_workspace(workspace.id).await.unwrap(), workspace);
    assert_eq!(test.engine.workspace(&test.owner(&workspace, Mode::Live)).await.unwrap(), workspace);
    let page = test.engine.operator_list_workspaces(&Page::default()).await.unwrap();
    assert_eq!((page.data, page.has_more), (vec![workspace], false));
}

#[tokio::test]
async fn a_patch_changes_what_it_names() {
    let test = TestEngine::new().await;
    let before = test.workspace().await;
    test.pass(Duration::from_secs(1));
    let patch = OperatorPatch { tier: Some(Tier::Enterprise), ..OperatorPatch::default() };
    let after = test.engine.operator_update_workspace(&test.operator(), before.id, patch).await.unwrap();
    assert_eq!((after.tier, after.limits, after.name.as_str()), (Tier::Enterprise, Tier::Enterprise.limits(), "Acme"));
    assert_eq!((after.created_at, after.updated_at), (before.created_at, test.now()));
    test.pass(Duration::from_secs(1));
    let same =
        test.engine.operator_update_workspace(&test.operator(), before.id, OperatorPatch::default()).await.unwrap();
    assert_eq!(same, after, "no change, no new time");
}

#[tokio::test]
async fn a_suspension_shows_its_reason_until_it_ends() {
    let test = TestEngine::new().await;
    let id = test.workspace().await.id;
    let suspended = test.engine.operator_suspend(&test.operator(), id, "unpaid").await.unwrap();
    assert_eq!((suspended.is_suspended, suspended.suspended_reason.as_deref()), (true, Some("unpaid")));
    let resumed = test.engine.operator_resume(&test.operator(), id).await.unwrap();
    assert_eq!((resumed.is_suspended, resumed.suspended_reason), (false, None));
}

#[tokio::test]
async fn an_unknown_workspace_is_not_found() {
    let test = TestEngine::new().await;
    let unknown: WorkspaceId = test.engine.ids.next();
    let call = test.operator();
    assert!(matches!(test.engine.operator_workspace(unknown).await, Err(Error::NotFound("workspace"))));
    assert!(matches!(test.engine.operator_suspend(&call, unknown, "x").await, Err(Error::NotFound("workspace"))));
    assert!(matches!(test.engine.operator_resume(&call, unknown).await, Err(Error::NotFound("workspace"))));
    let patch = OperatorPatch::default();
    assert!(matches!(
        test.engine.operator_update_workspace(&call, unknown, patch).await,
        Err(Error::NotFound("workspace"))
    ));
}

#[tokio::test]
async fn a_workspace_renames_itself_with_the_scope_alone() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let owner = test.owner(&workspace, Mode::Test);
    let patch = WorkspacePatch { name: Some(" Räksmörgås AB ".to_owned()) };
    let reader = Caller { scopes: std::iter::once(Scope::AccountsRead).collect(), ..owner.clone() };
    assert!(matches!(test.engine.update_workspace(&reader, patch.clone()).await, Err(Error::Forbidden(_))));
    assert_eq!(test.engine.update_workspace(&owner, patch.clone()).await.unwrap().name, "Räksmörgås AB");
    let suspended = Caller { is_suspended: true, ..owner };
    assert!(matches!(test.engine.update_workspace(&suspended, patch).await, Err(Error::Suspended(_))));
}

#[tokio::test]
async fn operators_changes_stand_in_the_workspaces_audit_log_alone() {
    let test = TestEngine::new().await;
    let (mine, other) = (test.workspace().await, test.workspace().await);
    let call = test.operator();
    test.engine.operator_suspend(&call, mine.id, "unpaid").await.unwrap();
    test.engine.operator_suspend(&call, mine.id, "unpaid").await.unwrap();
    test.engine.operator_resume(&call, mine.id).await.unwrap();
    let log = test.engine.list_audit(&test.owner(&mine, Mode::Test), &Page::default()).await.unwrap().data;
    let lines: Vec<_> = log.iter().map(|entry| (entry.actor.as_str(), entry.action.as_str())).collect();
    assert_eq!(
        lines,
        [("operator", "workspace.resumed"), ("operator", "workspace.suspended"), ("operator", "workspace.created")]
    );
    assert_eq!(log[1].detail["reason"], "unpaid");
    let log = test.engine.list_audit(&test.owner(&other, Mode::Test), &Page::default()).await.unwrap().data;
    assert_eq!(log.len(), 1);
}
