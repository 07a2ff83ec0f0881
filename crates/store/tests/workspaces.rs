//! Workspaces.

use crate::support::{HARD_TEXT, id, new_workspace};
use wagate_model::{
    Tier, Timestamp, WorkspaceId,
    tier::{LimitOverrides, Tiers},
    workspace::Workspace,
};
use wagate_store::{Database, Page, StoreError, workspaces};

on_both! {
    async fn a_workspace_is_read_back_as_it_was_written(database: &Database) {
        let overrides = LimitOverrides { accounts: Some(7), requests_per_minute: Some(1_000_000), ..LimitOverrides::default() };
        let written = Workspace {
            overrides,
            limits: overrides.over(Tier::Starter.limits()),
            is_suspended: true,
            suspended_reason: Some(HARD_TEXT.to_owned()),
            ..new_workspace(HARD_TEXT)
        };
        committed!(database, |tx| workspaces::insert(tx, &written).await);
        assert_eq!(workspaces::find(database, &Tiers::default(), written.id).await.unwrap(), Some(written.clone()));
        let locked = committed!(database, |tx| workspaces::lock(tx, &Tiers::default(), written.id).await);
        assert_eq!(locked, Some(written));
    }

    async fn what_changes_in_a_workspace_is_written(database: &Database) {
        let mut workspace = new_workspace("Acme");
        committed!(database, |tx| workspaces::insert(tx, &workspace).await);
        "Ümlaut ".clone_into(&mut workspace.name);
        workspace.tier = Tier::Enterprise;
        workspace.overrides.endpoints = Some(0);
        workspace.limits = workspace.overrides.over(workspace.tier.limits());
        workspace.is_suspended = true;
        workspace.suspended_reason = Some("unpaid".to_owned());
        workspace.updated_at = Timestamp(workspace.updated_at.0 + 1);
        assert!(committed!(database, |tx| workspaces::update(tx, &workspace).await));
        assert_eq!(workspaces::find(database, &Tiers::default(), workspace.id).await.unwrap(), Some(workspace.clone()));
        assert!(committed!(database, |tx| workspaces::update(tx, &workspace).await), "a row that stays the same counts as found");
    }

    async fn limits_are_those_of_the_tier_here_and_the_workspaces_own(database: &Database) {
        let overrides = LimitOverrides { endpoints: Some(9), ..LimitOverrides::default() };
        let workspace = Workspace { overrides, ..new_workspace("Acme") };
        committed!(database, |tx| workspaces::insert(tx, &workspace).await);
        let here = LimitOverrides { accounts: Some(77), endpoints: Some(1), ..LimitOverrides::default() };
        let tiers = Tiers::default().with(Tier::Starter, here).with(Tier::Free, LimitOverrides::default());
        let found = workspaces::find(database, &tiers, workspace.id).await.unwrap().unwrap();
        assert_eq!((found.limits.accounts, found.limits.endpoints), (77, 9));
        assert_eq!(found.limits.members, Tier::Starter.limits().members);
    }

    async fn an_unknown_workspace_is_nowhere(database: &Database) {
        let unknown: WorkspaceId = id();
        assert_eq!(workspaces::find(database, &Tiers::default(), unknown).await.unwrap(), None);
        assert_eq!(committed!(database, |tx| workspaces::lock(tx, &Tiers::default(), unknown).await), None);
        let change = Workspace { id: unknown, ..new_workspace("x") };
        assert!(!committed!(database, |tx| workspaces::update(tx, &change).await));
    }

    async fn a_second_row_of_the_same_id_is_a_duplicate(database: &Database) {
        let workspace = new_workspace("Acme");
        committed!(database, |tx| workspaces::insert(tx, &workspace).await);
        let again = wagate_store::in_transaction!(database, |tx| workspaces::insert(tx, &workspace).await);
        assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
    }

    async fn all_workspaces_are_listed_newest_first(database: &Database) {
        let all = ["a", "b", "c"].map(new_workspace);
        for workspace in &all {
            committed!(database, |tx| workspaces::insert(tx, workspace).await);
        }
        let page = workspaces::list_any_workspace(database, &Tiers::default(), &Page { limit: 2, ..Page::default() }).await.unwrap();
        let names: Vec<_> = page.data.iter().map(|workspace| workspace.name.as_str()).collect();
        assert_eq!((names, page.has_more), (vec!["c", "b"], true));
    }
}
