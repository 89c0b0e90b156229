//! A server's life: running, told to stop, listeners closed, draining, killing, over.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use greenroom_core::TaskBuilder;
use tokio::time::Instant;

use crate::drain::condemned::Condemned;
use crate::drain::course::Course;
use crate::drain::door::{Door, Doors};
use crate::drain::ending::Ending;
use crate::drain::grip::Grip;
use crate::drain::guest::Guest;
use crate::drain::guests::Leaver;
use crate::drain::phase::Phase;
use crate::drain::straggler::{Fate, SLOWEST, Straggler};

/// The killed that are not over so long after their time are cut off: they never suspend, or nothing runs any more.
const OVERTIME: Duration = Duration::from_millis(200);

/// Opens the doors. The server runs until its handles say otherwise, which hold what this returns.
pub(crate) fn launch(course: Arc<Course>, doors: Vec<Door>) -> Arc<Grip> {
    let name = doors.first().map_or_else(|| "server".to_owned(), |door| format!("server {}", door.address));
    let grip = Arc::new(Grip::new(Arc::clone(&course)));
    let open = doors.iter().map(|door| door.address.clone()).collect();
    let supervisor = supervise(Ending::new(course, open), name.clone(), doors);
    drop(TaskBuilder::new().name(name).spawn(supervisor));
    grip
}

/// Leads a server from its start to its end.
async fn supervise(mut ending: Ending, name: String, doors: Vec<Door>) {
    let course = Arc::clone(&ending.course);
    let mut doors = Doors::open(doors);
    ending.report.ended_by_itself = run(&course, &mut doors).await;
    let since = course.ordered().await.since;

    // A server that lost all its listeners has nothing to be a lame duck for.
    tokio::select! {
        biased;
        () = course.due(|order| order.close_at) => {}
        () = doors.all() => {}
    }
    ending.report.lost_listeners = doors.lost.as_slice().into();

    // Closing takes the doors a moment, in which guests come and go.
    course.guests.drain();
    course.reach(Phase::Draining);
    tokio::select! {
        biased;
        () = doors.all() => {}
        () = course.due(|order| order.kill_at) => doors.slam(),
    }

    course.stopping.stop();
    drain(&course).await;

    course.reach(Phase::Killing);
    let (condemned, drained) = course.guests.condemn(course.graces.kill_grace);
    let fates = kill(&course, &condemned).await;
    let count = |what| fates.iter().filter(|fate| **fate == what).count();
    ending.report.killed = count(Fate::Killed);
    ending.report.cut_off = count(Fate::CutOff);
    ending.report.drained = drained + count(Fate::Drained);
    ending.report.detached = course.guests.detached();
    ending.report.slowest = slowest(&condemned, &fates, &course.guests.leavers(), since).into();
    ending.report.took = since.elapsed();
    ending.whole = true;
    ending.report.log(&name);
}

/// Resolves when the server is to stop; whether it decided so itself.
async fn run(course: &Course, doors: &mut Doors) -> bool {
    loop {
        tokio::select! {
            biased;
            _ = course.ordered() => return false,
            go_on = doors.next() => if go_on != Some(true) { break },
        }
    }
    course.order(course.graces.grace);
    true
}

/// Waits for guests to come to an end, as long as the order allows.
async fn drain(course: &Course) {
    let mut due = pin!(course.due(|order| order.kill_at));
    while course.guests.worth_waiting_for() {
        tokio::select! {
            biased;
            () = &mut due => return,
            () = course.guests.changed() => {}
        }
    }
}

/// Waits for the ends of those who are being killed.
async fn kill(course: &Course, condemned: &[Condemned]) -> Vec<Fate> {
    let deadline = Instant::now() + course.graces.kill_grace + OVERTIME;
    let mut fates = Vec::with_capacity(condemned.len());
    for guest in condemned {
        fates.push(guest.fate(deadline).await);
    }
    fates
}

/// The last to leave, the last first: before all who left, those who never did.
fn slowest(condemned: &[Condemned], fates: &[Fate], leavers: &[Leaver], since: Instant) -> Vec<Straggler> {
    let now = Instant::now();
    let fate_of = |id| {
        let known = condemned.iter().zip(fates).find(|(guest, _)| guest.identity().id() == id);
        known.map_or(Fate::Drained, |(_, fate)| *fate)
    };
    let cut_off = condemned.iter().zip(fates).filter(|(_, fate)| **fate == Fate::CutOff).map(|(it, fate)| {
        let guest = Guest::new(&**it.identity(), it.age());
        Straggler { guest, took: now - since, outcome: *fate }
    });
    let left = leavers.iter().map(|leaver| {
        let guest = Guest::new(&*leaver.identity, leaver.age);
        Straggler { outcome: fate_of(guest.id), guest, took: leaver.at.saturating_duration_since(since) }
    });
    cut_off.chain(left.filter(|straggler| straggler.outcome != Fate::CutOff)).take(SLOWEST).collect()
}
