//! What servers see of a budget: entrances, permits, and settings that change meanwhile.

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use greenroom_core::{Pool, TaskBuilder};
use greenroom_testkit::{CountingWaker, cancel_at_every_poll};
use tokio::time::{Instant, sleep};

use super::{Entrance, HandshakeEntrance, HandshakePermit, Limits, Permit, Rank};

async fn enter(limits: &Limits, rank: Rank) -> Permit {
    let mut entrance = limits.entrance(rank);
    poll_fn(|context| entrance.poll_enter(context)).await.unwrap()
}

/// A permit, if there is one at once.
fn try_enter(limits: &Limits, rank: Rank) -> Option<Permit> {
    poll(&mut limits.entrance(rank), &CountingWaker::new())
}

fn poll(entrance: &mut Entrance, waker: &CountingWaker) -> Option<Permit> {
    match entrance.poll_enter(&mut Context::from_waker(&waker.waker())) {
        Poll::Ready(entered) => Some(entered.unwrap()),
        Poll::Pending => None,
    }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn two_entrances_share_a_budget_and_each_is_served_in_turn() {
    let limits = Limits::from(1);
    let permit = try_enter(&limits, Rank::Ordinary).unwrap();
    let (mut first, mut second) = (limits.entrance(Rank::Ordinary), limits.clone().entrance(Rank::Ordinary));
    let (waker, other) = (CountingWaker::new(), CountingWaker::new());
    assert!(poll(&mut first, &waker).is_none() && poll(&mut second, &other).is_none());
    drop(permit);
    assert_eq!((waker.count(), other.count()), (1, 0));
    assert!(poll(&mut second, &other).is_none(), "it is the first's");
    poll(&mut first, &waker).unwrap().give_back();
    assert_eq!((waker.count(), other.count()), (1, 1));
    let permit = poll(&mut second, &other).unwrap();
    assert_eq!(limits.open_connections(), 1);
    drop(permit);
    assert_eq!(limits.open_connections(), 0);
}

#[test]
fn the_latest_waker_of_an_entrance_is_the_one_woken() {
    let limits = Limits::from(0);
    let mut entrance = limits.entrance(Rank::Ordinary);
    let (old, new) = (CountingWaker::new(), CountingWaker::new());
    assert!(poll(&mut entrance, &old).is_none() && poll(&mut entrance, &new).is_none());
    limits.set_connections(1);
    assert_eq!((old.count(), new.count()), (0, 1));
}

#[test]
fn a_lowered_limit_closes_nothing_and_holds_back_until_enough_have_gone() {
    let limits = Limits::from(3);
    let mut permits: Vec<_> = (0..3).map(|_| try_enter(&limits, Rank::Ordinary).unwrap()).collect();
    limits.set_connections(1);
    assert_eq!((limits.open_connections(), limits.max_connections()), (3, 1));
    let (mut entrance, waker) = (limits.entrance(Rank::Ordinary), CountingWaker::new());
    for open in [3, 2, 1] {
        assert!(poll(&mut entrance, &waker).is_none());
        assert_eq!((limits.open_connections(), waker.count()), (open, 0));
        permits.pop();
    }
    assert_eq!(waker.count(), 1);
    permits.extend(poll(&mut entrance, &waker));
    limits.set_connections(2);
    permits.extend(try_enter(&limits, Rank::Ordinary));
    assert!(try_enter(&limits, Rank::Ordinary).is_none());
    assert_eq!((permits.len(), limits.open_connections()), (2, 2));
    drop(permits);
    assert_eq!(limits.open_connections(), 0);
}

#[test]
fn a_privileged_entrance_finds_room_where_an_ordinary_one_waits() {
    let limits = Limits::from(3).reserve(1);
    let permits: Vec<_> = (0..2).map(|_| try_enter(&limits, Rank::Ordinary).unwrap()).collect();
    let (mut ordinary, waker) = (limits.entrance(Rank::Ordinary), CountingWaker::new());
    assert!(poll(&mut ordinary, &waker).is_none());
    let admin = try_enter(&limits, Rank::Privileged).unwrap();
    assert!(try_enter(&limits, Rank::Privileged).is_none());
    drop(admin);
    assert_eq!(waker.count(), 0, "the reserve is not for it");
    limits.set_reserve(0);
    assert_eq!(waker.count(), 1);
    assert!(poll(&mut ordinary, &waker).is_some());
    assert_eq!((permits.len(), limits.reserved_connections()), (2, 0));
}

#[test]
fn a_permit_is_counted_under_its_source_until_it_is_gone() {
    let limits = Limits::new().per_address(2);
    let [mapped, plain, other] = ["::ffff:127.0.0.1", "127.0.0.1", "127.0.2.1"].map(|ip| ip.parse().unwrap());
    let [mut first, mut second, mut third] = [(); 3].map(|()| try_enter(&limits, Rank::Ordinary).unwrap());
    first.admit(mapped).unwrap();
    second.admit(plain).unwrap();
    let refused = std::io::Error::from(third.admit(mapped).unwrap_err());
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    assert_eq!(refused.to_string(), "127.0.0.1 has 2 connections, which is the limit for one address");
    assert_eq!((limits.refused_by_address(), limits.connections_from(mapped)), (1, 2));
    assert_eq!(limits.open_connections(), 3, "it is open until it is closed");
    third.admit(other).unwrap();
    second.admit(other).unwrap();
    first.give_back();
    assert_eq!((limits.connections_from(plain), limits.connections_from(other)), (0, 2));
    drop((second, third));
    assert_eq!((limits.connections_from(other), limits.open_connections()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_entrance_waits_for_a_slot_of_the_pool_and_the_slot_becomes_the_tasks() {
    let pool = Pool::new(1);
    let limits = Limits::from(pool.clone());
    let mut permit = enter(&limits, Rank::Ordinary).await;
    assert_eq!((pool.free(), pool.len(), limits.open_connections()), (0, 0, 1));
    let task = permit.take_slot().unwrap().spawn_with(TaskBuilder::new(), pending::<()>());
    assert!(permit.take_slot().is_none() && pool.contains(&task));

    let (mut waits, waker) = (limits.entrance(Rank::Ordinary), CountingWaker::new());
    assert!(poll(&mut waits, &waker).is_none());
    assert_eq!(limits.open_connections(), 1, "while it waits for the pool it keeps no place in the budget");
    drop(permit);
    assert!(poll(&mut waits, &waker).is_none(), "the task is still there");
    task.kill().await;
    assert_eq!(waker.count(), 1);
    poll(&mut waits, &waker).unwrap().give_back();
    assert_eq!((pool.free(), limits.open_connections()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn two_budgets_share_the_size_of_a_pool_and_other_users_stand_in_the_same_line() {
    let pool = Pool::new(1);
    let (mail, web) = (Limits::from(pool.clone()), Limits::from(pool.clone()));
    let permit = try_enter(&mail, Rank::Ordinary).unwrap();
    let (mut waits, waker) = (web.entrance(Rank::Ordinary), CountingWaker::new());
    assert!(poll(&mut waits, &waker).is_none());
    let mut spawning = pool.spawn(async {});
    assert!(poll_fn(|context| Poll::Ready(Pin::new(&mut spawning).poll(context).is_pending())).await);
    drop(permit);
    assert_eq!(waker.count(), 1);
    drop(waits);
    spawning.await.unwrap().join().await;
    assert_eq!((pool.free(), mail.open_connections(), web.open_connections()), (1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_was_handed_over_is_kept_while_the_budget_lets_wait() {
    let pool = Pool::new(1);
    let limits = Limits::from_pool(pool.clone()).connections(1);
    let slot = pool.reserve().await.unwrap();
    let (mut waits, waker) = (limits.entrance(Rank::Ordinary), CountingWaker::new());
    assert!(poll(&mut waits, &waker).is_none());
    limits.set_connections(0);
    drop(slot);
    assert_eq!(waker.count(), 1);
    assert!(poll(&mut waits, &waker).is_none());
    assert_eq!((pool.free(), limits.open_connections()), (0, 0));
    limits.set_connections(1);
    assert_eq!(waker.count(), 2);
    assert!(poll(&mut waits, &waker).is_some());
    drop(waits);
    assert_eq!((pool.free(), limits.open_connections()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_killed_pool_is_an_error_at_the_entrance_and_leaks_nothing() {
    let pool = Pool::new(1);
    let limits = Limits::from(pool.clone());
    let permit = enter(&limits, Rank::Ordinary).await;
    let (mut waits, waker) = (limits.entrance(Rank::Ordinary), CountingWaker::new());
    assert!(poll(&mut waits, &waker).is_none());
    pool.kill().reason("closing").await;
    assert_eq!(waker.count(), 1);
    let error = poll_fn(|context| waits.poll_enter(context)).await.map(drop).unwrap_err();
    assert_eq!(error.to_string(), "the pool was killed: closing");
    let error = poll_fn(|context| waits.poll_enter(context)).await.map(drop).unwrap_err();
    assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::BrokenPipe);
    drop(permit);
    assert_eq!((pool.free(), limits.open_connections()), (1, 0));
    drop(enter(&limits, Rank::Privileged).await);
}

#[tokio::test(start_paused = true)]
async fn a_pool_of_no_slots_lets_the_ordinary_wait_until_it_is_resized() {
    let pool = Pool::new(0);
    let limits = Limits::from(pool.clone());
    assert_eq!(limits.max_connections(), 0);
    assert!(try_enter(&limits, Rank::Ordinary).is_none());
    assert!(try_enter(&limits, Rank::Privileged).is_some(), "needs no slot");
    let (mut waits, waker) = (limits.entrance(Rank::Ordinary), CountingWaker::new());
    assert!(poll(&mut waits, &waker).is_none());
    pool.resize(1);
    assert_eq!(waker.count(), 1);
    assert!(poll(&mut waits, &waker).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_pool_lives_as_long_as_a_permit() {
    let limits = Limits::from(Pool::new(1));
    let mut permit = enter(&limits, Rank::Ordinary).await;
    let task = permit.take_slot().unwrap().spawn(pending::<()>());
    drop(limits);
    tokio::task::yield_now().await;
    assert!(!task.is_finished());
    drop(permit);
    assert!(task.join().await.is_killed());
}

/// An entrance that is given up at each of its polls, while another one waits behind it.
#[tokio::test(start_paused = true)]
async fn a_cancelled_entrance_passes_on_what_it_was_granted() {
    for pool in [None, Some(Pool::new(1))] {
        let make = async || {
            let limits = match pool.clone() {
                Some(pool) => Limits::from(pool),
                None => Limits::from(1),
            };
            let taken = enter(&limits, Rank::Ordinary).await;
            tokio::spawn(async move {
                sleep(secs(1)).await;
                drop(taken);
            });
            let behind = {
                let limits = limits.clone();
                async move { drop(enter(&limits, Rank::Ordinary).await) }
            };
            let entering = {
                let limits = limits.clone();
                async move { enter(&limits, Rank::Ordinary).await }
            };
            let mut entering = Box::pin(entering);
            // Its place is before the other's.
            assert!(poll_fn(|context| Poll::Ready(entering.as_mut().poll(context).is_pending())).await);
            ((limits, tokio::spawn(behind)), entering)
        };
        let polls = cancel_at_every_poll(make, async |(limits, behind), outcome| {
            drop(outcome.completed());
            tokio::time::timeout(secs(60), behind).await.expect("its turn was lost").unwrap();
            assert_eq!(limits.open_connections(), 0);
        })
        .await;
        assert!(polls > 1);
        assert!(pool.is_none_or(|pool| pool.free() == 1));
    }
}

#[tokio::test(start_paused = true)]
async fn handshakes_are_counted_and_wait_in_the_order_of_arrival() {
    let limits = Limits::new().handshakes(2);
    let (first, second) = (limits.handshake().await, limits.handshake().await);
    assert_eq!((limits.open_handshakes(), limits.max_handshakes()), (2, 2));
    let (mut third, mut fourth) = (limits.handshake(), limits.handshake());
    let waker = CountingWaker::new();
    let is_pending = |waiting: &mut HandshakeEntrance| {
        Pin::new(waiting).poll(&mut Context::from_waker(&waker.waker())).is_pending()
    };
    assert!(is_pending(&mut third) && is_pending(&mut fourth));
    drop(first);
    assert!(is_pending(&mut fourth), "it is the third's");
    drop(third);
    let fourth = fourth.await;
    limits.set_handshakes(1);
    drop(second);
    let mut fifth = limits.handshake();
    assert!(is_pending(&mut fifth));
    drop(fourth);
    drop(fifth.await);
    assert_eq!((limits.open_handshakes(), limits.open_connections()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_handshake_passes_its_turn_on() {
    let polls = cancel_at_every_poll(
        async || {
            let limits = Limits::new().handshakes(1);
            let taken = limits.handshake().await;
            tokio::spawn(async move {
                sleep(secs(1)).await;
                drop(taken);
            });
            let (mut waiting, behind) = (limits.handshake(), limits.handshake());
            assert!(poll_fn(|context| Poll::Ready(Pin::new(&mut waiting).poll(context).is_pending())).await);
            ((limits, tokio::spawn(async { drop(behind.await) })), waiting)
        },
        async |(limits, behind), outcome| {
            drop(outcome.completed());
            tokio::time::timeout(secs(60), behind).await.expect("its turn was lost").unwrap();
            assert_eq!(limits.open_handshakes(), 0);
        },
    )
    .await;
    assert!(polls > 1);
}

#[tokio::test(start_paused = true)]
async fn shedding_begins_when_the_budget_was_full_for_long_enough_and_lasts_until_there_is_room() {
    let limits = Limits::new().shed_after(secs(5));
    let mut shedding = limits.shedding();
    let start = Instant::now();
    poll_fn(|context| shedding.poll_due(context)).await;
    poll_fn(|context| shedding.poll_due(context)).await;
    assert_eq!(start.elapsed(), secs(5), "the second at once");
    shedding.had_room();
    poll_fn(|context| shedding.poll_due(context)).await;
    assert_eq!(start.elapsed(), secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_moment_of_room_begins_the_wait_anew() {
    let limits = Limits::new().shed_after(secs(5));
    let mut shedding = limits.shedding();
    let start = Instant::now();
    for _ in 0..3 {
        let due = tokio::time::timeout(secs(4), poll_fn(|context| shedding.poll_due(context))).await;
        assert!(due.is_err());
        shedding.had_room();
    }
    poll_fn(|context| shedding.poll_due(context)).await;
    assert_eq!(start.elapsed(), secs(17));
}

#[tokio::test(start_paused = true)]
async fn a_changed_delay_reaches_those_who_wait() {
    let limits = Limits::new();
    let mut shedding = limits.shedding();
    let changes = limits.clone();
    let start = Instant::now();
    tokio::spawn(async move {
        sleep(secs(10)).await;
        changes.set_shed_after(Some(secs(100)));
        sleep(secs(10)).await;
        changes.set_shed_after(None);
        sleep(secs(100)).await;
        changes.set_shed_after(Some(Duration::MAX));
        sleep(secs(10)).await;
        changes.set_shed_after(Some(secs(140)));
    });
    poll_fn(|context| shedding.poll_due(context)).await;
    assert_eq!(start.elapsed(), secs(140));
    limits.set_shed_after(None);
    let due = tokio::time::timeout(secs(1000), poll_fn(|context| shedding.poll_due(context))).await;
    assert!(due.is_err(), "turned off, clients wait again");
    assert_eq!(limits.sheds_after(), None);
}

#[test]
fn the_debug_form_tells_the_counts() {
    let limits = Limits::from(7).reserve(2).per_address(3).shed_after(secs(1));
    let _permit = try_enter(&limits, Rank::Privileged).unwrap();
    let expected = "Limits { connections: 1 of 7, handshakes: 0 of 1000, reserve: 2, per_address: Some(3), \
                    shed_after: Some(1s), .. }";
    assert_eq!(format!("{limits:?}"), expected);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_has_taken_long_makes_way_when_others_wait() {
    let limits = Limits::new().handshakes(2);
    let first = limits.handshake().await;
    sleep(Duration::from_millis(500)).await;
    let second = limits.handshake().await;
    // Nobody waits, so nobody is told.
    sleep(Duration::from_secs(5)).await;
    let pushed = |permit: &HandshakePermit| permit.pushed_out().now_or_never().is_some();
    assert!(!pushed(&first) && !pushed(&second));
    // One waits: one makes way, the oldest, and the count never exceeds the limit.
    let third = tokio::join!(limits.handshake(), async {
        first.pushed_out().await;
        assert_eq!(limits.open_handshakes(), 2);
        drop(first);
    });
    assert!(!pushed(&second) && !pushed(&third.0));
    assert_eq!(limits.open_handshakes(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_is_given_its_second_however_many_wait() {
    let limits = Limits::new().handshakes(1);
    let start = Instant::now();
    let first = limits.handshake().await;
    let waiting: Vec<_> = (0..3).map(|_| tokio::spawn(limits.handshake())).collect();
    first.pushed_out().await;
    assert_eq!(start.elapsed(), Duration::from_secs(1));
    drop(first);
    // Each of them stalls in turn, and makes way in turn, but for the last.
    for (n, permit) in waiting.into_iter().enumerate() {
        let permit = permit.await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(n as u64 + 1));
        if n < 2 {
            permit.pushed_out().await;
        }
    }
    assert_eq!((start.elapsed(), limits.open_handshakes()), (Duration::from_secs(3), 0));
}
