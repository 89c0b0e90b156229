//! Tasks killed at random while they wait for something, hold it, or have just been given it.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use greenroom_core::{
    AnyTask, BoundedSemaphore, Exit, Permit, Pool, Queue, RLock, Semaphore, TaskError, finally, spawn,
};
use greenroom_testkit::{DropCounter, Random, Seed};
use tokio::task::{JoinSet, yield_now};

use crate::stress::{give_way, on_both_flavours, operations};

const CREWS: usize = 6;
const CREW: usize = 4;

/// Crews side by side, each of which starts tasks, kills the doomed of them at any moment, and waits for the end of all.
/// The work is told whether it is doomed.
async fn kill_at_random<F>(
    seed: Seed,
    tasks: usize,
    work: impl Fn(Random, bool) -> F + Clone + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut crews = JoinSet::new();
    for crew in 0..CREWS {
        let (work, mut random) = (work.clone(), seed.random_of(crew as u64));
        crews.spawn(async move {
            for _ in 0..tasks / CREWS / CREW {
                let mut members: Vec<(bool, AnyTask)> = (0..CREW)
                    .map(|_| {
                        let doomed = random.percent(50);
                        (doomed, (&spawn(work(seed.random_of(random.next()), doomed))).into())
                    })
                    .collect();
                random.shuffle(&mut members);
                for (_, victim) in members.iter().filter(|(doomed, _)| *doomed) {
                    give_way(&mut random).await;
                    let exit = if random.percent(50) {
                        victim.kill().await
                    } else {
                        (victim.kill_nowait(), victim.join().await).1
                    };
                    assert!(matches!(exit, Exit::Killed(_) | Exit::Finished), "{exit}");
                }
                for (_, unharmed) in members.iter().filter(|(doomed, _)| !doomed) {
                    let exit = unharmed.join().await;
                    assert!(exit.is_finished(), "{exit}");
                }
            }
        });
    }
    while let Some(crew) = crews.join_next().await {
        // At once: the others may be waiting for what this one lost.
        crew.unwrap();
    }
}

/// Seats with numbers, one for each permit: a permit doubled finds none free, a permit lost leaves some out of reach.
#[derive(Clone)]
struct Seats(Arc<Mutex<Vec<usize>>>);

/// Gives its seats back before its permit.
struct Seated {
    taken: Vec<usize>,
    seats: Seats,
    _permit: Permit,
}

impl Seats {
    fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new((0..count).collect())))
    }

    fn take(&self, permit: Permit) -> Seated {
        let mut seats = self.0.lock().unwrap();
        let taken = (0..permit.count()).map(|_| seats.pop().expect("a permit without a seat")).collect();
        Seated { taken, seats: self.clone(), _permit: permit }
    }

    fn assert_all_free(&self, count: usize) {
        let mut seats = self.0.lock().unwrap().clone();
        seats.sort_unstable();
        assert_eq!(seats, Vec::from_iter(0..count));
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        self.seats.0.lock().unwrap().append(&mut self.taken);
    }
}

/// `want`: how many permits a task wants, of all there are, doomed or not. `kept` of them never come back.
async fn permits_come_back(
    seed: Seed,
    all: usize,
    kept: usize,
    want: impl Fn(&mut Random, bool) -> usize + Clone + Send + 'static,
) {
    let (semaphore, seats) = (BoundedSemaphore::new(all), Seats::new(all - kept));
    let outside = semaphore.acquire_many(kept).await;
    let (lock, chairs) = (semaphore.clone(), seats.clone());
    kill_at_random(seed, operations() / 4, move |mut random, doomed| {
        let (lock, chairs, count) = (lock.clone(), chairs.clone(), want(&mut random, doomed));
        async move {
            let permit = lock.acquire_many(count).await;
            let seated = chairs.take(permit);
            give_way(&mut random).await;
            drop(seated);
        }
    })
    .await;
    assert_eq!(semaphore.available(), all - kept, "a permit is lost");
    drop(outside);
    assert!(semaphore.release().is_err(), "a permit is owed");
    seats.assert_all_free(all - kept);
}

