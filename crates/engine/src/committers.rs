//! Where the workers of shared commits run: on a thread of their own.
//!
//! On the threads that serve requests, a worker whose statement was answered would wait behind every
//! request that is ready, several times for each commit, while everybody waits for the commit.

use crate::group_commit::{Batch, GroupCommit};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The workers of shared commits.
pub(crate) struct Committers {
    tasks: TaskTracker,
    end: CancellationToken,
    /// `None` where the system gives no thread: then they run among the requests.
    thread: Option<Runtime>,
}

impl Committers {
    pub(crate) fn new() -> Self {
        let thread = Builder::new_multi_thread().worker_threads(1).thread_name("commits").enable_all().build();
        let thread = thread.inspect_err(|error| tracing::warn!(%error, "no thread of their own for shared commits"));
        Self { tasks: TaskTracker::new(), end: CancellationToken::new(), thread: thread.ok() }
    }

    /// Starts the worker of a kind of work, and gives the way to it.
    pub(crate) fn commit<B: Batch>(&self, batch: Arc<B>) -> GroupCommit<B> {
        let (group, worker) = GroupCommit::until(self.end.clone(), batch);
        match &self.thread {
            Some(thread) => self.tasks.spawn_on(worker, thread.handle()),
            None => self.tasks.spawn(worker),
        };
        group
    }

    /// Ends the workers once the batches in their hands are committed.
    pub(crate) async fn finish(&self) {
        self.end.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Committers {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // Whoever drops it may be a task, which must not wait for a thread.
            thread.shutdown_background();
        }
    }
}
