//! Turns: one node at a time does a job.

use std::time::Duration;
use wagate_store::{Database, turns};

on_both! {
    async fn a_job_is_one_nodes_until_its_turn_ends(database: &Database) {
        let hour = Duration::from_hours(1);
        assert!(turns::take(database, "sweep", "a", hour).await.unwrap());
        assert!(!turns::take(database, "sweep", "b", hour).await.unwrap());
        assert!(turns::take(database, "count", "b", hour).await.unwrap(), "another job is another turn");
        assert!(turns::take(database, "sweep", "a", Duration::ZERO).await.unwrap(), "its own it may prolong, or end");
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(turns::take(database, "sweep", "b", hour).await.unwrap());
    }
}
