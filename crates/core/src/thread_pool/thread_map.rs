//! A call for each of many items.

use std::collections::VecDeque;
use std::fmt;
use std::future::ready;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::shared::{KILLED, Shared};
use super::thread_apply::inline;
use super::thread_spawn::ThreadSpawn;
use super::worker;
use crate::task::{Task, TaskError};

/// Makes a call for each of many items and waits for their values; made by [`ThreadPool::map`](crate::ThreadPool::map).
///
/// # Cancel safety
///
/// Dropping it kills the tasks of its calls: those that have not begun never run, running ones run on unheard.
#[must_use = "a future does nothing unless it is awaited"]
pub struct ThreadMap<U>(Pin<Box<dyn Future<Output = Result<Vec<U>, TaskError>> + Send>>);

/// The calls whose values are not there yet, in the order of their items; dropped, they are killed.
struct Open<U>(VecDeque<Task<U>>);

impl<U> Drop for Open<U> {
    fn drop(&mut self) {
        self.0.iter().for_each(|task| task.kill_nowait());
    }
}

impl<U: Send + 'static> ThreadMap<U> {
    pub(super) fn new<I, F>(
        pool: Arc<Shared>,
        items: I,
        call: F,
        spawned_at: &'static Location<'static>,
    ) -> Self
    where
        I: Iterator<Item: Send + 'static> + Send + 'static,
        F: Fn(I::Item) -> U + Send + Sync + 'static,
    {
        // Here, and not in a poll, the calls may block on a runtime in turn.
        if worker::is_of(&pool) {
            let values = items.map(|item| inline(|| call(item))).collect();
            return Self(Box::pin(ready(values)));
        }
        Self(Box::pin(async move {
            if worker::is_of(&pool) {
                return items.map(|item| inline(|| call(item))).collect();
            }
            let mut values = Vec::new();
            let call = Arc::new(call);
            let mut open = Open(VecDeque::new());
            for item in items {
                let call = call.clone();
                let spawn = ThreadSpawn::new(pool.clone(), move || call(item), spawned_at);
                open.0.push_back(spawn.await.map_err(|_| TaskError::Killed(KILLED.into()))?);
                // An error ends it soon, however many items there are.
                while let Some(task) = open.0.front().filter(|task| task.is_finished()) {
                    values.push(task.take().await?);
                    open.0.pop_front();
                }
            }
            while let Some(task) = open.0.front() {
                values.push(task.take().await?);
                open.0.pop_front();
            }
            Ok(values)
        }))
    }
}

impl<U> Future for ThreadMap<U> {
    type Output = Result<Vec<U>, TaskError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<U> fmt::Debug for ThreadMap<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadMap").finish_non_exhaustive()
    }
}
