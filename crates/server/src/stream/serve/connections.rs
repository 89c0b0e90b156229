//! The connections a server has.

use std::collections::HashMap;
use std::sync::Arc;

use greenroom_core::AnyTask;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::stream::connection::ConnectionId;
use crate::sync::Mutex;

/// Who is there. Whoever stops the server is told when that changes.
#[derive(Debug, Default)]
pub(crate) struct Connections {
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
    task: Option<AnyTask>,
    /// Its handler waits for the end of the server, which therefore cannot wait for it.
    awaits_the_end: bool,
}

/// A connection's place in the table, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    connections: Arc<Connections>,
    id: ConnectionId,
}

impl Connections {
    pub(crate) fn seat(self: &Arc<Self>, id: ConnectionId) -> Seat {
        self.table.lock().seats.insert(id, Occupant::default());
        Seat { connections: Arc::clone(self), id }
    }

    /// The task of this connection has been started; it may even have ended.
    pub(crate) fn started(&self, id: ConnectionId, task: AnyTask) {
        if let Some(occupant) = self.table.lock().seats.get_mut(&id) {
            occupant.task = Some(task);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.table.lock().seats.len()
    }

    /// From now on `changed` tells.
    pub(crate) fn drain(&self) -> usize {
        let mut table = self.table.lock();
        table.draining = true;
        table.seats.len()
    }

    /// How many may yet end by themselves.
    pub(crate) fn worth_waiting_for(&self) -> usize {
        self.table.lock().seats.values().filter(|occupant| !occupant.awaits_the_end).count()
    }

    /// Resolves when the table has changed, also if it did so before this call. One at a time may wait.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// The connection whose task is running now waits for the end of the server, or no longer does. `None`: no
    /// connection of this server is.
    pub(crate) fn current_awaits_the_end(&self, yes: bool) -> Option<()> {
        let current = greenroom_core::current()?;
        let mut table = self.table.lock();
        table.seats.values_mut().find(|it| it.task.as_ref() == Some(&current))?.awaits_the_end = yes;
        drop(table);
        self.changed.notify_one();
        Some(())
    }

    /// The tasks of those who are left.
    pub(crate) fn tasks(&self) -> Vec<AnyTask> {
        self.table.lock().seats.values().filter_map(|occupant| occupant.task.clone()).collect()
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
