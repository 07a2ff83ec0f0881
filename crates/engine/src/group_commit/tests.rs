//! Shared commits against a table that refuses, is away, or takes its time.

use super::*;
use futures_util::future::join_all;
use proptest::prelude::*;
use std::{collections::HashSet, sync::Mutex};
use tokio::sync::Semaphore;
use wagate_store::{Database, DatabaseOptions};

/// Stands for the database: commits numbers, all or none.
#[derive(Default)]
struct Table {
    /// Numbers that cannot be stored.
    bad: HashSet<u32>,
    /// What the next commits answer instead.
    refusals: Mutex<VecDeque<StoreError>>,
    is_patient: bool,
    /// Numbers whose commit panics.
    faulty: HashSet<u32>,
    /// A commit waits here, if there is a gate.
    gate: Option<Arc<Semaphore>>,
    /// The sizes of all batches that were tried.
    tried: Mutex<Vec<usize>>,
    /// What is stored, in order.
    stored: Mutex<Vec<u32>>,
}

fn bad_row() -> StoreError {
    StoreError::Unreadable { column: "number".to_owned(), detail: "it is bad".to_owned() }
}

/// A database that is away answers this.
async fn unreachable() -> StoreError {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("gone.db").display());
    let database = Database::connect(&DatabaseOptions { url, connections: 1 }).await.unwrap();
    database.close().await;
    database.begin().await.unwrap_err()
}

#[async_trait]
impl Batch for Table {
    type Item = u32;
    type Output = String;

    async fn commit(&self, items: &[u32]) -> Result<Vec<String>> {
        self.tried.lock().unwrap().push(items.len());
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        if let Some(refusal) = self.refusals.lock().unwrap().pop_front() {
            return Err(refusal);
        }
        assert!(items.iter().all(|item| !self.faulty.contains(item)), "a fault of the gateway's own");
        if items.iter().any(|item| self.bad.contains(item)) {
            return Err(bad_row());
        }
        self.stored.lock().unwrap().extend(items);
        Ok(items.iter().map(|item| format!("stored {item}")).collect())
    }

    fn is_patient(&self) -> bool {
        self.is_patient
    }
}

/// Submits all numbers at once, while the worker runs.
async fn submit_all(table: &Arc<Table>, numbers: impl IntoIterator<Item = u32>) -> Vec<Result<String>> {
    let (group, worker) = GroupCommit::new(table.clone());
    let submitted =
        async move { join_all(numbers.into_iter().map(|number| group.submit(number)).collect::<Vec<_>>()).await };
    tokio::join!(submitted, worker).0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bad_rows_fail_alone_and_all_others_are_stored_in_order(count in 1_u32..80, bad in proptest::collection::hash_set(0_u32..80, 0..12), is_patient: bool) {
        let table = Arc::new(Table { bad: bad.clone(), is_patient, ..Table::default() });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answers = runtime.block_on(submit_all(&table, 0..count));
        for (number, answer) in (0..count).zip(answers) {
            match answer {
                Ok(text) => prop_assert_eq!(text, format!("stored {number}")),
                Err(error) => prop_assert!(bad.contains(&number) && error.may_be_one_row(), "{number}: {error:?}"),
            }
        }
        let good: Vec<_> = (0..count).filter(|number| !bad.contains(number)).collect();
        prop_assert_eq!(&*table.stored.lock().unwrap(), &good, "each once, in the order of submission");
        let in_range = bad.iter().filter(|number| **number < count).count();
        let most = 1 + in_range * 2 * (count.ilog2() as usize + 1);
        prop_assert!(table.tried.lock().unwrap().len() <= most, "halves, not one by one");
    }
}

#[tokio::test]
async fn nothing_waits_for_company() {
    let table = Arc::new(Table::default());
    let (group, worker) = GroupCommit::new(table.clone());
    let one_by_one = async move {
        for number in 0..3 {
            group.submit(number).await.unwrap();
        }
    };
    tokio::join!(one_by_one, worker);
    assert_eq!(*table.tried.lock().unwrap(), [1, 1, 1]);
}

