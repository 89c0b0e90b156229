use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use greenroom_core::{BoundedSemaphore, OverRelease, Permit, Semaphore};
use greenroom_testkit::{CountingWaker, until_idle};
use tokio::task::JoinSet;

use crate::stress::{give_way, on_both_flavours, operations, or_give_up};

fn poll<F: Future + Unpin>(future: &mut F, waker: &CountingWaker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(&waker.waker()))
}

fn permit<F: Future<Output = Permit> + Unpin>(future: &mut F, waker: &CountingWaker) -> Option<Permit> {
    match poll(future, waker) {
        Poll::Ready(permit) => Some(permit),
        Poll::Pending => None,
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_permits_are_inside_and_who_waits_enters_in_order() {
    let (semaphore, order) = (Semaphore::new(2), Arc::new(Mutex::new(Vec::new())));
    let mut tasks = JoinSet::new();
    for id in 0..6 {
        let (semaphore, order) = (semaphore.clone(), order.clone());
        tasks.spawn(async move {
            let _permit = semaphore.acquire().await;
            order.lock().unwrap().push(id);
            until_idle().await;
        });
    }
    tokio::task::yield_now().await;
    assert_eq!(*order.lock().unwrap(), [0, 1]);
    tasks.join_all().await;
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(semaphore.available(), 2);
}

#[test]
fn a_free_permit_is_taken_without_suspending() {
    let (semaphore, waker) = (Semaphore::new(1), CountingWaker::new());
    assert!(permit(&mut semaphore.acquire(), &waker).is_some());
    assert!(permit(&mut semaphore.acquire(), &waker).is_some());
    assert_eq!(waker.count(), 0);
}

#[test]
fn a_permit_is_handed_over_and_cannot_be_snatched_before_its_owner_runs() {
    let (semaphore, waker) = (Semaphore::new(1), CountingWaker::new());
    let held = semaphore.try_acquire().unwrap();
    let (mut first, mut second) = (semaphore.acquire(), semaphore.acquire());
    assert!(permit(&mut first, &waker).is_none() && permit(&mut second, &waker).is_none());
    drop(held);
    assert_eq!(waker.count(), 1, "one permit wakes one");
    assert!(semaphore.try_acquire().is_none());
    assert!(permit(&mut semaphore.acquire(), &waker).is_none());
    assert!(permit(&mut second, &waker).is_none());
    assert!(permit(&mut first, &waker).is_some());
}

#[test]
fn a_cancelled_waiter_passes_its_permit_on() {
    let (semaphore, waker) = (Semaphore::new(0), CountingWaker::new());
    let (mut first, mut second) = (semaphore.acquire(), semaphore.acquire());
    assert!(permit(&mut first, &waker).is_none() && permit(&mut second, &waker).is_none());
    semaphore.release();
    drop(first);
    assert_eq!(waker.count(), 2);
    drop(permit(&mut second, &waker).unwrap());
    assert_eq!(semaphore.available(), 1);
}

#[test]
fn one_that_wants_many_holds_back_those_behind_it_until_it_has_them() {
    let (semaphore, waker) = (Semaphore::new(2), CountingWaker::new());
    let (mut many, mut one) = (semaphore.acquire_many(3), semaphore.acquire());
    assert!(permit(&mut many, &waker).is_none() && permit(&mut one, &waker).is_none());
    assert_eq!((semaphore.available(), semaphore.try_acquire().is_some()), (2, false));
    semaphore.release();
    let many = permit(&mut many, &waker).unwrap();
    assert_eq!((many.count(), semaphore.available()), (3, 0));
    assert!(permit(&mut one, &waker).is_none());
    drop(many);
    assert!(permit(&mut one, &waker).is_some());
    assert_eq!(semaphore.available(), 3);
}

#[test]
fn the_line_moves_on_when_one_that_wanted_many_leaves() {
    let (semaphore, waker) = (Semaphore::new(2), CountingWaker::new());
    let (mut many, mut one, mut other) =
        (semaphore.acquire_many(3), semaphore.acquire(), semaphore.acquire());
    assert!(permit(&mut many, &waker).is_none());
    assert!(permit(&mut one, &waker).is_none() && permit(&mut other, &waker).is_none());
    drop(many);
    assert_eq!(waker.count(), 2, "both behind it fit");
    assert!(permit(&mut one, &waker).is_some() && permit(&mut other, &waker).is_some());
    assert!(semaphore.try_acquire().is_some(), "the quick path is open again");
}

#[test]
fn one_permit_that_comes_back_for_many_serves_as_many_as_it_can() {
    let (semaphore, waker) = (Semaphore::new(3), CountingWaker::new());
    let all = permit(&mut semaphore.acquire_many(3), &waker).unwrap();
    let mut waiting: Vec<_> = (0..4).map(|_| semaphore.acquire()).collect();
    assert!(waiting.iter_mut().all(|acquire| permit(acquire, &waker).is_none()));
    drop(all);
    assert_eq!(waker.count(), 3);
    let served: Vec<_> = waiting.iter_mut().map(|acquire| permit(acquire, &waker)).collect();
    assert_eq!(served.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, true, false]);
}

#[test]
fn none_at_all_is_had_at_once_even_past_a_line() {
    let (semaphore, waker) = (Semaphore::new(0), CountingWaker::new());
    let mut one = semaphore.acquire();
    assert!(permit(&mut one, &waker).is_none());
    let none = permit(&mut semaphore.acquire_many(0), &waker).unwrap();
    assert_eq!(none.count(), 0);
    drop(none);
    assert!(permit(&mut one, &waker).is_none());
}

#[test]
fn who_only_waits_takes_nothing_and_lets_the_next_pass() {
    let (semaphore, waker) = (Semaphore::new(0), CountingWaker::new());
    let (mut look, mut take) = (semaphore.wait(), semaphore.acquire());
    assert!(poll(&mut look, &waker).is_pending() && permit(&mut take, &waker).is_none());
    semaphore.release();
    assert_eq!(waker.count(), 2);
    assert!(poll(&mut look, &waker).is_ready() && poll(&mut look, &waker).is_ready());
    assert!(permit(&mut take, &waker).is_some());
    assert!(poll(&mut semaphore.wait(), &waker).is_ready(), "one is free");
    assert_eq!(semaphore.available(), 1);
}

#[test]
fn a_dropped_permit_wakes_with_the_waker_of_the_latest_poll() {
    let (semaphore, old, new) = (Semaphore::new(1), CountingWaker::new(), CountingWaker::new());
    let held = semaphore.try_acquire().unwrap();
    let mut acquire = semaphore.acquire();
    assert!(permit(&mut acquire, &old).is_none() && permit(&mut acquire, &new).is_none());
    drop(held);
    assert_eq!((old.count(), new.count()), (0, 1));
}

#[test]
fn release_may_raise_the_count_and_a_forgotten_permit_comes_back_by_it() {
    let semaphore = Semaphore::new(1);
    semaphore.release();
    assert_eq!(semaphore.available(), 2);
    semaphore.try_acquire().unwrap().forget();
    assert_eq!(semaphore.available(), 1);
    semaphore.release();
    assert_eq!(semaphore.available(), 2);
    assert!(!semaphore.is_locked());
}

#[test]
#[should_panic(expected = "`Acquire` was polled after it had given its permit")]
fn an_acquire_that_is_over_may_not_be_polled() {
    let (semaphore, waker) = (Semaphore::new(2), CountingWaker::new());
    let mut acquire = semaphore.acquire();
    let _first = permit(&mut acquire, &waker);
    let _second = permit(&mut acquire, &waker);
}

#[test]
fn the_most_permits_can_be_held_and_one_more_is_refused() {
    let semaphore = Semaphore::new(Semaphore::MAX);
    let all = permit(&mut semaphore.acquire_many(Semaphore::MAX), &CountingWaker::new()).unwrap();
    assert!(semaphore.is_locked());
    drop(all);
    assert_eq!(semaphore.available(), Semaphore::MAX);
    let over = std::panic::catch_unwind(|| semaphore.release());
    assert!(over.is_err());
    assert_eq!(semaphore.available(), Semaphore::MAX);
    assert!(std::panic::catch_unwind(|| Semaphore::new(Semaphore::MAX + 1)).is_err());
}

#[test]
fn an_acquire_for_more_than_there_can_be_waits_and_disturbs_nothing_when_dropped() {
    let (semaphore, waker) = (Semaphore::new(1), CountingWaker::new());
    let mut absurd = semaphore.acquire_many(usize::MAX);
    assert!(permit(&mut absurd, &waker).is_none());
    drop(absurd);
    assert!(semaphore.try_acquire().is_some());
}

#[test]
fn a_bounded_semaphore_refuses_what_nobody_took() {
    let semaphore = BoundedSemaphore::new(2);
    let error: OverRelease = semaphore.release().unwrap_err();
    assert_eq!(error.to_string(), "no permit is left to be released to a semaphore bounded to 2");
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::InvalidInput);
    assert_eq!(semaphore.available(), 2);
}

