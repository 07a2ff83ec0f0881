//! Shared commits: what waits at the same time becomes durable in one transaction.
//!
//! A commit costs one flush of the disk, whatever it holds. While one batch is being committed
//! the next one gathers, so nothing ever waits for company when there is none.

use async_trait::async_trait;
use futures_util::FutureExt as _;
use std::{collections::VecDeque, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use wagate_store::{Result, StoreError};

/// Work that can be committed many at a time.
#[async_trait]
pub(crate) trait Batch: Send + Sync + 'static {
    /// One piece of work.
    type Item: Send + Sync + 'static;
    /// What its submitter gets back once it is durable.
    type Output: Send + 'static;

    /// How many rows an item stands for, about. Its rows stay together, whatever it weighs.
    fn weight(_item: &Self::Item) -> usize {
        1
    }

    /// Commits all items in one transaction and answers in their order, or changes nothing.
    async fn commit(&self, items: &[Self::Item]) -> Result<Vec<Self::Output>>;

    /// Whether a batch is tried again until the database answers: for what has already happened
    /// outside, and therefore must be recorded.
    fn is_patient(&self) -> bool {
        false
    }
}

/// Most items of one transaction, and their weight unless one alone weighs more.
const MOST: usize = 500;
/// How long a patient batch waits before it tries an unreachable database again.
const PATIENCE: Duration = Duration::from_millis(500);

type Submission<B> = (<B as Batch>::Item, oneshot::Sender<Result<<B as Batch>::Output>>);

/// The way in. Cheap to clone; the worker ends when the last one is dropped.
pub(crate) struct GroupCommit<B: Batch> {
    submit: mpsc::Sender<Submission<B>>,
}

impl<B: Batch> Clone for GroupCommit<B> {
    fn clone(&self) -> Self {
        Self { submit: self.submit.clone() }
    }
}

impl<B: Batch> GroupCommit<B> {
    /// The way in, and the worker that somebody must run.
    pub(crate) fn new(batch: Arc<B>) -> (Self, impl Future<Output = ()> + Send + 'static) {
        Self::until(CancellationToken::new(), batch)
    }

    /// The same, with a worker that ends once it is told to. The batch in its hands is committed
    /// first: a statement that is cut off spoils its connection.
    pub(crate) fn until(end: CancellationToken, batch: Arc<B>) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (submit, submissions) = mpsc::channel(4 * MOST);
        (Self { submit }, run(end, batch, submissions))
    }

    /// Submits one item and waits until it is durable.
    pub(crate) async fn submit(&self, item: B::Item) -> Result<B::Output> {
        let (answer, answered) = oneshot::channel();
        if self.submit.send((item, answer)).await.is_err() {
            return Err(StoreError::Stopping);
        }
        answered.await.unwrap_or(Err(StoreError::Stopping))
    }
}

async fn run<B: Batch>(end: CancellationToken, batch: Arc<B>, mut submissions: mpsc::Receiver<Submission<B>>) {
    let mut gathered = Vec::with_capacity(MOST);
    while end.run_until_cancelled(submissions.recv_many(&mut gathered, MOST)).await.is_some_and(|count| count > 0) {
        while !gathered.is_empty() {
            let (items, answers): (Vec<_>, Vec<_>) = gathered.drain(..as_many_as_fit::<B>(&gathered)).unzip();
            commit_all(&*batch, items, answers).await;
        }
    }
}

/// How many of the first submissions make one transaction: one at least.
fn as_many_as_fit<B: Batch>(gathered: &[Submission<B>]) -> usize {
    let mut weight = 0;
    let fit = gathered.iter().take_while(|(item, _)| {
        weight += B::weight(item);
        weight <= MOST
    });
    fit.count().max(1)
}

/// Commits a batch. One that fails because of a row is split until the bad row is alone, so that
/// it fails alone.
async fn commit_all<B: Batch>(batch: &B, items: Vec<B::Item>, answers: Vec<oneshot::Sender<Result<B::Output>>>) {
    let mut waiting = VecDeque::from([(items, answers)]);
    while let Some((mut items, mut answers)) = waiting.pop_front() {
        match commit_patiently(batch, &items).await {
            Ok(outputs) => {
                outputs.into_iter().zip(answers).for_each(|(output, answer)| answer_with(answer, Ok(output)));
            }
            Err(error) if error.may_be_one_row() && items.len() > 1 => {
                let half = items.len() / 2;
                let (second, second_answers) = (items.split_off(half), answers.split_off(half));
                waiting.push_front((second, second_answers));
                waiting.push_front((items, answers));
            }
            Err(error) => refuse(error, answers),
        }
    }
}

async fn commit_patiently<B: Batch>(batch: &B, items: &[B::Item]) -> Result<Vec<B::Output>> {
    loop {
        // A batch that panics is rolled back; the worker must live on, for everybody else.
        let committed = AssertUnwindSafe(batch.commit(items)).catch_unwind().await;
        match committed.unwrap_or(Err(StoreError::Fault)) {
            Err(error)
                if batch.is_patient() && matches!(error, StoreError::Unreachable(_) | StoreError::Conflict(_)) =>
            {
                tracing::warn!(error = %error, items = items.len(), "waiting for the database");
                tokio::time::sleep(PATIENCE).await;
            }
            outcome => return outcome,
        }
    }
}

fn refuse<T>(error: StoreError, answers: Vec<oneshot::Sender<Result<T>>>) {
    let text = error.to_string();
    let mut original = Some(error);
    for answer in answers {
        let error = original.take().unwrap_or_else(|| StoreError::Shared(text.clone()));
        answer_with(answer, Err(error));
    }
}

/// Nobody may be waiting any more; what was committed stays committed.
fn answer_with<T>(answer: oneshot::Sender<T>, value: T) {
    drop(answer.send(value));
}

#[cfg(test)]
mod tests;
