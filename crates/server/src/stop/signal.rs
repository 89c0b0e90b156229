//! The receiving side.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::stop::Stopped;
use crate::stop::stopper::State;

/// Hears when it is time to go. Once given, the signal stays.
///
/// Cheap to clone; every clone listens for itself.
///
/// # Examples
///
/// ```no_run
/// # async fn work() {}
/// # async fn example(signal: greenroom_server::StopSignal) {
/// while !signal.is_stopped() {
///     work().await;
/// }
/// # }
/// ```
pub struct StopSignal {
    state: Arc<State>,
    place: Option<Place>,
}

/// Where this signal is parked, and with whose waker.
struct Place {
    index: u32,
    waker: Waker,
}

impl StopSignal {
    pub(super) const fn new(state: Arc<State>) -> Self {
        Self { state, place: None }
    }

    /// Whether the signal has been given.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.state.is_stopped()
    }

    /// Waits for the signal.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: the signal stays given.
    pub fn stopped(&self) -> Stopped {
        Stopped::new(self.clone())
    }

    /// Ready once the signal has been given; until then the task of `context` is woken when it is.
    ///
    /// One signal wakes one task, the last that polled it. Clone the signal to listen from two.
    pub fn poll_stopped(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.state.is_stopped() {
            return Poll::Ready(());
        }
        let waker = context.waker();
        if self.place.as_ref().is_some_and(|place| place.waker.will_wake(waker)) {
            return Poll::Pending;
        }
        let index = self.place.as_ref().map(|place| place.index);
        match self.state.park(index, waker.clone()) {
            None => Poll::Ready(()),
            Some(index) => {
                self.place = Some(Place { index, waker: waker.clone() });
                Poll::Pending
            }
        }
    }
}

impl Clone for StopSignal {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.state))
    }
}

impl Drop for StopSignal {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.state.leave(place.index);
        }
    }
}

impl fmt::Debug for StopSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StopSignal").field("stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::stop::Stopper;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Wake, Waker};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn everybody_who_listens_is_woken_once() {
        let stopper = Stopper::new();
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let mut signals: Vec<_> = (0..5).map(|_| stopper.signal()).collect();
        for signal in &mut signals {
            for _ in 0..3 {
                assert!(signal.poll_stopped(&mut Context::from_waker(&waker)).is_pending());
            }
        }
        drop(signals.pop());
        stopper.stop();
        stopper.stop();
        assert_eq!(count.0.load(Ordering::SeqCst), 4);
        for signal in &mut signals {
            assert_eq!(signal.poll_stopped(&mut Context::from_waker(&waker)), Poll::Ready(()));
        }
    }

    #[test]
    fn the_last_task_that_polled_is_the_one_woken() {
        let stopper = Stopper::new();
        let (first, second) = (Arc::new(Count::default()), Arc::new(Count::default()));
        let mut signal = stopper.signal();
        for count in [&first, &second] {
            let waker = Waker::from(Arc::clone(count));
            assert!(signal.poll_stopped(&mut Context::from_waker(&waker)).is_pending());
        }
        stopper.stop();
        assert_eq!((first.0.load(Ordering::SeqCst), second.0.load(Ordering::SeqCst)), (0, 1));
    }

    #[test]
    fn places_are_given_back_also_after_the_stop() {
        let stopper = Stopper::new();
        for round in 0..10 {
            let mut signals: Vec<_> = (0..4).map(|_| stopper.signal()).collect();
            for signal in &mut signals {
                let _ = signal.poll_stopped(&mut Context::from_waker(Waker::noop()));
            }
            if round == 8 {
                stopper.stop();
            }
        }
        assert_eq!(stopper.places(), (4, 4));
    }
}
