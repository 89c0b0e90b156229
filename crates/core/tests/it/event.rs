use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Context;

use greenroom_core::Event;
use greenroom_testkit::{CountingWaker, until_idle};
use tokio::task::JoinSet;

use crate::stress::{on_both_flavours, operations, or_give_up};

#[tokio::test(start_paused = true)]
async fn wait_on_a_set_event_does_not_suspend() {
    let event = Event::new();
    event.set();
    let waker = CountingWaker::new();
    assert!(pin!(event.wait()).poll(&mut Context::from_waker(&waker.waker())).is_ready());
}

#[tokio::test(start_paused = true)]
async fn set_wakes_everybody_in_the_order_of_arrival() {
    let event = Event::new();
    let order = Arc::new(Mutex::new(Vec::new()));
    for id in 0..5 {
        let (event, order) = (event.clone(), order.clone());
        tokio::spawn(async move {
            event.wait().await;
            order.lock().unwrap().push(id);
        });
    }
    until_idle().await;
    assert!(order.lock().unwrap().is_empty());
    event.set();
    until_idle().await;
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn who_waits_when_it_is_set_is_free_even_if_it_is_cleared_at_once() {
    let event = Event::new();
    let waiter = tokio::spawn({
        let event = event.clone();
        async move { event.wait().await }
    });
    until_idle().await;
    event.set();
    event.clear();
    until_idle().await;
    assert!(waiter.is_finished());
    assert!(!event.is_set());
}

#[tokio::test(start_paused = true)]
async fn a_wait_counts_from_its_call_and_not_from_its_first_poll() {
    let event = Event::new();
    let wait = event.wait();
    event.set();
    event.clear();
    wait.await;

    event.set();
    let wait = event.wait();
    event.clear();
    wait.await;
}

#[tokio::test(start_paused = true)]
async fn who_comes_after_the_clear_waits_for_the_next_set() {
    let event = Event::new();
    event.set();
    event.clear();
    let waiter = tokio::spawn({
        let event = event.clone();
        async move { event.wait().await }
    });
    until_idle().await;
    assert!(!waiter.is_finished());
    event.set();
    waiter.await.unwrap();
}

#[test]
fn setting_twice_wakes_once() {
    let (event, waker) = (Event::new(), CountingWaker::new());
    let mut wait = pin!(event.wait());
    assert!(wait.as_mut().poll(&mut Context::from_waker(&waker.waker())).is_pending());
    event.set();
    event.set();
    assert_eq!(waker.count(), 1);
    for _ in 0..2 {
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker.waker())).is_ready());
    }
}

#[test]
fn only_the_waker_of_the_latest_poll_is_woken() {
    let (event, first, latest) = (Event::new(), CountingWaker::new(), CountingWaker::new());
    let mut wait = pin!(event.wait());
    for waker in [&first, &latest] {
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker.waker())).is_pending());
    }
    event.set();
    assert_eq!((first.count(), latest.count()), (0, 1));
}

#[test]
fn a_waker_may_use_the_event_that_wakes_it() {
    struct Again(Event);
    impl std::task::Wake for Again {
        fn wake(self: Arc<Self>) {
            self.0.clear();
            assert!(!self.0.is_set());
        }
    }
    let event = Event::new();
    let waker = Arc::new(Again(event.clone())).into();
    let mut wait = pin!(event.wait());
    assert!(wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    event.set();
    assert!(!event.is_set());
}

#[test]
fn a_dropped_wait_is_forgotten() {
    let (event, waker) = (Event::new(), CountingWaker::new());
    {
        let mut wait = pin!(event.wait());
        assert!(wait.as_mut().poll(&mut Context::from_waker(&waker.waker())).is_pending());
    }
    event.set();
    assert_eq!(waker.count(), 0);
}

#[test]
fn an_event_shows_whether_it_is_set() {
    let event = Event::new();
    event.set();
    assert_eq!(format!("{event:?}"), "Event { is_set: true, .. }");
}

#[test]
fn no_wake_up_is_lost_when_waits_are_given_up_at_random() {
    const WAITERS: usize = 10;
    on_both_flavours(async |seed| {
        for round in 0..operations() / WAITERS {
            let event = Event::new();
            let mut waiters = JoinSet::new();
            let mut random = seed.random_of(round as u64);
            let patient = random.below(WAITERS as u64) as usize;
            for id in 0..WAITERS {
                let wait = event.wait();
                let mut random = seed.random_of((round * WAITERS + id) as u64);
                let percent = if id == patient { 0 } else { 50 };
                waiters.spawn(async move { (id, or_give_up(&mut random, percent, wait).await) });
            }
            crate::stress::give_way(&mut random).await;
            event.set();
            event.clear();
            let mut seen = [false; WAITERS];
            while let Some(ended) = waiters.join_next().await {
                let (id, woken) = ended.unwrap();
                assert!(!std::mem::replace(&mut seen[id], true));
                assert!(id != patient || woken.is_some());
            }
            assert_eq!(seen, [true; WAITERS]);
        }
    });
}
