use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::time::sleep;

use super::Outcome;
use super::cut::{Cut, Point};

/// More polls than any honest scenario takes; a future that wakes itself for ever stops here.
const MOST_POLLS: usize = 500;

/// So long, on a paused clock, a future may wait to be woken.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Drops a future after each of its polls, one run for each, and checks the caller's invariant every time.
///
/// `make` builds a fresh scenario for each run: the future to be dropped, and whatever is needed to look at the
/// outcome. It starts the others that the future waits for as tasks, so that the future completes if it is left alone.
/// `check` is given that state and how the run ended; it asserts what must hold.
///
/// For every n the future is dropped twice: right after its n-th poll, and when it has been woken for the next one and
/// before it is polled. The second is where a value that was handed over gets lost. The last runs let it complete.
///
/// Wake-ups are real: a poll is one by the runtime, and the other tasks run in between. Run it on a current-thread runtime
/// with a paused clock, so that every run is like the one before it and a future that nobody wakes is found out
/// at once.
///
/// Returns how many polls the future took to complete, so that a test can assert that it was pending at all.
///
/// # Cancel safety
///
/// Not meant to be cancelled: the scenario of the current run is dropped as it is.
///
/// # Panics
///
/// If `check`, `make` or the future panics: with the point of the drop and the text of the panic. If the future does
/// not complete: because nobody wakes it, or within 500 polls.
///
/// # Examples
///
/// ```
/// use greenroom_testkit::{cancel_at_every_poll, until_idle};
/// use std::sync::Arc;
/// use tokio::sync::Semaphore;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let polls = cancel_at_every_poll(
///     async || {
///         let doors = Arc::new(Semaphore::new(0));
///         tokio::spawn({ let doors = doors.clone(); async move { doors.add_permits(1) } });
///         (doors.clone(), doors.acquire_owned())
///     },
///     async |doors, outcome| {
///         drop(outcome);
///         until_idle().await;
///         assert_eq!(doors.available_permits(), 1, "a permit is lost");
///     },
/// )
/// .await;
/// assert_eq!(polls, 2);
/// # });
/// ```
pub async fn cancel_at_every_poll<S, F, M, C>(make: M, check: C) -> usize
where
    F: Future,
    M: AsyncFn() -> (S, F),
    C: AsyncFn(S, Outcome<F::Output>),
{
    for polls in 0..=MOST_POLLS {
        let at_once = run(&make, &check, Point { polls, woken: false }).await;
        let woken = run(&make, &check, Point { polls, woken: true }).await;
        if let (true, Some(polls)) = (at_once.is_some(), woken) {
            return polls;
        }
    }
    panic!("cancel_at_every_poll: the future is still pending after {MOST_POLLS} polls");
}

/// One scenario, up to one point. The number of polls, if the future completed before it.
async fn run<S, F, M, C>(make: &M, check: &C, point: Point) -> Option<usize>
where
    F: Future,
    M: AsyncFn() -> (S, F),
    C: AsyncFn(S, Outcome<F::Output>),
{
    let whole = async {
        let (state, future) = make().await;
        let mut cut = Cut::new(future, point);
        let outcome = unless_stuck(&mut cut).await;
        let completed = outcome.is_completed().then_some(cut.polls);
        check(state, outcome).await;
        completed
    };
    let mut whole = pin!(whole);
    let caught = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| whole.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await;
    caught.unwrap_or_else(|panic| panic!("cancel_at_every_poll: {point}: {}", text_of(&*panic)))
}

/// Asks the clock first: its wake-up must not pass for one of the future's.
async fn unless_stuck<F: Future>(cut: &mut Cut<F>) -> Outcome<F::Output> {
    let mut limit = pin!(sleep(LONGEST_WAIT));
    poll_fn(|context| {
        if limit.as_mut().poll(context).is_ready() {
            panic!("nobody wakes the future after poll {}: let its scenario complete it", cut.polls);
        }
        Pin::new(&mut *cut).poll(context)
    })
    .await
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a text")
}
