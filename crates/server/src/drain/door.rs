//! Where guests come in.

use std::future::Future;
use std::io;
use std::pin::Pin;

use greenroom_core::{AnyTask, TaskBuilder};
use tokio::sync::mpsc;

use crate::address::SockAddr;
use crate::drain::lost::Lost;
use crate::fault::AcceptError;

/// A loop that lets guests in, to be run: an accept loop, or one that receives.
///
/// It ends well when `Course::closing` says so, and with an error when its listener is finished. Whom it lets in, it gives
/// a seat before it is polled again.
pub(crate) struct Door {
    pub(crate) address: SockAddr,
    pub(crate) run: Pin<Box<dyn Future<Output = Result<(), Lost>> + Send>>,
}

/// The doors of a server, each run by a task of its own.
pub(super) struct Doors {
    ended: mpsc::UnboundedReceiver<Result<(), Lost>>,
    tasks: Vec<AnyTask>,
    pub(super) lost: Vec<AcceptError>,
}

impl Doors {
    pub(super) fn open(doors: Vec<Door>) -> Self {
        let (tell, ended) = mpsc::unbounded_channel();
        let tasks = doors.into_iter().map(|door| {
            let Door { address, run } = door;
            let name = format!("listen {address}");
            let hinge = Hinge { address, tell: tell.clone(), end: None };
            let task = TaskBuilder::new().name(name).spawn(async move {
                // All of it, and as a local: so that a panic finds it.
                let mut hinge = hinge;
                hinge.end = Some(run.await);
            });
            AnyTask::from(&task)
        });
        Self { tasks: tasks.collect(), ended, lost: Vec::new() }
    }

    /// Waits for the end of one: whether the server is to go on without it. `None`: all have ended.
    pub(super) async fn next(&mut self) -> Option<bool> {
        match self.ended.recv().await? {
            Ok(()) => Some(true),
            Err(Lost { error, drain }) => {
                tracing::error!(address = %error.address(), %error, "listener lost");
                self.lost.push(error);
                Some(!drain)
            }
        }
    }

    /// Waits for the end of all.
    pub(super) async fn all(&mut self) {
        while self.next().await.is_some() {}
    }

    /// Does not wait for those that have not heard that it is time to close.
    pub(super) fn slam(&self) {
        for task in self.tasks.iter().filter(|task| !task.is_finished()) {
            tracing::warn!(task = task.name(), "a listener does not close: killing its task");
            task.kill().reason("the server is stopping").nowait();
        }
    }
}

/// Tells how a door's loop ended, also when it panicked: no listener is lost without a word.
struct Hinge {
    address: SockAddr,
    tell: mpsc::UnboundedSender<Result<(), Lost>>,
    end: Option<Result<(), Lost>>,
}

impl Drop for Hinge {
    fn drop(&mut self) {
        let end = self.end.take().unwrap_or_else(|| {
            let why = if std::thread::panicking() { "its loop panicked" } else { "its loop was killed" };
            Err(AcceptError::new(self.address.clone(), io::Error::other(why)).into())
        });
        // Nobody listens any more if the supervisor was killed.
        let _ = self.tell.send(end);
    }
}
