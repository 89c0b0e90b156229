//! A server's life: running, listeners closed, draining, killing, over.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use greenroom_core::{Exit, TaskBuilder};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::address::SockAddr;
use crate::stop::Stopper;
use crate::stream::accept::{Lost, OnFatal};
use crate::stream::serve::Connections;
use crate::stream::server::report::StopReport;
use crate::sync::Mutex;
use crate::terminate::told_again;

/// The killed that are not over so long after their time are cut off: they never suspend, or nothing runs any more.
const OVERTIME: Duration = Duration::from_millis(200);

/// An accept loop, to be run.
pub(crate) struct Door {
    pub(crate) address: SockAddr,
    pub(crate) accepting: Pin<Box<dyn Future<Output = Result<(), Lost>> + Send>>,
}

/// What a server's handles and its supervisor share.
#[derive(Debug)]
pub(crate) struct Course {
    /// Listeners close.
    pub(crate) closing: Stopper,
    /// Connections come to an end.
    pub(crate) stopping: Stopper,
    /// The server is over, and its report is there.
    pub(crate) over: Stopper,
    pub(crate) report: OnceLock<StopReport>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) grace: Duration,
    pub(crate) kill_grace: Duration,
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
    pub(crate) fn new(connections: Arc<Connections>, grace: Duration, kill_grace: Duration) -> Self {
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
    pub(crate) fn order(&self, grace: Duration) {
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
pub(crate) async fn supervise(mut ending: Ending, doors: Vec<Door>) {
    let course = Arc::clone(&ending.course);
    let mut ended = open(doors);
    let mut lost = Vec::new();
    let order = loop {
        if let Some(order) = course.ordered() {
            break order;
        }
        tokio::select! {
            biased;
            () = course.ordered.notified() => {}
            end = ended.recv() => match end {
                Some(Ok(())) => {}
                Some(Err(Lost { error, then })) => {
                    tracing::error!(address = %error.address(), %error, ?then, "listener lost");
                    lost.push(error);
                    if then == OnFatal::DrainServer {
                        ending.report.ended_by_itself = true;
                        course.order(course.grace);
                    }
                }
                None => {
                    ending.report.ended_by_itself = true;
                    course.order(course.grace);
                }
            },
        }
    };
    course.closing.stop();
    while let Some(end) = ended.recv().await {
        lost.extend(end.err().map(|lost| lost.error));
    }
    ending.report.lost_listeners = lost.into();

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
    let tasks = course.connections.tasks();
    for task in &tasks {
        task.kill_within(course.kill_grace).reason("the server is stopping").nowait();
    }
    let deadline = Instant::now() + course.kill_grace + OVERTIME;
    let mut cut_off = 0;
    for task in tasks {
        match tokio::time::timeout_at(deadline, task.join()).await {
            Ok(Exit::CutOff(_)) | Err(_) => cut_off += 1,
            Ok(_) => {}
        }
    }
    cut_off
}

/// Runs the accept loops; what comes back is how they ended, and then the end of all.
fn open(doors: Vec<Door>) -> mpsc::UnboundedReceiver<Result<(), Lost>> {
    let (tell, ended) = mpsc::unbounded_channel();
    for Door { address, accepting } in doors {
        let tell = tell.clone();
        drop(TaskBuilder::new().name(format!("accept {address}")).spawn(async move {
            // Nobody listens any more if the supervisor was killed.
            let _ = tell.send(accepting.await);
        }));
    }
    ended
}

/// Says that the server is over when the supervisor ends, in whatever way: nobody waits for ever.
pub(crate) struct Ending {
    course: Arc<Course>,
    report: StopReport,
}

impl Ending {
    pub(crate) fn new(course: Arc<Course>) -> Self {
        Self { course, report: StopReport::default() }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.course.report.set(std::mem::take(&mut self.report));
        // In the order of the phases; after a proper end only the last is news.
        self.course.closing.stop();
        self.course.stopping.stop();
        for task in self.course.connections.tasks() {
            task.kill_within(self.course.kill_grace).nowait();
        }
        self.course.over.stop();
    }
}
