//! Nodes.

use crate::support::NOON;
use wagate_model::Timestamp;
use wagate_store::{
    Database,
    nodes::{self, Node},
};

fn node(id: &str, started_at: Timestamp) -> Node {
    Node { id: id.to_owned(), version: "0.1.0".to_owned(), started_at, seen_at: started_at }
}

on_both! {
    async fn a_node_that_starts_again_replaces_what_it_left(database: &Database) {
        let later = Timestamp(NOON.0 + 1);
        committed!(database, |tx| nodes::put(tx, &node("b", NOON)).await);
        committed!(database, |tx| nodes::put(tx, &node("a", NOON)).await);
        committed!(database, |tx| nodes::put(tx, &node("a", later)).await);
        assert_eq!(nodes::all(database).await.unwrap(), [node("a", later), node("b", NOON)]);
    }

    async fn a_node_is_seen_until_it_stops(database: &Database) {
        let later = Timestamp(NOON.0 + 1);
        committed!(database, |tx| nodes::put(tx, &node("a", NOON)).await);
        assert!(committed!(database, |tx| nodes::seen(tx, "a", later).await));
        assert!(committed!(database, |tx| nodes::seen(tx, "a", later).await), "the same time again");
        assert!(!committed!(database, |tx| nodes::seen(tx, "b", later).await));
        assert_eq!(nodes::all(database).await.unwrap(), [Node { seen_at: later, ..node("a", NOON) }]);
        committed!(database, |tx| nodes::delete(tx, "a").await);
        assert_eq!(nodes::all(database).await.unwrap(), []);
    }
}
