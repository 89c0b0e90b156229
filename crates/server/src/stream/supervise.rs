//! A server's life: running, listeners closed, draining, killing, over.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::stop::Stopper;
use crate::stream::connections::Connections;
use crate::stream::errors::AcceptError;
use crate::stream::report::StopReport;
use crate::sync::Mutex;
use crate::terminate::told_again;

/// What is left of accept loops when they end.
pub(super) type Doors = JoinSet<Result<(), AcceptError>>;

/// What a server's handles and its supervisor share.
#[derive(Debug)]
pub(super) struct Course {
    /// Listeners close.
    pub(super) closing: Stopper,
    /// Connections come to an end.
    pub(super) stopping: Stopper,
    /// The server is over, and its report is there.
    pub(super) over: Stopper,
    pub(super) report: OnceLock<StopReport>,
    pub(super) connections: Arc<Connections>,
    pub(super) grace: Duration,
    pub(super) kill_grace: Duration,
    order: Mutex<Option<Order>>,
    ordered: Notify,
}

/// The word to stop.
#[derive(Debug, Clone, Copy)]
struct Order {
    since: Instant,
    kill_at: Instant,
}

impl Course {
    pub(super) fn new(connections: Arc<Connections>, grace: Duration, kill_grace: Duration) -> Self {
        Self {
            closing: Stopper::new(),
            stopping: Stopper::new(),
            over: Stopper::new(),
            report: OnceLock::new(),
            connections,
            grace,
            kill_grace,
            order: Mutex::new(None),
            ordered: Notify::new(),
        }
    }

    /// Gives the word to stop, or brings the kill forward; never puts it off.
    pub(super) fn order(&self, grace: Duration) {
        let now = Instant::now();
        let kill_at = now.checked_add(grace).unwrap_or_else(|| now + Duration::from_secs(86_400 * 365));
        let mut order = self.order.lock();
        match &mut *order {
            Some(order) => order.kill_at = order.kill_at.min(kill_at),
            None => *order = Some(Order { since: now, kill_at }),
        }
        drop(order);
        self.ordered.notify_one();
    }

    fn ordered(&self) -> Option<Order> {
        *self.order.lock()
    }
}

/// Leads a server from its start to its end.
pub(super) async fn supervise(course: Arc<Course>, mut doors: Doors) {
    // Whatever becomes of this task, nobody waits for ever.
    let mut ending = Ending { course: Arc::clone(&course), report: StopReport::default() };
    let mut lost = Vec::new();
    let order = loop {
        if let Some(order) = course.ordered() {
            break order;
        }
        tokio::select! {
            biased;
            () = course.ordered.notified() => {}
            door = doors.join_next() => match door {
                Some(Ok(Ok(()))) => {}
                Some(Ok(Err(error))) => {
                    tracing::error!(address = %error.address(), %error, "listener lost");
                    lost.push(error);
                }
                Some(Err(panic)) => tracing::error!(error = %panic, "listener panicked"),
                None => {
                    ending.report.ended_by_itself = true;
                    course.order(course.grace);
                }
            },
        }
    };
    ending.report.lost_listeners = lost.into();

    course.closing.stop();
    while doors.join_next().await.is_some() {}

    course.stopping.stop();
    let present = course.connections.drain();
    drain(&course).await;

    let undrained = course.connections.len();
    if undrained > 0 {
        tracing::warn!(connections = undrained, "killing what has not come to an end");
    }
    ending.report.cut_off = kill(&course).await;
    ending.report.killed = undrained - ending.report.cut_off;
    ending.report.drained = present - undrained;
    ending.report.took = order.since.elapsed();
}

/// Waits for connections to come to an end, as long as the order allows.
async fn drain(course: &Course) {
    let mut hurry = told_again();
    while course.connections.worth_waiting_for() > 0 {
        let Some(order) = course.ordered() else { return };
        tokio::select! {
            biased;
            () = std::future::poll_fn(|context| hurry.poll_stopped(context)) => return,
            () = tokio::time::sleep_until(order.kill_at) => return,
            () = course.connections.changed() => {}
            () = course.ordered.notified() => {}
        }
    }
}

/// Kills the connections that are left; how many did not end in time.
async fn kill(course: &Course) -> usize {
    course.connections.kill_all();
    let deadline = Instant::now() + course.kill_grace;
    loop {
        let left = course.connections.len();
        if left == 0 || tokio::time::timeout_at(deadline, course.connections.changed()).await.is_err() {
            return left;
        }
    }
}

/// Says that the server is over when the supervisor ends, in whatever way.
struct Ending {
    course: Arc<Course>,
    report: StopReport,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.course.report.set(std::mem::take(&mut self.report));
        // In the order of the phases; after a proper end only the last is news.
        self.course.closing.stop();
        self.course.stopping.stop();
        self.course.over.stop();
    }
}
