//! A call on its way to a thread, and there.

use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::task::{JoinHandle, spawn_blocking};

use super::place::Place;
use super::worker;
use crate::scope::with_current;
use crate::sync::Mutex;

/// What the thread takes when it begins. Whoever takes it first decides whether the call runs.
type Parcel<F> = Arc<Mutex<Option<(Place, F)>>>;

/// A call: `Some` is its value; `None` if its task was killed before a thread had begun it, and so it never runs.
///
/// Dropped before a thread has begun it, it never runs; dropped later it runs on, and keeps its place until it returns.
pub(super) struct Call<F, T> {
    parcel: Parcel<F>,
    thread: Option<JoinHandle<Option<T>>>,
}

impl<F, T> Call<F, T> {
    pub(super) fn new(place: Place, call: F) -> Self {
        Self { parcel: Arc::new(Mutex::new(Some((place, call)))), thread: None }
    }

    /// Takes a call back that has not begun.
    fn revoke(&self) -> bool {
        let parcel = self.parcel.lock().take();
        let revoked = parcel.is_some();
        drop(parcel);
        if let Some(thread) = self.thread.as_ref().filter(|_| revoked) {
            thread.abort();
        }
        revoked
    }
}

impl<F, T> Future for Call<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        if with_current(|task| task.facts().is_killed()) == Some(true) && this.revoke() {
            return Poll::Ready(None);
        }
        let parcel = &this.parcel;
        let thread = this.thread.get_or_insert_with(|| {
            let parcel = parcel.clone();
            spawn_blocking(move || begin(&parcel))
        });
        match ready!(Pin::new(thread).poll(cx)) {
            Ok(value) => Poll::Ready(value),
            Err(error) => match error.try_into_panic() {
                Ok(payload) => resume_unwind(payload),
                // The runtime is going away, and this task with it.
                Err(_) => Poll::Ready(None),
            },
        }
    }
}

/// On the thread.
fn begin<F: FnOnce() -> T, T>(parcel: &Parcel<F>) -> Option<T> {
    let parcel = parcel.lock().take();
    let (place, call) = parcel?;
    // The place comes back before anybody learns of the end.
    Some(worker::work(&place.pool().clone(), call))
}

// Nothing in it is pinned.
impl<F, T> Unpin for Call<F, T> {}

impl<F, T> Drop for Call<F, T> {
    fn drop(&mut self) {
        self.revoke();
    }
}
