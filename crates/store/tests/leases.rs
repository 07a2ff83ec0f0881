//! Leases: one holder at a time, by the database's clock.

use crate::support::{account, workspace};
use std::time::Duration;
use wagate_model::WorkspaceId;
use wagate_store::{
    Database, in_transaction,
    leases::{self, Claimant, Leased},
};

const LONG: Duration = Duration::from_hours(1);

fn claimant(owner: &str, lease: Duration, skew: Duration) -> Claimant {
    Claimant { owner: owner.to_owned(), lease, skew, is_alone: false }
}

async fn subject(database: &Database) -> (String, WorkspaceId) {
    let workspace_id = workspace(database).await;
    (account(database, workspace_id).await.to_string(), workspace_id)
}

/// Takes one account's lease; answers its epoch, if it was to be had.
async fn take(database: &Database, claimant: &Claimant, subject: &(String, WorkspaceId)) -> Option<i64> {
    let taken = leases::acquire(database, Leased::Account, claimant, std::slice::from_ref(subject)).await.unwrap();
    assert!(taken.len() <= 1 && taken.iter().all(|(id, _)| *id == subject.0));
    taken.first().map(|(_, epoch)| *epoch)
}

async fn check(database: &Database, owner: &str, asked: &[(String, i64)]) -> Vec<(String, i64)> {
    committed!(database, |tx| leases::check(tx, owner, asked).await)
}

