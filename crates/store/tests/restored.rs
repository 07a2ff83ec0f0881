//! What a database needs that came from a backup.

use crate::support::{NOON, account, workspace};
use std::time::Duration;
use wagate_store::{
    Database,
    dialect::Dialect,
    leases::{self, Claimant, Leased},
    restored, snapshot, turns,
};

fn claimant(owner: &str) -> Claimant {
    let lease = Duration::from_hours(1);
    Claimant { owner: owner.to_owned(), lease, skew: Duration::ZERO, is_alone: false }
}

on_both! {
    async fn nobody_holds_anything_after_a_restore(database: &Database) {
        let workspace_id = workspace(database).await;
        let subject = [(account(database, workspace_id).await.to_string(), workspace_id)];
        let before = leases::acquire(database, Leased::Account, &claimant("lost"), &subject).await.unwrap();
        assert!(leases::acquire(database, Leased::Account, &claimant("new"), &subject).await.unwrap().is_empty());
        assert!(turns::take(database, "retention", "lost", Duration::from_hours(1)).await.unwrap());
        assert_eq!(restored::last(database).await.unwrap(), None);

        let later = NOON.plus(Duration::from_hours(1));
        restored::mark(database, NOON, later).await.unwrap();
        restored::mark(database, NOON, later).await.unwrap();
        let after = leases::acquire(database, Leased::Account, &claimant("new"), &subject).await.unwrap();
        assert!(after[0].1 > before[0].1, "nothing that was begun before counts");
        assert!(turns::take(database, "retention", "new", Duration::from_hours(1)).await.unwrap());
        assert_eq!(restored::last(database).await.unwrap(), Some(later));
    }

    async fn a_copy_of_sqlite_is_whole_and_mysql_is_left_to_its_tools(database: &Database) {
        workspace(database).await;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("it's a copy.db");
        let written = snapshot::write(database, &file).await;
        if database.dialect() == Dialect::MySql {
            assert!(written.is_err());
            return;
        }
        written.unwrap();
        assert_eq!(snapshot::faults(database).await.unwrap(), [""; 0]);
        assert!(std::fs::metadata(&file).unwrap().len() > 0);
        assert!(snapshot::write(database, &file).await.is_err(), "what is there is not overwritten");
    }
}