#[test]
fn a_lock_held_by_a_killed_task_is_free_once() {
    on_both_flavours(async |seed| permits_come_back(seed, 1, 0, |_, _| 1).await);
}

#[test]
fn permits_held_by_a_killed_task_come_back_once() {
    on_both_flavours(async |seed| {
        permits_come_back(seed, 4, 0, |random, _| 1 + random.below(4) as usize).await;
    });
}

/// The doomed want more than they can ever get, and only their death lets those behind them go on.
#[test]
fn a_line_goes_on_when_its_head_that_wants_many_is_killed() {
    on_both_flavours(async |seed| {
        permits_come_back(seed, 4, 1, |_, doomed| if doomed { 4 } else { 1 }).await;
    });
}

/// The owner takes it twice, and may be killed between.
#[test]
fn a_lock_taken_twice_by_a_killed_owner_is_free_once() {
    on_both_flavours(async |seed| {
        let (lock, inside) = (RLock::new(), Arc::new(AtomicUsize::new(0)));
        let (shared, count) = (lock.clone(), inside.clone());
        kill_at_random(seed, operations() / 4, move |mut random, _| {
            let (shared, count) = (shared.clone(), count.clone());
            async move {
                let outer = shared.acquire().await.unwrap();
                let here = Inside::enter(&count, 1);
                give_way(&mut random).await;
                let inner = shared.acquire().await.unwrap();
                give_way(&mut random).await;
                drop(here);
                // In either order.
                if random.percent(50) { drop((outer, inner)) } else { drop((inner, outer)) }
            }
        })
        .await;
        assert!(!lock.is_locked() && inside.load(Ordering::Acquire) == 0);
        spawn(async move { drop(lock.acquire().await.unwrap()) }).take().await.unwrap();
    });
}

#[test]
fn places_of_a_queue_held_by_a_killed_task_come_back_once() {
    const PLACES: usize = 3;
    on_both_flavours(async |seed| {
        let (queue, inside) = (Queue::bounded(PLACES), Arc::new(AtomicUsize::new(0)));
        let (places, count) = (queue.clone(), inside.clone());
        kill_at_random(seed, operations() / 4, move |mut random, _| {
            let (places, count) = (places.clone(), count.clone());
            async move {
                let slot = places.reserve().await.unwrap();
                let here = Inside::enter(&count, PLACES);
                give_way(&mut random).await;
                drop(here);
                if random.percent(50) {
                    // Nothing is awaited between the two: there is no telling whose item it is.
                    slot.put(()).unwrap();
                    places.try_get().unwrap();
                }
            }
        })
        .await;
        assert_eq!((inside.load(Ordering::Acquire), queue.len()), (0, 0));
        let slots: Vec<_> = (0..PLACES).map(|_| queue.try_reserve().expect("a place is lost")).collect();
        assert!(queue.try_reserve().is_err(), "a place is doubled");
        drop(slots);
    });
}

/// Killed is who waits for a slot, who has just been handed it, or the member in it.
#[test]
fn slots_of_a_pool_come_back_once_from_killed_members_and_spawners() {
    const SLOTS: usize = 3;
    on_both_flavours(async |seed| {
        let (pool, inside) = (Pool::new(SLOTS), Arc::new(AtomicUsize::new(0)));
        let (slots, count) = (pool.clone(), inside.clone());
        kill_at_random(seed, operations() / 8, move |mut random, _| {
            let (slots, count) = (slots.clone(), count.clone());
            async move {
                let (mut turns, killed) = (random.clone(), random.percent(30));
                let member = async move {
                    let _here = Inside::enter(&count, SLOTS);
                    give_way(&mut turns).await;
                };
                let member = slots.spawn(member).await.unwrap();
                if killed {
                    give_way(&mut random).await;
                    member.kill_nowait();
                }
                member.join().await;
            }
        })
        .await;
        pool.join().await;
        assert_eq!((inside.load(Ordering::Acquire), pool.len(), pool.free()), (0, 0, SLOTS));
        let spawned: Vec<_> = (0..=SLOTS).map(|_| pool.try_spawn(pending::<()>()).is_ok()).collect();
        assert_eq!(spawned, [true, true, true, false]);
        pool.kill().await;
    });
}

