//! The engine without a server: doors and guests by hand.

use std::future::{Future, pending};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use greenroom_core::{AnyTask, Registry, TaskBuilder, spawn};
use greenroom_testkit::until_idle;

use crate::address::SockAddr;
use crate::drain::course::Course;
use crate::drain::door::Door;
use crate::drain::graces::Graces;
use crate::drain::guest::Identity;
use crate::drain::lost::Lost;
use crate::drain::phase::Phase;
use crate::drain::supervise::launch;
use crate::fault::AcceptError;

const SECOND: Duration = Duration::from_secs(1);

struct Session(u64);

impl Identity for Session {
    fn id(&self) -> u64 {
        self.0
    }

    fn peer(&self) -> SockAddr {
        SockAddr::Memory(self.0)
    }
}

fn course() -> Arc<Course> {
    Arc::new(Course::new("session", Graces::default()))
}

/// Lets in a guest that does this.
fn admit(course: &Course, id: u64, serve: impl Future<Output = ()> + Send + 'static) -> AnyTask {
    let seat = course.guests.seat(Arc::new(Session(id)));
    let place = seat.place();
    let task = TaskBuilder::new().spawn(async move {
        let _seat = seat;
        serve.await;
    });
    course.guests.started(place, AnyTask::from(&task));
    AnyTask::from(&task)
}

fn door(number: u64, run: impl Future<Output = Result<(), Lost>> + Send + 'static) -> Door {
    Door { address: SockAddr::Memory(number), run: Box::pin(run) }
}

/// Closes when it is told to.
fn good(course: &Course, number: u64) -> Door {
    let closing = course.closing.signal();
    door(number, async move {
        closing.stopped().await;
        Ok(())
    })
}

fn lost(number: u64) -> Lost {
    AcceptError::new(SockAddr::Memory(number), io::Error::other("gone")).into()
}

#[tokio::test(start_paused = true)]
async fn a_lost_door_ends_the_server_only_if_it_does_not_go_on_without() {
    for drain in [false, true] {
        let course = course();
        let second = door(2, async move {
            tokio::time::sleep(SECOND).await;
            Err(Lost { drain, ..lost(2) })
        });
        let grip = launch(Arc::clone(&course), vec![good(&course, 1), second]);
        tokio::time::sleep(2 * SECOND).await;
        assert_eq!(course.phase() == Phase::Done, drain);
        let report = grip.stop().await;
        assert_eq!(report.ended_by_itself, drain);
        assert_eq!(report.lost_listeners.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_door_that_does_not_close_holds_the_stop_up_for_no_longer_than_the_grace() {
    let course = course();
    let grip = launch(Arc::clone(&course), vec![door(1, pending())]);
    admit(&course, 1, course.stopping.signal().stopped());
    until_idle().await;
    let report = grip.stop_within(4 * SECOND).await;
    assert_eq!(report.took, 4 * SECOND);
    // It had no time left after it had heard.
    assert_eq!(report.drained + report.killed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_guest_that_comes_in_during_the_kill_is_killed_as_well() {
    let course = course();
    let grip = launch(Arc::clone(&course), vec![good(&course, 1)]);
    let cleaning = greenroom_core::finally(pending(), async { tokio::time::sleep(SECOND).await });
    admit(&course, 1, cleaning);
    until_idle().await;
    let end = grip.stop_within(Duration::ZERO);
    until_idle().await;
    assert_eq!(course.phase(), Phase::Killing);
    let late = admit(&course, 2, pending());
    assert_eq!(end.await.killed, 1);
    assert!(late.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_guest_that_waits_for_the_end_twice_or_no_longer_is_told_apart() {
    for gives_up in [false, true] {
        let course = course();
        let grip = launch(Arc::clone(&course), vec![good(&course, 1)]);
        let handle = Arc::clone(&grip);
        admit(&course, 1, async move {
            let both = async { tokio::join!(handle.stop(), handle.wait()) };
            if gives_up {
                let _ = tokio::time::timeout(Duration::ZERO, both).await;
                tokio::time::sleep(2 * SECOND).await;
            } else {
                both.await;
            }
        });
        admit(&course, 2, tokio::time::sleep(SECOND));
        let report = grip.wait().await;
        let expected = if gives_up { (2, 0, 2 * SECOND) } else { (1, 1, SECOND) };
        assert_eq!((report.drained, report.killed, report.took), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn guests_are_called_what_the_server_calls_them() {
    let course = course();
    let grip = launch(Arc::clone(&course), vec![good(&course, 1)]);
    admit(&course, 7, course.stopping.signal().stopped());
    until_idle().await;
    assert_eq!(grip.stop().await.to_string(), "stopped in 0.0 s: 1 session drained, 0 killed, 0 cut off");
}

#[tokio::test(start_paused = true)]
async fn a_killed_supervisor_closes_kills_and_tells() {
    let course = course();
    let grip = launch(Arc::clone(&course), vec![good(&course, 815)]);
    let guest = admit(&course, 1, pending());
    let end = spawn(grip.wait());
    until_idle().await;
    let tasks = Registry::tasks();
    let supervisor = tasks.iter().find(|task| task.name() == Some("server memory:815")).unwrap();
    supervisor.kill().await;
    assert_eq!(course.phase(), Phase::Done);
    assert!(course.closing.is_stopped() && course.stopping.is_stopped());
    let report = end.get().await.unwrap();
    assert!(report.ended_by_itself && !report.is_clean(), "nobody takes this for a stop: {report}");
    assert_eq!((report.killed, report.lost_listeners.len()), (1, 1));
    assert_eq!(report.lost_listeners[0].address(), &SockAddr::Memory(815));
    assert!(guest.join().await.is_killed());
    let late = admit(&course, 2, pending());
    assert!(late.join().await.is_killed(), "also who came in too late to be told");
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_that_is_killed_during_a_stop_tells_what_it_knows() {
    let course = course();
    let grip = launch(Arc::clone(&course), vec![good(&course, 816)]);
    let (leaves, stays) = (admit(&course, 1, std::future::ready(())), admit(&course, 2, pending()));
    leaves.join().await;
    let end = grip.stop();
    while course.phase() < Phase::Draining {
        tokio::task::yield_now().await;
    }
    until_idle().await;
    let tasks = Registry::tasks();
    tasks.iter().find(|task| task.name() == Some("server memory:816")).unwrap().kill().await;
    let report = end.await;
    assert!(!report.ended_by_itself && report.lost_listeners.is_empty(), "it was told to: {report}");
    assert_eq!((report.drained, report.killed), (0, 1));
    assert!(stays.join().await.is_killed());
}