#[tokio::test]
async fn what_comes_during_a_commit_shares_the_next_one() {
    let gate = Arc::new(Semaphore::new(0));
    let table = Arc::new(Table { gate: Some(gate.clone()), ..Table::default() });
    let (group, worker) = GroupCommit::new(table.clone());
    let story = async move {
        let first = group.submit(0);
        let others = async {
            while table.tried.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
            let others = join_all((1..=10).map(|number| group.submit(number)).collect::<Vec<_>>());
            // They are submitted when they are asked for the first time, before the gate opens.
            let open = async { gate.add_permits(2) };
            tokio::join!(others, open).0
        };
        let (first, others) = tokio::join!(first, others);
        assert!(first.is_ok() && others.iter().all(Result::is_ok));
        assert_eq!(*table.tried.lock().unwrap(), [1, 10]);
    };
    tokio::join!(story, worker);
}

#[tokio::test]
async fn a_batch_has_at_most_500_rows() {
    let table = Arc::new(Table::default());
    let answers = submit_all(&table, 0..1100).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!(table.tried.lock().unwrap().iter().all(|size| *size <= MOST));
    let stored: HashSet<_> = table.stored.lock().unwrap().iter().copied().collect();
    assert_eq!((stored.len(), table.stored.lock().unwrap().len()), (1100, 1100), "each once");
}

#[tokio::test]
async fn a_patient_batch_waits_until_the_database_answers() {
    let refusals = Mutex::new(VecDeque::from([unreachable().await]));
    let table = Arc::new(Table { is_patient: true, refusals, ..Table::default() });
    let answers = submit_all(&table, 0..3).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(*table.tried.lock().unwrap(), [3, 3]);
}

#[tokio::test]
async fn any_other_batch_says_so_to_everybody() {
    let table = Arc::new(Table { refusals: Mutex::new(VecDeque::from([unreachable().await])), ..Table::default() });
    let answers = submit_all(&table, 0..3).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(StoreError::is_unreachable)), "{answers:?}");
    assert_eq!(*table.tried.lock().unwrap(), [3], "the whole transaction failed: splitting it would not help");
}

#[tokio::test]
async fn a_patient_batch_does_not_wait_for_an_engine_that_is_no_more() {
    let refusals = Mutex::new(VecDeque::from([StoreError::Stopping]));
    let table = Arc::new(Table { is_patient: true, refusals, ..Table::default() });
    let answers = submit_all(&table, [1]).await;
    assert!(matches!(answers[..], [Err(StoreError::Stopping)]), "{answers:?}");
}

#[tokio::test]
async fn everybody_gets_an_answer_when_the_worker_stops() {
    let table = Arc::new(Table { gate: Some(Arc::new(Semaphore::new(0))), ..Table::default() });
    let (group, worker) = GroupCommit::new(table.clone());
    // The first is being committed, then the channel is full, and the last find no room in it.
    let count = 4 * u32::try_from(MOST).unwrap() + 10;
    let submitted = join_all((0..count).map(|number| group.submit(number)).collect::<Vec<_>>());
    let stopped = async {
        tokio::select! {
            () = worker => {}
            () = async { while table.tried.lock().unwrap().is_empty() { tokio::task::yield_now().await } } => {}
        }
    };
    let (answers, ()) = tokio::join!(submitted, stopped);
    assert_eq!(answers.len(), count as usize);
    assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::Stopping))));
    assert!(matches!(group.submit(0).await, Err(StoreError::Stopping)), "and so does who comes later");
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_stored_all_the_same() {
    let gate = Arc::new(Semaphore::new(0));
    let table = Arc::new(Table { gate: Some(gate.clone()), ..Table::default() });
    let (group, worker) = GroupCommit::new(table.clone());
    let story = async move {
        tokio::select! {
            biased;
            _ = group.submit(7) => unreachable!("the gate is closed"),
            () = async { while table.tried.lock().unwrap().is_empty() { tokio::task::yield_now().await } } => {}
        }
        gate.add_permits(2);
        group.submit(8).await.unwrap();
        assert_eq!(*table.stored.lock().unwrap(), [7, 8]);
    };
    tokio::join!(story, worker);
}

#[tokio::test]
async fn a_commit_that_panics_fails_alone_and_the_worker_lives_on() {
    let table = Arc::new(Table { faulty: HashSet::from([3]), ..Table::default() });
    let answers = submit_all(&table, 0..6).await;
    let refused: Vec<_> =
        (0..6).zip(&answers).filter(|(_, answer)| answer.is_err()).map(|(number, _)| number).collect();
    assert_eq!(refused, [3]);
    assert_eq!(*table.stored.lock().unwrap(), [0, 1, 2, 4, 5]);
}