#[test]
fn a_bounded_release_gives_back_what_was_forgotten_and_never_what_a_permit_holds() {
    let semaphore = BoundedSemaphore::new(3);
    let held = semaphore.try_acquire().unwrap();
    assert!(semaphore.release().is_err(), "the permit will come back by itself");
    permit(&mut semaphore.acquire_many(2), &CountingWaker::new()).unwrap().forget();
    assert!(semaphore.is_locked());
    assert!(semaphore.release().is_ok() && semaphore.release().is_ok());
    assert!(semaphore.release().is_err());
    drop(held);
    assert_eq!((semaphore.available(), semaphore.bound()), (3, 3));
}

#[test]
fn a_bounded_release_goes_to_the_first_in_the_line() {
    let (semaphore, waker) = (BoundedSemaphore::new(1), CountingWaker::new());
    semaphore.try_acquire().unwrap().forget();
    let mut acquire = semaphore.acquire();
    assert!(permit(&mut acquire, &waker).is_none());
    semaphore.release().unwrap();
    assert!(semaphore.try_acquire().is_none());
    drop(permit(&mut acquire, &waker).unwrap());
    assert_eq!(semaphore.available(), 1);
    assert!(poll(&mut pin!(semaphore.wait()), &waker).is_ready());
}

#[test]
#[should_panic(expected = "4 permits were asked of a semaphore bounded to 3")]
fn more_than_the_bound_cannot_be_asked_for() {
    drop(BoundedSemaphore::new(3).acquire_many(4));
}

