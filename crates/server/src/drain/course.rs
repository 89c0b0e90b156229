//! What a server's handles, its supervisor and its loops share.

use std::future::poll_fn;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::drain::graces::Graces;
use crate::drain::guests::Guests;
use crate::drain::order::Order;
use crate::drain::phase::Phase;
use crate::drain::report::{Noun, StopReport};
use crate::stop::Stopper;
use crate::sync::Mutex;
use crate::terminate::told_again;

/// A server's way from its start to its end: how far it is, and the word to stop.
pub(crate) struct Course {
    pub(crate) guests: Arc<Guests>,
    pub(crate) graces: Graces,
    /// The server has been told to stop.
    pub(crate) told: Stopper,
    /// Doors close.
    pub(crate) closing: Stopper,
    /// Guests come to an end.
    pub(crate) stopping: Stopper,
    /// The server is over, and its report is there.
    pub(super) over: Stopper,
    pub(super) report: OnceLock<StopReport>,
    pub(super) noun: Noun,
    phase: AtomicU8,
    order: Mutex<Option<Order>>,
    ordered: Notify,
}

impl Course {
    /// `noun` is what a guest is called in the report: "connection".
    pub(crate) fn new(noun: &'static str, graces: Graces) -> Self {
        Self {
            guests: Arc::new(Guests::new()),
            graces,
            told: Stopper::new(),
            closing: Stopper::new(),
            stopping: Stopper::new(),
            over: Stopper::new(),
            report: OnceLock::new(),
            noun: Noun(noun),
            phase: AtomicU8::new(Phase::Running as u8),
            order: Mutex::new(None),
            ordered: Notify::new(),
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        Phase::from_u8(self.phase.load(Ordering::Acquire))
    }

    /// Goes on to this phase, or stays where it is if that is further.
    pub(super) fn reach(&self, phase: Phase) {
        self.phase.fetch_max(phase as u8, Ordering::AcqRel);
        if phase >= Phase::LameDuck {
            self.told.stop();
        }
        if phase >= Phase::Draining {
            self.closing.stop();
        }
    }

    /// Gives the word to stop, or brings the kill forward; never puts it off.
    pub(super) fn order(&self, grace: Duration) {
        let now = Instant::now();
        let mut order = self.order.lock();
        match &mut *order {
            Some(order) => order.hurry(now, grace),
            None => *order = Some(Order::new(now, &self.graces, grace)),
        }
        drop(order);
        self.reach(Phase::LameDuck);
        self.ordered.notify_one();
    }

    /// Resolves when the word to stop has been given. As with the next, the supervisor alone may wait.
    pub(super) async fn ordered(&self) -> Order {
        loop {
            if let Some(order) = *self.order.lock() {
                return order;
            }
            self.ordered.notified().await;
        }
    }

    /// Resolves when `what` of the order is due, however it is brought forward, or when somebody is in a hurry.
    pub(super) async fn due(&self, what: fn(&Order) -> Instant) {
        let mut hurry = told_again();
        loop {
            let at = what(&self.ordered().await);
            // A sleep of no time takes until the next tick of the timer.
            if at <= Instant::now() {
                return;
            }
            tokio::select! {
                biased;
                () = poll_fn(|context| hurry.poll_stopped(context)) => return,
                () = tokio::time::sleep_until(at) => return,
                () = self.ordered.notified() => {}
            }
        }
    }
}
