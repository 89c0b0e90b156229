//! Where an engine goes when its socket is dropped.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use crate::websocket::engine::Engine;

/// The connection's task waits here for its engine, which is with the handler, or with whoever the handler gave it to.
#[derive(Debug, Default)]
pub(super) struct Home(Mutex<Place>);

#[derive(Debug, Default)]
struct Place {
    engine: Option<Box<Engine>>,
    waiting: Option<Waker>,
}

impl Home {
    pub(super) fn put(&self, engine: Box<Engine>) {
        let waiting = {
            let mut place = self.lock();
            place.engine = Some(engine);
            place.waiting.take()
        };
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    pub(super) async fn returned(&self) -> Box<Engine> {
        poll_fn(|context| {
            let mut place = self.lock();
            if let Some(engine) = place.engine.take() {
                return Poll::Ready(engine);
            }
            let old = place.waiting.replace(context.waker().clone());
            drop(place);
            drop(old);
            Poll::Pending
        })
        .await
    }

    /// Nothing is left half-done under this lock, also by a panic.
    fn lock(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