#[test]
fn semaphores_show_what_is_free() {
    let semaphore = BoundedSemaphore::new(3);
    let held = semaphore.try_acquire();
    assert_eq!(format!("{:?}", Semaphore::new(1)), "Semaphore { available: 1, .. }");
    assert_eq!(format!("{semaphore:?}"), "BoundedSemaphore { available: 2, bound: 3, .. }");
    assert_eq!(format!("{held:?}"), "Some(Permit { count: 1, .. })");
    assert_eq!(format!("{:?}", semaphore.acquire()), "Acquire { count: 1, in_line: false, .. }");
}

/// Each permit stands for a seat with a number: a permit doubled finds no seat, a permit lost leaves seats that cannot
/// be reached.
#[test]
fn no_permit_is_lost_or_doubled_when_acquires_are_given_up_at_random() {
    const SEATS: usize = 5;
    const TASKS: usize = 16;
    on_both_flavours(async |seed| {
        let semaphore = BoundedSemaphore::new(SEATS);
        let seats = Arc::new(Mutex::new((0..SEATS).collect::<Vec<_>>()));
        let mut tasks = JoinSet::new();
        for id in 0..TASKS {
            let (semaphore, seats) = (semaphore.clone(), seats.clone());
            let mut random = seed.random_of(id as u64);
            tasks.spawn(async move {
                for _ in 0..operations() / TASKS {
                    let permit = match random.below(10) {
                        0..6 => or_give_up(&mut random, 40, semaphore.acquire()).await,
                        6..8 => {
                            let many = 1 + random.below(SEATS as u64) as usize;
                            or_give_up(&mut random, 40, semaphore.acquire_many(many)).await
                        }
                        8 => semaphore.try_acquire(),
                        _ => {
                            or_give_up(&mut random, 40, semaphore.wait()).await;
                            None
                        }
                    };
                    let Some(permit) = permit else { continue };
                    let taken: Vec<_> = {
                        let mut seats = seats.lock().unwrap();
                        (0..permit.count()).map(|_| seats.pop().expect("a permit without a seat")).collect()
                    };
                    give_way(&mut random).await;
                    seats.lock().unwrap().extend(taken);
                    if random.percent(10) {
                        let count = permit.count();
                        permit.forget();
                        (0..count).for_each(|_| semaphore.release().unwrap());
                    }
                }
            });
        }
        tasks.join_all().await;
        assert_eq!(semaphore.available(), SEATS);
        assert!(semaphore.release().is_err(), "nothing is owed");
        let mut seats = seats.lock().unwrap().clone();
        seats.sort_unstable();
        assert_eq!(seats, (0..SEATS).collect::<Vec<_>>());
    });
}
