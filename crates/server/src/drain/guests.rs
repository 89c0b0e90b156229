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
    /// How many left since then.
    drained: usize,
    /// How many were taken away from the server, ever.
    detached: usize,
    /// What the killed have for their clean-ups, once the killing has begun.
    kill_grace: Option<Duration>,
}

/// One who has left.
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

    /// Nothing happens if he has left before.
    pub(super) fn leave(&self, place: Place) {
        self.part(place, false);
    }

    /// Leaves, and lives on elsewhere.
    pub(super) fn detach(&self, place: Place) {
        self.part(place, true);
    }

    fn part(&self, place: Place, detached: bool) {
        let mut table = self.table.lock();
        let left = table.slots.give_back(place);
        table.detached += usize::from(detached && left.is_some());
        let mut forgotten = None;
        let mut tell = false;
        if let (Some((occupant, since)), true) = (&left, table.leaving.is_some()) {
            let now = Instant::now();
            let leaver =
                Leaver { identity: Arc::clone(&occupant.identity), age: self.age(*since, now), at: now };
            tell = table.slots.len() == 0 || !table.waiting.is_empty();
            table.drained += usize::from(!detached);
            if let Some(leaving) = table.leaving.as_mut().filter(|_| !detached) {
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
        let table = self.table.lock();
        let present = table.slots.iter().map(|(it, since)| (Arc::clone(&it.identity), self.age(since, now)));
        let present: Vec<_> = present.collect();
        drop(table);
        present.into_iter().map(|(identity, age)| Guest::new(&*identity, age)).collect()
    }

    /// From now on `changed` tells, and who leaves is noted.
    pub(super) fn drain(&self) {
        self.table.lock().leaving = Some(VecDeque::with_capacity(SLOWEST));
    }

    /// How many were taken away from the server.
    pub(super) fn detached(&self) -> usize {
        self.table.lock().detached
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

    /// Kills all who are there, and whoever is yet to come. Who that is, and how many have left since `drain`.
    pub(super) fn condemn(&self, grace: Duration) -> (Vec<Condemned>, usize) {
        let now = Instant::now();
        let mut table = self.table.lock();
        table.kill_grace = Some(grace);
        let drained = table.drained;
        let condemned =
            table.slots.iter().map(|(it, since)| Condemned::new(it.clone(), self.age(since, now)));
        let condemned: Vec<_> = condemned.collect();
        drop(table);
        for task in condemned.iter().filter_map(Condemned::task) {
            Condemned::kill(task, grace);
        }
        (condemned, drained)
    }

    /// Who left since `drain`, the last first. From now on it is not noted any more.
    pub(super) fn leavers(&self) -> Vec<Leaver> {
        let leaving = self.table.lock().leaving.take();
        leaving.into_iter().flatten().rev().collect()
    }

    fn second(&self, now: Instant) -> u32 {
        u32::try_from(now.saturating_duration_since(self.opened).as_secs()).unwrap_or(u32::MAX)
    }

    fn age(&self, since: u32, now: Instant) -> Duration {
        Duration::from_secs(self.second(now).saturating_sub(since).into())
    }
}
