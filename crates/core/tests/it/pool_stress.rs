//! Pools under random use: spawners that give up, kills, discards, resizes, maps. No slot is lost or doubled.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use greenroom_core::{Group, Pool, Task, finally};
use greenroom_testkit::{Random, Seed};
use tokio::task::yield_now;

use super::stress::{give_way, on_both_flavours, operations, or_give_up};

const SIZE: usize = 7;
const USERS: usize = 16;

/// Who is inside now, by id: never more than slots, nobody twice.
#[derive(Clone, Default)]
struct Room {
    inside: Arc<Mutex<HashSet<usize>>>,
    most: Arc<AtomicUsize>,
    entered: Arc<AtomicUsize>,
}

struct Visit(Room, usize);

impl Room {
    fn enter(&self, id: usize) -> Visit {
        let mut inside = self.inside.lock().unwrap();
        assert!(inside.insert(id), "{id} runs twice");
        self.most.fetch_max(inside.len(), Ordering::SeqCst);
        self.entered.fetch_add(1, Ordering::SeqCst);
        Visit(self.clone(), id)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        assert!(self.0.inside.lock().unwrap().remove(&self.1));
    }
}

#[test]
fn no_slot_is_lost_or_doubled_by_spawners_that_give_up_and_kills() {
    on_both_flavours(|seed: Seed| async move {
        let pool = Pool::new(SIZE);
        let room = Room::default();
        let (spawned, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let users: Vec<_> = (0..USERS)
            .map(|user| {
                let (pool, room) = (pool.clone(), room.clone());
                let (spawned, refused) = (spawned.clone(), refused.clone());
                let mut random = seed.random_of(user as u64);
                tokio::spawn(async move {
                    for turn in 0..operations() / USERS {
                        let id = turn * USERS + user;
                        let (room, steps) = (room.clone(), random.below(4));
                        let body = async move {
                            let _visit = room.enter(id);
                            for _ in 0..steps {
                                yield_now().await;
                            }
                            id
                        };
                        let task = if random.percent(20) {
                            pool.try_spawn(body).ok()
                        } else if random.percent(30) {
                            let slot = or_give_up(&mut random, 30, pool.reserve()).await.map(Result::unwrap);
                            give_way(&mut random).await;
                            slot.filter(|_| random.percent(80)).map(|slot| slot.spawn(body))
                        } else {
                            or_give_up(&mut random, 30, pool.spawn(body)).await.map(Result::unwrap)
                        };
                        let Some(task) = task else {
                            refused.fetch_add(1, Ordering::SeqCst);
                            continue;
                        };
                        spawned.fetch_add(1, Ordering::SeqCst);
                        end(&mut random, task, id).await;
                    }
                })
            })
            .collect();
        for user in users {
            user.await.unwrap();
        }
        pool.join().await;
        assert_eq!((pool.free(), pool.len()), (SIZE, 0));
        assert!(room.most.load(Ordering::SeqCst) <= SIZE);
        assert!(room.entered.load(Ordering::SeqCst) <= spawned.load(Ordering::SeqCst));
        let all = spawned.load(Ordering::SeqCst) + refused.load(Ordering::SeqCst);
        assert_eq!(all, operations() / USERS * USERS);
        // Every slot is really there.
        let all: Vec<_> = (0..SIZE).map(|_| pool.try_spawn(std::future::pending::<()>()).unwrap()).collect();
        assert!(pool.is_full());
        assert_eq!(pool.kill().await.len(), all.len());
    });
}

/// What becomes of a task.
async fn end(random: &mut Random, task: Task<usize>, id: usize) {
    match random.below(4) {
        0 => {
            task.kill().await;
        }
        1 => task.kill_nowait(),
        2 => give_way(random).await,
        _ => assert_eq!(task.take().await.unwrap(), id),
    }
}

#[test]
fn no_slot_is_lost_or_doubled_by_maps_that_are_dropped_discards_and_resizes() {
    on_both_flavours(|seed: Seed| async move {
        let pool = Pool::new(SIZE);
        let (entered, left) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let users: Vec<_> = (0..8)
            .map(|user| {
                let pool = pool.clone();
                let (entered, left) = (entered.clone(), left.clone());
                let mut random = seed.random_of(user);
                tokio::spawn(async move {
                    for _ in 0..operations() / 8 / 20 {
                        let bits = random.next() as usize;
                        let (entered, left) = (entered.clone(), left.clone());
                        let work = move |n: usize| {
                            let (entered, left) = (entered.clone(), left.clone());
                            let body = async move {
                                entered.fetch_add(1, Ordering::SeqCst);
                                for _ in 0..(bits >> (n % 16)) & 3 {
                                    yield_now().await;
                                }
                                if bits.is_multiple_of(5) && n == 9 { Err("nine") } else { Ok(n) }
                            };
                            finally(body, async move {
                                left.fetch_add(1, Ordering::SeqCst);
                            })
                        };
                        one(&mut random, &pool, bits, work).await;
                    }
                })
            })
            .collect();
        for user in users {
            user.await.unwrap();
        }
        pool.resize(SIZE);
        pool.join().await;
        assert_eq!((pool.free(), pool.len()), (SIZE, 0));
        assert_eq!(entered.load(Ordering::SeqCst), left.load(Ordering::SeqCst), "clean-ups == scopes polled");
    });
}

/// One map of twenty items, or something in its way.
async fn one<F, Fut>(random: &mut Random, pool: &Pool, bits: usize, work: F)
where
    F: Fn(usize) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<usize, &'static str>> + Send + 'static,
{
    let fails = bits.is_multiple_of(5);
    match random.below(5) {
        0 | 1 => {
            if let Some(whole) = or_give_up(random, 50, pool.try_map(0..20, work)).await {
                assert_eq!(whole.is_err(), fails);
                assert!(whole.is_err() || whole.unwrap().into_iter().eq(0..20));
            }
        }
        2 => {
            let most = random.below(25) as usize;
            let read: Vec<_> = pool.try_imap(0..20, work).take(most).collect().await;
            let expected = (0..20).take(most).map(|n| (n != 9 || !fails).then_some(n));
            assert!(read.into_iter().map(Result::ok).eq(expected));
        }
        3 => {
            let stream = pool.try_imap_unordered(0..20, work).ahead(1 + random.below(9) as usize);
            let read = or_give_up(random, 50, stream.collect::<Vec<_>>()).await;
            assert!(read.is_none_or(|read| read.len() == 20));
        }
        _ => {
            pool.resize(1 + random.below(2 * SIZE as u64) as usize);
            if let Some(task) = or_give_up(random, 50, pool.spawn(yield_now())).await {
                pool.discard(task.unwrap());
            }
        }
    }
}

#[test]
fn a_group_that_is_killed_again_and_again_loses_nobody() {
    on_both_flavours(|seed: Seed| async move {
        let group = Group::new();
        let (entered, left) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let spawners: Vec<_> = (0..4)
            .map(|spawner| {
                let group = group.clone();
                let (entered, left) = (entered.clone(), left.clone());
                let mut random = seed.random_of(spawner);
                tokio::spawn(async move {
                    for _ in 0..operations() / 8 {
                        let (entered, left) = (entered.clone(), left.clone());
                        let steps = random.below(3);
                        let body = async move {
                            entered.fetch_add(1, Ordering::SeqCst);
                            for _ in 0..steps {
                                yield_now().await;
                            }
                        };
                        group.spawn(finally(body, async move {
                            yield_now().await;
                            left.fetch_add(1, Ordering::SeqCst);
                        }));
                        if random.percent(10) {
                            yield_now().await;
                        }
                    }
                })
            })
            .collect();
        let killer = {
            let group = group.clone();
            let mut random = seed.random_of(99);
            tokio::spawn(async move {
                for _ in 0..operations() / 1000 {
                    or_give_up(&mut random, 50, group.kill()).await;
                    yield_now().await;
                }
            })
        };
        for task in spawners.into_iter().chain([killer]) {
            task.await.unwrap();
        }
        group.join().await;
        assert!(group.is_empty());
        assert_eq!(entered.load(Ordering::SeqCst), left.load(Ordering::SeqCst), "clean-ups == scopes polled");
    });
}
