//! The sending side, and the state both sides share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use crate::stop::StopSignal;
use crate::sync::Mutex;

/// Gives the stop signal, once and for all.
///
/// It can be cloned, and any clone may call [`stop`](Self::stop). Dropping it gives no signal.
///
/// # Examples
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let stopper = greenroom_server::Stopper::new();
/// let signal = stopper.signal();
/// assert!(!signal.is_stopped());
/// stopper.stop();
/// signal.stopped().await;
/// # });
/// ```
#[derive(Clone, Default)]
pub struct Stopper {
    state: Arc<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// Written under the lock of `places`; read without it.
    stopped: AtomicBool,
    places: Mutex<Places>,
}

/// The wakers of those who listen, each at the place its signal remembers.
#[derive(Default)]
struct Places {
    wakers: Vec<Option<Waker>>,
    free: Vec<u32>,
}

impl Stopper {
    /// A signal not yet given.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the signal. Giving it again changes nothing.
    pub fn stop(&self) {
        let wakers = {
            let mut places = self.state.places.lock();
            self.state.stopped.store(true, Ordering::Release);
            // The places stay: their signals give them back when dropped.
            places.wakers.iter_mut().filter_map(Option::take).collect::<Vec<_>>()
        };
        for waker in wakers {
            waker.wake();
        }
    }

    /// Whether the signal has been given.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.state.is_stopped()
    }

    /// The receiving side.
    #[must_use]
    pub fn signal(&self) -> StopSignal {
        StopSignal::new(Arc::clone(&self.state))
    }
}

impl fmt::Debug for Stopper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stopper").field("stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

impl State {
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Puts the waker at `place`, or at a new one. `None` if the signal has been given.
    pub(super) fn park(&self, place: Option<u32>, waker: Waker) -> Option<u32> {
        let mut places = self.places.lock();
        if self.is_stopped() {
            return None;
        }
        let place = place.or_else(|| places.free.pop()).unwrap_or_else(|| {
            places.wakers.push(None);
            // Four thousand million signals do not fit into memory.
            (places.wakers.len() - 1) as u32
        });
        let replaced = places.wakers[place as usize].replace(waker);
        drop(places);
        drop(replaced);
        Some(place)
    }

    pub(super) fn leave(&self, place: u32) {
        let mut places = self.places.lock();
        let waker = places.wakers[place as usize].take();
        places.free.push(place);
        drop(places);
        drop(waker);
    }

    #[cfg(test)]
    pub(super) fn places(&self) -> (usize, usize) {
        let places = self.places.lock();
        (places.wakers.len(), places.free.len())
    }
}

#[cfg(test)]
impl Stopper {
    pub(super) fn places(&self) -> (usize, usize) {
        self.state.places()
    }
}
