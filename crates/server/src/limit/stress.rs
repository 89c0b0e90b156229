//! Budgets under random use: entrances that are given up, tasks that are cut off, limits that move. Never one too many,
//! and in the end every place is there.

use std::collections::HashMap;
use std::env;
use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greenroom_core::Pool;
use greenroom_testkit::{Random, Seed};
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::timeout;

use super::{Limits, Permit, Rank};

const MOST: usize = 7;
const RESERVE: usize = 2;
const FROM_ONE: usize = 3;
const SOURCES: u64 = 4;
const USERS: usize = 16;

fn operations() -> usize {
    if env::var_os("GREENROOM_STRESS").is_some() { 5_000_000 } else { 50_000 }
}

/// Runs it on four threads. The limit is far beyond what any machine needs: it turns a lost wake-up into a failure.
fn stress<F: Future>(scenario: impl Fn(Seed) -> F) {
    let seed = Seed::from_env();
    let limit = Duration::from_secs(60) + Duration::from_millis(operations() as u64);
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    let ended = runtime.block_on(async { timeout(limit, scenario(seed)).await });
    assert!(ended.is_ok(), "stalled: a wake-up was lost");
}

/// Who is inside, counted independently.
#[derive(Default)]
struct Room {
    inside: AtomicUsize,
    most: AtomicUsize,
    ordinary: AtomicUsize,
    most_ordinary: AtomicUsize,
    sources: Mutex<HashMap<IpAddr, usize>>,
    most_from_one: AtomicUsize,
}

struct Visit {
    room: Arc<Room>,
    rank: Rank,
    source: Option<IpAddr>,
    /// Dropped after this drop has counted down.
    permit: Permit,
}

impl Room {
    fn enter(self: &Arc<Self>, rank: Rank, permit: Permit) -> Visit {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        if rank == Rank::Ordinary {
            let ordinary = self.ordinary.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_ordinary.fetch_max(ordinary, Ordering::SeqCst);
        }
        Visit { room: Arc::clone(self), rank, source: None, permit }
    }
}

impl Visit {
    fn admit(&mut self, source: IpAddr) -> bool {
        // Counted here only while it is counted there: taken off before, put on after.
        self.take_off();
        let admitted = self.permit.admit(source).is_ok();
        if admitted {
            let mut sources = self.room.sources.lock().unwrap();
            let count = sources.entry(source).or_default();
            *count += 1;
            self.room.most_from_one.fetch_max(*count, Ordering::SeqCst);
            drop(sources);
            self.source = Some(source);
        }
        admitted
    }