/// The database's clock has gone on by a few milliseconds.
async fn a_moment(database: &Database) {
    let before = database.now().await.unwrap();
    while database.now().await.unwrap().0 < before.0 + 3 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

on_both! {
    async fn of_many_who_ask_at_once_one_gets_it(database: &Database) {
        let subject = subject(database).await;
        let nodes: Vec<_> = (0..6).map(|node| claimant(&format!("node{node}"), LONG, Duration::ZERO)).collect();
        let epochs = futures_util::future::join_all(nodes.iter().map(|node| take(database, node, &subject))).await;
        assert_eq!(epochs.iter().flatten().collect::<Vec<_>>(), [&1]);
        let winner = epochs.iter().position(Option::is_some).unwrap();
        for (number, node) in nodes.iter().enumerate() {
            let held = leases::held(database, Leased::Account, &node.owner).await.unwrap();
            assert_eq!(held.len(), usize::from(number == winner));
        }
    }

    async fn a_node_gets_again_what_it_has_with_the_next_epoch(database: &Database) {
        let subject = subject(database).await;
        let node = claimant("one", LONG, LONG);
        assert_eq!(take(database, &node, &subject).await, Some(1));
        assert_eq!(take(database, &node, &subject).await, Some(2));
        assert_eq!(leases::held(database, Leased::Account, "one").await.unwrap(), [(subject.0, 2)]);
    }

    async fn a_successor_waits_for_the_end_and_the_skew(database: &Database) {
        let subject = subject(database).await;
        assert_eq!(take(database, &claimant("one", Duration::ZERO, Duration::ZERO), &subject).await, Some(1));
        a_moment(database).await;
        assert_eq!(leases::held(database, Leased::Account, "one").await.unwrap(), [], "it has ended");
        assert_eq!(take(database, &claimant("two", LONG, LONG), &subject).await, None, "but clocks may differ");
        assert_eq!(take(database, &claimant("two", LONG, Duration::ZERO), &subject).await, Some(2));
        assert_eq!(take(database, &claimant("one", LONG, Duration::ZERO), &subject).await, None);
    }

    async fn who_can_only_be_alone_takes_what_another_left(database: &Database) {
        let subject = subject(database).await;
        take(database, &claimant("one", LONG, LONG), &subject).await;
        let alone = Claimant { is_alone: true, ..claimant("two", LONG, LONG) };
        assert_eq!(take(database, &alone, &subject).await, Some(2));
        assert_eq!(check(database, "one", &[(subject.0.clone(), 1)]).await, []);
    }

    async fn renewing_prolongs_what_has_not_ended(database: &Database) {
        let (short, long, others) = (subject(database).await, subject(database).await, subject(database).await);
        take(database, &claimant("one", Duration::ZERO, Duration::ZERO), &short).await;
        let node = claimant("one", LONG, Duration::ZERO);
        take(database, &node, &long).await;
        take(database, &claimant("two", LONG, Duration::ZERO), &others).await;
        a_moment(database).await;
        assert_eq!(leases::renew(database, Leased::Account, &node).await.unwrap(), 1);
        assert_eq!(leases::renew(database, Leased::Endpoint, &node).await.unwrap(), 0);
        assert_eq!(leases::held(database, Leased::Account, "one").await.unwrap(), [(long.0.clone(), 1)]);
        assert_eq!(take(database, &claimant("two", LONG, Duration::ZERO), &long).await, None);
        assert_eq!(take(database, &claimant("two", LONG, Duration::ZERO), &short).await, Some(2), "what ended is not prolonged");
        // Its end moves: a lease that was prolonged by nothing ends now.
        assert_eq!(leases::renew(database, Leased::Account, &claimant("one", Duration::ZERO, Duration::ZERO)).await.unwrap(), 1);
        a_moment(database).await;
        assert_eq!(leases::renew(database, Leased::Account, &node).await.unwrap(), 0);
    }

    async fn what_is_given_up_can_be_had_at_once(database: &Database) {
        let (one, two) = (subject(database).await, subject(database).await);
        let (mine, theirs) = (claimant("me", LONG, LONG), claimant("they", LONG, LONG));
        let taken = leases::acquire(database, Leased::Account, &mine, &[one.clone(), two.clone()]).await.unwrap();
        assert_eq!(taken.len(), 2);
        leases::release(database, Leased::Account, "they", None).await.unwrap();
        leases::release(database, Leased::Account, "they", Some(std::slice::from_ref(&one.0))).await.unwrap();
        assert_eq!(take(database, &theirs, &one).await, None, "only its holder gives it up");
        leases::release(database, Leased::Account, "me", Some(std::slice::from_ref(&one.0))).await.unwrap();
        assert_eq!(take(database, &theirs, &one).await, Some(2));
        assert_eq!(take(database, &theirs, &two).await, None);
        leases::release(database, Leased::Account, "me", None).await.unwrap();
        assert_eq!(take(database, &theirs, &two).await, Some(2));
        assert_eq!(take(database, &mine, &one).await, None, "what is theirs now stays so");
    }

    async fn a_check_tells_epochs_and_owners_apart(database: &Database) {
        let (one, two) = (subject(database).await, subject(database).await);
        let node = claimant("me", LONG, LONG);
        take(database, &node, &one).await;
        take(database, &node, &one).await;
        take(database, &node, &two).await;
        let ask = |id: &str, epoch| (id.to_owned(), epoch);
        let both_epochs = [ask(&one.0, 1), ask(&one.0, 2), ask(&two.0, 1), ask("acc_nobody", 1)];
        let mut valid = check(database, "me", &both_epochs).await;
        valid.sort();
        let mut expected = [ask(&one.0, 2), ask(&two.0, 1)];
        expected.sort();
        assert_eq!(valid, expected, "an old epoch does not pass beside the present one");
        assert_eq!(check(database, "they", &both_epochs).await, []);
        assert_eq!(check(database, "me", &[]).await, []);
        leases::release(database, Leased::Account, "me", None).await.unwrap();
        assert_eq!(check(database, "me", &both_epochs).await, []);
    }

    async fn what_was_checked_stays_until_the_commit(database: &Database) {
        let subject = subject(database).await;
        take(database, &claimant("one", LONG, LONG), &subject).await;
        let thief = Claimant { is_alone: true, ..claimant("two", LONG, LONG) };
        let order = std::sync::Mutex::new(Vec::new());
        let mut tx = database.begin().await.unwrap();
        assert_eq!(leases::check(&mut tx, "one", &[(subject.0.clone(), 1)]).await.unwrap().len(), 1);
        let theft = async {
            take(database, &thief, &subject).await;
            order.lock().unwrap().push("taken");
        };
        let act = async {
            // Time for the other one to try; the order must not depend on it.
            tokio::time::sleep(Duration::from_millis(50)).await;
            order.lock().unwrap().push("acted");
            tx.commit().await.unwrap();
        };
        tokio::join!(theft, act);
        assert_eq!(*order.lock().unwrap(), ["acted", "taken"]);
    }

    async fn many_are_taken_at_once_as_far_as_they_are_free(database: &Database) {
        let workspace_id = workspace(database).await;
        let mut subjects = Vec::new();
        for _ in 0..40 {
            subjects.push((account(database, workspace_id).await.to_string(), workspace_id));
        }
        let theirs = leases::acquire(database, Leased::Account, &claimant("they", LONG, LONG), &subjects[..10]).await.unwrap();
        let mine = leases::acquire(database, Leased::Account, &claimant("me", LONG, LONG), &subjects).await.unwrap();
        assert_eq!((theirs.len(), mine.len()), (10, 30));
        assert!(mine.iter().all(|(id, epoch)| *epoch == 1 && theirs.iter().all(|(other, _)| other != id)));
        assert_eq!(leases::acquire(database, Leased::Account, &claimant("me", LONG, LONG), &[]).await.unwrap(), []);
        let refused = in_transaction!(database, |tx| leases::check(tx, "me", &theirs).await).unwrap();
        assert_eq!(refused, []);
    }
}
