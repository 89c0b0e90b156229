//! Waiting for a slot to spawn in.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::PoolClosed;
use crate::crew::Spawning;
use crate::task::{Fallible, Plain, Task};

/// Waits for a slot, starts the future as a task, and gives its handle; made by [`Pool::spawn`](crate::Pool::spawn).
///
/// # Cancel safety
///
/// Dropping it drops the future that was to be spawned, and gives its place in the line up; a slot that had been handed
/// to it goes to the next.
///
/// # Panics
///
/// When polled after its end; when it spawns outside of a tokio runtime.
#[must_use = "a pool spawns nothing unless this is awaited"]
pub struct PoolSpawn<F>(Spawning<F>);

/// As [`PoolSpawn`], for a future whose `Err` is a failure; made by [`Pool::spawn_fallible`](crate::Pool::spawn_fallible).
///
/// # Cancel safety
///
/// As [`PoolSpawn`].
///
/// # Panics
///
/// As [`PoolSpawn`].
#[must_use = "a pool spawns nothing unless this is awaited"]
pub struct PoolSpawnFallible<F>(Spawning<F>);

/// The future is never polled in here, only moved.
impl<F> Unpin for PoolSpawn<F> {}

/// The future is never polled in here, only moved.
impl<F> Unpin for PoolSpawnFallible<F> {}

impl<F> PoolSpawn<F> {
    pub(super) fn new(spawning: Spawning<F>) -> Self {
        Self(spawning)
    }

    /// A name for logs and for the tree of tasks; none by default.
    pub fn name(mut self, name: impl Into<Box<str>>) -> Self {
        self.0.name(name);
        self
    }
}

impl<F> PoolSpawnFallible<F> {
    pub(super) fn new(spawning: Spawning<F>) -> Self {
        Self(spawning)
    }

    /// A name for logs and for the tree of tasks; none by default.
    pub fn name(mut self, name: impl Into<Box<str>>) -> Self {
        self.0.name(name);
        self
    }
}

impl<F> Future for PoolSpawn<F>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    type Output = Result<Task<F::Output>, PoolClosed<F>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.get_mut().0.poll_spawn::<Plain>(cx);
        polled.map_err(|(inner, reason)| PoolClosed { inner, reason })
    }
}

impl<F, T, E> Future for PoolSpawnFallible<F>
where
    F: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>> + 'static,
{
    type Output = Result<Task<T>, PoolClosed<F>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.get_mut().0.poll_spawn::<Fallible>(cx);
        polled.map_err(|(inner, reason)| PoolClosed { inner, reason })
    }
}

impl<F> fmt::Debug for PoolSpawn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PoolSpawn").field(&self.0).finish()
    }
}

impl<F> fmt::Debug for PoolSpawnFallible<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PoolSpawnFallible").field(&self.0).finish()
    }
}
