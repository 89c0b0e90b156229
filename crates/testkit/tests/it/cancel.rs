use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;

type Shelf = Arc<Mutex<VecDeque<u32>>>;

/// Takes an item, and only then waits: dropped in between, the item is gone.
async fn careless_move(from: Shelf, to: Shelf) {
    yield_now().await;
    let item = from.lock().unwrap().pop_front();
    yield_now().await;
    to.lock().unwrap().extend(item);
}

/// Waits first, then moves in one step.
async fn careful_move(from: Shelf, to: Shelf) {
    yield_now().await;
    yield_now().await;
    let item = from.lock().unwrap().pop_front();
    to.lock().unwrap().extend(item);
}

async fn sweep_a_move<F: Future>(mover: impl Fn(Shelf, Shelf) -> F) -> usize {
    cancel_at_every_poll(
        async || {
            let (from, to) = (Shelf::new(Mutex::new([7].into())), Shelf::default());
            ((from.clone(), to.clone()), mover(from, to))
        },
        async |(from, to), _| {
            assert_eq!(from.lock().unwrap().len() + to.lock().unwrap().len(), 1, "the item is gone");
        },
    )
    .await
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = "cancel_at_every_poll: dropped after poll 2: assertion `left == right` failed: the item is gone"
)]
async fn a_future_that_loses_an_item_is_found_out_and_the_poll_is_named() {
    sweep_a_move(careless_move).await;
}

#[tokio::test(start_paused = true)]
async fn a_future_that_keeps_its_item_passes_and_its_polls_are_counted() {
    assert_eq!(sweep_a_move(careful_move).await, 3);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "dropped after poll 1, woken and not polled again: the token is lost")]
async fn a_hand_over_that_is_lost_between_wake_up_and_poll_is_found_out() {
    cancel_at_every_poll(
        async || {
            // A oneshot refuses a token while its receiver is gone, and loses one that arrived just before.
            let (sender, receiver) = oneshot::channel();
            let pot = Shelf::default();
            let kept = pot.clone();
            tokio::spawn(async move { kept.lock().unwrap().extend(sender.send(7).err()) });
            (pot, receiver)
        },
        async |pot, outcome| {
            until_idle().await;
            assert!(outcome.is_completed() || pot.lock().unwrap().len() == 1, "the token is lost");
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn each_poll_is_cut_at_once_and_once_more_when_woken() {
    let seen = RefCell::new(Vec::new());
    cancel_at_every_poll(
        async || {
            let bell = Arc::new(Notify::new());
            tokio::spawn({
                let bell = bell.clone();
                async move { bell.notify_one() }
            });
            ((), async move { bell.notified().await })
        },
        async |(), outcome| {
            seen.borrow_mut().push(match outcome {
                Outcome::Dropped { polls, woken, .. } => Some((polls, woken)),
                Outcome::Completed(()) => None,
            });
            until_idle().await;
        },
    )
    .await;
    let dropped = [(0, false), (0, true), (1, false), (1, true)].map(Some);
    assert_eq!(*seen.borrow(), [&dropped[..], &[None, None]].concat());
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_ready_at_once_takes_one_poll() {
    assert_eq!(cancel_at_every_poll(async || ((), async {}), async |(), _| {}).await, 1);
}

#[tokio::test(start_paused = true)]
async fn timers_of_the_scenario_run_on_the_paused_clock() {
    let polls =
        cancel_at_every_poll(async || ((), tokio::time::sleep(Duration::from_secs(3600))), async |(), _| {})
            .await;
    assert_eq!(polls, 2);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "nobody wakes the future after poll 1:")]
async fn a_future_that_nobody_wakes_is_reported_and_does_not_hang() {
    cancel_at_every_poll(async || ((), pending::<()>()), async |(), _| {}).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "still pending after 500 polls")]
async fn a_future_that_wakes_itself_for_ever_is_given_up() {
    let restless = || {
        poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        })
    };
    cancel_at_every_poll(async || ((), restless()), async |(), _| {}).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "dropped after poll 2: no")]
async fn a_panic_of_the_future_itself_is_reported_with_its_poll() {
    let fragile = || async {
        yield_now().await;
        panic!("no");
    };
    cancel_at_every_poll(async || ((), fragile()), async |(), _| {}).await;
}