    fn take_off(&mut self) {
        if let Some(source) = self.source.take() {
            *self.room.sources.lock().unwrap().get_mut(&source).unwrap() -= 1;
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.take_off();
        if self.rank == Rank::Ordinary {
            self.room.ordinary.fetch_sub(1, Ordering::SeqCst);
        }
        self.room.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn give_way(random: &mut Random) {
    for _ in 0..random.below(4) {
        yield_now().await;
    }
}

async fn or_give_up<F: Future>(random: &mut Random, percent: u64, future: F) -> Option<F::Output> {
    if !random.percent(percent) {
        return Some(future.await);
    }
    tokio::select! {
        biased;
        output = future => Some(output),
        () = give_way(random) => None,
    }
}

fn any_rank(random: &mut Random) -> Rank {
    if random.percent(30) { Rank::Privileged } else { Rank::Ordinary }
}

fn any_source(random: &mut Random) -> IpAddr {
    Ipv4Addr::new(127, 0, random.below(SOURCES) as u8, 1).into()
}

/// One user: enters, gives up, gives back, stays for a while, moves, or is cut off in the middle.
async fn use_it(mut random: Random, limits: Limits, room: Arc<Room>) -> usize {
    let mut entered = 0;
    for _ in 0..operations() / USERS {
        let rank = any_rank(&mut random);
        let mut entrance = limits.entrance(rank);
        let entering = poll_fn(|context| entrance.poll_enter(context));
        let Some(permit) = or_give_up(&mut random, 30, entering).await else { continue };
        let mut permit = permit.unwrap();
        if random.percent(10) {
            permit.give_back();
            continue;
        }
        entered += 1;
        let slot = permit.take_slot();
        let mut visit = room.enter(rank, permit);
        let source = any_source(&mut random);
        let (mut body_random, cut_off) = (Seed::new(random.next()).random(), random.percent(25));
        let body = async move {
            if !visit.admit(source) {
                return;
            }
            give_way(&mut body_random).await;
            if body_random.percent(30) {
                visit.admit(any_source(&mut body_random));
            }
            give_way(&mut body_random).await;
        };
        match slot {
            Some(slot) => {
                let task = slot.spawn(body);
                if cut_off {
                    task.kill_nowait();
                }
            }
            None => {
                let task = tokio::spawn(body);
                if cut_off {
                    task.abort();
                }
            }
        }
    }
    entered
}

async fn users(seed: Seed, limits: &Limits, room: &Arc<Room>) {
    let users: Vec<_> = (0..USERS)
        .map(|user| tokio::spawn(use_it(seed.random_of(user as u64), limits.clone(), Arc::clone(room))))
        .collect();
    for user in users {
        assert!(user.await.unwrap() > 0, "one was starved");
    }
}

/// All places are there, and no more.
async fn is_whole(limits: &Limits, room: &Room) {
    while limits.open_connections() > 0 {
        yield_now().await;
    }
    assert_eq!(room.inside.load(Ordering::SeqCst), 0);
    for source in 0..SOURCES {
        assert_eq!(limits.connections_from(Ipv4Addr::new(127, 0, source as u8, 1).into()), 0);
    }
    let mut permits = Vec::new();
    for (rank, places) in [(Rank::Ordinary, MOST - RESERVE), (Rank::Privileged, RESERVE)] {
        for _ in 0..places {
            let mut entrance = limits.entrance(rank);
            permits.push(poll_fn(|context| entrance.poll_enter(context)).await.unwrap());
        }
        let mut one_more = limits.entrance(rank);
        let waits =
            poll_fn(|context| std::task::Poll::Ready(one_more.poll_enter(context).is_pending())).await;
        assert!(waits);
    }
    assert_eq!(limits.open_connections(), MOST);
}

#[test]
fn never_one_above_the_limit_and_no_place_is_lost() {
    stress(|seed| async move {
        let limits = Limits::from(MOST).reserve(RESERVE).per_address(FROM_ONE);
        let room = Arc::new(Room::default());
        users(seed, &limits, &room).await;
        is_whole(&limits, &room).await;
        assert_eq!(room.most.load(Ordering::SeqCst), MOST);
        assert!(room.most_ordinary.load(Ordering::SeqCst) <= MOST - RESERVE);
        assert!(room.most_from_one.load(Ordering::SeqCst) <= FROM_ONE);
        assert!(limits.refused_by_address() > 0);
    });
}

#[test]
fn no_place_is_lost_while_the_limits_move() {
    stress(|seed| async move {
        let limits = Limits::from(MOST).reserve(RESERVE).per_address(FROM_ONE);
        let room = Arc::new(Room::default());
        let mover = {
            let (limits, mut random) = (limits.clone(), seed.random_of(99));
            tokio::spawn(async move {
                loop {
                    limits.set_connections(random.below(MOST as u64 + 1) as usize);
                    limits.set_reserve(random.below(RESERVE as u64 + 1) as usize);
                    limits.set_per_address(Some(random.below(FROM_ONE as u64 + 1) as usize));
                    limits.set_address_prefixes(if random.percent(50) { 24 } else { 32 }, 64);
                    give_way(&mut random).await;
                    yield_now().await;
                }
            })
        };
        users(seed, &limits, &room).await;
        mover.abort();
        let _ = mover.await;
        limits.set_connections(MOST);
        limits.set_reserve(RESERVE);
        is_whole(&limits, &room).await;
        assert!(room.most.load(Ordering::SeqCst) <= MOST);
        // Under each of the two prefixes.
        assert!(room.most_from_one.load(Ordering::SeqCst) <= 2 * FROM_ONE);
    });
}

#[test]
fn budgets_that_share_a_pool_lose_no_place_and_no_slot() {
    stress(|seed| async move {
        let pool = Pool::new(MOST - RESERVE);
        let budget = || Limits::from(pool.clone()).connections(MOST).reserve(RESERVE).per_address(FROM_ONE);
        let (one, other) = (budget(), budget());
        let (room, another) = (Arc::new(Room::default()), Arc::new(Room::default()));
        tokio::join!(users(seed, &one, &room), users(seed, &other, &another));
        for (limits, room) in [(&one, &room), (&other, &another)] {
            pool.join().await;
            assert_eq!(pool.free(), MOST - RESERVE);
            is_whole(limits, room).await;
            assert!(room.most_ordinary.load(Ordering::SeqCst) <= MOST - RESERVE);
        }
        assert_eq!((pool.len(), pool.free()), (0, MOST - RESERVE));
    });
}
