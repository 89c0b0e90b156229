//! The connections a server has.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::stream::connection::ConnectionId;
use crate::stream::running::Running;
use crate::sync::Mutex;

/// Who is there. Whoever stops the server is told when that changes.
#[derive(Debug, Default)]
pub(super) struct Connections {
    table: Mutex<Table>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Table {
    seats: HashMap<ConnectionId, Occupant>,
    /// Somebody waits for the table to empty. Before that nobody needs to be told.
    draining: bool,
}

#[derive(Debug, Default)]
struct Occupant {
    /// Missing for a moment, until the task has been started.
    task: Option<Running>,
    /// Its handler waits for the end of the server, which therefore cannot wait for it.
    awaits_the_end: bool,
}

/// A connection's place in the table, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    connections: Arc<Connections>,
    id: ConnectionId,
}

impl Connections {
    pub(super) fn seat(self: &Arc<Self>, id: ConnectionId) -> Seat {
        self.table.lock().seats.insert(id, Occupant::default());
        Seat { connections: Arc::clone(self), id }
    }

    /// The task of this connection has been started; it may even have ended.
    pub(super) fn started(&self, id: ConnectionId, task: Running) {
        if let Some(occupant) = self.table.lock().seats.get_mut(&id) {
            occupant.task = Some(task);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.table.lock().seats.len()
    }

    /// From now on `changed` tells.
    pub(super) fn drain(&self) -> usize {
        let mut table = self.table.lock();
        table.draining = true;
        table.seats.len()
    }

    /// How many may yet end by themselves.
    pub(super) fn worth_waiting_for(&self) -> usize {
        self.table.lock().seats.values().filter(|occupant| !occupant.awaits_the_end).count()
    }

    /// Resolves when the table has changed, also if it did so before this call. One at a time may wait.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// The connection whose task is running now waits for the end of the server, or no longer does. `None`: no
    /// connection of this server is.
    pub(super) fn current_awaits_the_end(&self, yes: bool) -> Option<()> {
        let mut table = self.table.lock();
        let current =
            table.seats.values_mut().find(|it| it.task.as_ref().is_some_and(Running::is_current))?;
        current.awaits_the_end = yes;
        drop(table);
        self.changed.notify_one();
        Some(())
    }

    pub(super) fn kill_all(&self) {
        for occupant in self.table.lock().seats.values() {
            occupant.task.as_ref().inspect(|task| task.kill());
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.connections.table.lock();
        let occupant = table.seats.remove(&self.id);
        let draining = table.draining;
        drop(table);
        drop(occupant);
        if draining {
            self.connections.changed.notify_one();
        }
    }
}
