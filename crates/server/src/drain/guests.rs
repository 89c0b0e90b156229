//! Those a server serves: who is there, and who leaves while it stops.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use greenroom_core::{AnyTask, TaskId};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use crate::drain::condemned::Condemned;
use crate::drain::guest::{Guest, Identity};
use crate::drain::slots::{Occupant, Place, Slots};
use crate::drain::straggler::SLOWEST;
use crate::sync::Mutex;

/// Who is there. Whoever stops the server is told when it matters that somebody left.
pub(crate) struct Guests {
    table: Mutex<Table>,
    changed: Notify,
    /// From which the seconds in the table count.
    opened: Instant,
}

#[derive(Default)]
struct Table {
    slots: Slots,
    /// Tasks that wait for the end of the server, which therefore cannot wait for them.
    waiting: Vec<TaskId>,
    /// Who left last, once somebody waits for the table to empty. Before that nobody needs to be told.
    leaving: Option<VecDeque<Leaver>>,
    /// What the killed have for their clean-ups, once the killing has begun.
    kill_grace: Option<Duration>,
}

/// One who has left.
#[derive(Clone)]
pub(super) struct Leaver {
    pub(super) identity: Arc<dyn Identity>,
    pub(super) age: Duration,
    pub(super) at: Instant,
}

impl Guests {
    pub(super) fn new() -> Self {
        Self { table: Mutex::default(), changed: Notify::new(), opened: Instant::now() }
    }

    pub(super) fn enter(&self, identity: Arc<dyn Identity>) -> Place {
        let since = self.second(Instant::now());
        self.table.lock().slots.take(identity, since)
    }

    pub(super) fn leave(&self, place: Place) {
        let mut table = self.table.lock();
        let left = table.slots.give_back(place);
        let mut forgotten = None;
        let mut tell = false;
        if let (Some((occupant, since)), true) = (&left, table.leaving.is_some()) {
            let now = Instant::now();
            let leaver =
                Leaver { identity: Arc::clone(&occupant.identity), age: self.age(*since, now), at: now };
            tell = table.slots.len() == 0 || !table.waiting.is_empty();
            if let Some(leaving) = &mut table.leaving {
                forgotten = if leaving.len() < SLOWEST { None } else { leaving.pop_front() };
                leaving.push_back(leaver);
            }
        }
        drop(table);
        drop((left, forgotten));
        if tell {
            self.changed.notify_one();
        }
    }

    /// The task of the guest at this place has been started; it may even have ended.
    pub(crate) fn started(&self, place: Place, task: AnyTask) {
        let mut table = self.table.lock();
        let Some(occupant) = table.slots.at(place) else { return };
        occupant.task = Some(task.clone());
        let kill_grace = table.kill_grace;
        drop(table);
        if let Some(grace) = kill_grace {
            Condemned::kill(&task, grace);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.table.lock().slots.len()
    }

    /// All who are there, in no order.
    pub(crate) fn list(&self) -> Vec<Guest> {
        let now = Instant::now();
        self.occupants(|occupant, since| (Arc::clone(&occupant.identity), self.age(since, now)))
            .into_iter()
            .map(|(identity, age)| Guest::new(&*identity, age))
            .collect()
    }

    /// From now on `changed` tells. How many are there.
    pub(super) fn drain(&self) -> usize {
        let mut table = self.table.lock();
        table.leaving = Some(VecDeque::with_capacity(SLOWEST));
        table.slots.len()
    }

    /// Whether somebody is there who may yet end by himself.
    pub(super) fn worth_waiting_for(&self) -> bool {
        let table = self.table.lock();
        if table.waiting.is_empty() {
            return table.slots.len() > 0;
        }
        let waits = |occupant: &Occupant| {
            occupant.task.as_ref().is_some_and(|task| table.waiting.contains(&task.id()))
        };
        table.slots.iter().any(|(occupant, _)| !waits(occupant))
    }

    /// Resolves when the table has changed, also if it did so before this call. One at a time may wait.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// This task waits for the end of the server; it may be a guest's.
    pub(super) fn waits(&self, task: TaskId) {
        self.table.lock().waiting.push(task);
        self.changed.notify_one();
    }

    /// It no longer does.
    pub(super) fn waits_no_longer(&self, task: TaskId) {
        let mut table = self.table.lock();
        if let Some(at) = table.waiting.iter().position(|waiting| *waiting == task) {
            table.waiting.swap_remove(at);
        }
    }

    /// Kills all who are there, and whoever is yet to come.
    pub(super) fn condemn(&self, grace: Duration) -> Vec<Condemned> {
        let now = Instant::now();
        self.table.lock().kill_grace = Some(grace);
        let condemned = self.occupants(|it, since| Condemned::new(it.clone(), self.age(since, now)));
        for task in condemned.iter().filter_map(Condemned::task) {
            Condemned::kill(task, grace);
        }
        condemned
    }

    /// Who left since `drain`, the last first.
    pub(super) fn leavers(&self) -> Vec<Leaver> {
        self.table.lock().leaving.iter().flatten().rev().cloned().collect()
    }

    fn occupants<T>(&self, of: impl Fn(&Occupant, u32) -> T) -> Vec<T> {
        self.table.lock().slots.iter().map(|(occupant, since)| of(occupant, since)).collect()
    }

    fn second(&self, now: Instant) -> u32 {
        u32::try_from(now.saturating_duration_since(self.opened).as_secs()).unwrap_or(u32::MAX)
    }

    fn age(&self, since: u32, now: Instant) -> Duration {
        Duration::from_secs(self.second(now).saturating_sub(since).into())
    }
}