/// One of at most so many.
struct Inside(Arc<AtomicUsize>);

impl Inside {
    fn enter(count: &Arc<AtomicUsize>, most: usize) -> Self {
        assert!(count.fetch_add(1, Ordering::AcqRel) < most, "one too many");
        Self(count.clone())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[test]
fn everybody_who_kills_a_task_hears_the_same_end_and_its_clean_up_runs_once() {
    on_both_flavours(async |seed| {
        let mut random = seed.random();
        for round in 0..operations() / 50 {
            let cleaned = Arc::new(AtomicUsize::new(0));
            let (started, counter) = (Arc::new(AtomicUsize::new(0)), cleaned.clone());
            let body = {
                let (started, mut random, ends) =
                    (started.clone(), seed.random_of(round as u64), random.percent(30));
                async move {
                    started.fetch_add(1, Ordering::AcqRel);
                    give_way(&mut random).await;
                    if !ends {
                        pending().await
                    }
                }
            };
            let task = spawn(finally(body, async move {
                yield_now().await;
                counter.fetch_add(1, Ordering::AcqRel);
            }));
            give_way(&mut random).await;
            let mut killers = JoinSet::new();
            for name in 0..3 {
                let (task, mut random) = (task.clone(), seed.random_of(random.next()));
                killers.spawn(async move {
                    give_way(&mut random).await;
                    let kill = task.kill().reason(name.to_string());
                    if random.percent(20) {
                        kill.nowait();
                        task.join().await
                    } else {
                        kill.await
                    }
                });
            }
            let ends: Vec<_> = killers.join_all().await.iter().map(ToString::to_string).collect();
            let end = task.exit().unwrap().to_string();
            assert!(ends.iter().all(|heard| *heard == end), "{ends:?}, and it was: {end}");
            let polled = started.load(Ordering::Acquire);
            assert!(polled <= 1);
            // Cancelled before the body's first poll and after the scope's it may clean up all the same.
            assert!((polled..=1).contains(&cleaned.load(Ordering::Acquire)), "{end}");
        }
    });
}

#[test]
fn a_value_and_a_kill_that_race_have_one_winner_and_the_value_one_fate() {
    static VALUES: DropCounter = DropCounter::new();
    let (finished, killed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    on_both_flavours(async |seed| {
        let mut random = seed.random();
        for round in 0..operations() / 20 {
            let mut turns = seed.random_of(round as u64);
            let almost = Semaphore::new(0);
            let told = almost.clone();
            let task = spawn(async move {
                let value = VALUES.counted();
                give_way(&mut turns).await;
                told.release();
                value
            });
            match random.below(3) {
                // While the task returns, on another thread.
                0 => drop(almost.acquire().await),
                _ => give_way(&mut random).await,
            }
            let heard = if random.percent(50) {
                task.kill().await
            } else {
                (task.kill_nowait(), task.join().await).1
            };
            match (heard, task.take().await) {
                (Exit::Finished, Ok(value)) => {
                    finished.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(VALUES.alive(), 1);
                    drop(value);
                }
                (Exit::Killed(_), Err(TaskError::Killed(_))) => {
                    killed.fetch_add(1, Ordering::Relaxed);
                }
                (exit, _) => panic!("it {exit}, and its value says otherwise"),
            }
            assert_eq!(VALUES.alive(), 0);
        }
    });
    // Of the runtime with one thread, at least.
    let (finished, killed) = (finished.into_inner(), killed.into_inner());
    assert!(finished > 0 && killed > 0, "no race at all: {finished} finished, {killed} killed");
}
