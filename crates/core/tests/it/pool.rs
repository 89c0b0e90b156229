//! Pools: slots, the line before them, and what a kill means to those in it.

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use greenroom_core::{
    Event, Exit, Pool, Queue, TaskBuilder, TaskError, TrySpawnError, WithTimeout, current, finally, spawn,
};
use greenroom_testkit::until_idle;
use tokio::time::{Instant, sleep};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Polls once.
async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx).is_pending())).await
}

#[tokio::test(start_paused = true)]
async fn spawn_waits_while_the_pool_is_full() {
    let pool = Pool::new(2);
    let start = Instant::now();
    for _ in 0..4 {
        pool.spawn(async { sleep(secs(1)).await }).await.unwrap();
    }
    assert_eq!(start.elapsed(), secs(1));
    assert_eq!((pool.len(), pool.free(), pool.is_full(), pool.size()), (2, 0, true, 2));
    pool.join().await;
    assert_eq!(start.elapsed(), secs(2));
    assert_eq!((pool.len(), pool.free(), pool.is_full()), (0, 2, false));
}

#[tokio::test(start_paused = true)]
async fn spawners_are_served_in_the_order_of_their_arrival() {
    let pool = Pool::new(1);
    let order = Queue::unbounded();
    pool.spawn(sleep(secs(1))).await.unwrap();
    for number in 0..5 {
        let (pool, order) = (pool.clone(), order.clone());
        spawn(async move {
            pool.spawn(async move { order.put(number).await.unwrap() }).await.unwrap();
        });
        until_idle().await;
    }
    pool.wait_available().await;
    for number in 0..5 {
        assert_eq!(order.try_get().unwrap(), number);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_overtakes_a_waiting_spawner() {
    let pool = Pool::new(1);
    let first = pool.try_spawn(sleep(secs(1))).unwrap();
    let mut waiting = Box::pin(pool.spawn(async { "waited" }));
    assert!(is_pending(&mut waiting).await);
    first.join().await;
    // The slot was handed over, though nobody has taken it yet.
    assert!(matches!(pool.try_spawn(async {}), Err(TrySpawnError::Full(_))));
    assert_eq!(pool.free(), 0);
    assert_eq!(waiting.await.unwrap().take().await.unwrap(), "waited");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_spawner_passes_the_slot_that_it_was_handed_on() {
    let pool = Pool::new(1);
    let first = pool.try_spawn(sleep(secs(1))).unwrap();
    let mut gives_up = Box::pin(pool.spawn(async { 1 }));
    let mut stays = Box::pin(pool.spawn(async { 2 }));
    assert!(is_pending(&mut gives_up).await);
    assert!(is_pending(&mut stays).await);
    first.join().await;
    drop(gives_up);
    assert_eq!(stays.await.unwrap().take().await.unwrap(), 2);
    assert_eq!(pool.free(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_full_pool_gives_the_future_back() {
    let pool = Pool::new(1);
    pool.try_spawn(pending::<()>()).unwrap();
    let refused = pool.try_spawn(async { 9 }).unwrap_err();
    assert_eq!(refused.to_string(), "the pool is full");
    assert_eq!(refused.into_inner().await, 9);
    let refused = std::io::Error::from(pool.try_spawn(async {}).unwrap_err());
    assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test(start_paused = true)]
async fn a_task_is_spawned_by_name_or_with_a_failure() {
    let pool = Pool::new(1);
    let named = pool.spawn(async {}).name("diver").await.unwrap();
    assert_eq!(named.name(), Some("diver"));
    let failed = pool.spawn_fallible(async { "x".parse::<u8>() }).await.unwrap();
    assert!(matches!(failed.take().await, Err(TaskError::Failed(_))));
}

#[tokio::test(start_paused = true)]
async fn the_slot_is_free_when_the_task_is_over_however_it_ends() {
    let pool = Pool::new(1);
    let finished = pool.spawn(async {}).await.unwrap();
    finished.join().await;
    assert_eq!(pool.free(), 1);
    let panicked = pool.spawn(async { panic!("in a pool") }).await.unwrap();
    panicked.join().await;
    assert_eq!(pool.free(), 1);
    let killed = pool.spawn(finally(pending::<()>(), sleep(secs(1)))).await.unwrap();
    until_idle().await;
    killed.kill_nowait();
    until_idle().await;
    assert_eq!(pool.free(), 0, "its clean-up still runs");
    killed.join().await;
    assert_eq!(pool.free(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_discarded_member_frees_its_slot_once_and_a_stranger_none() {
    let pool = Pool::new(1);
    let member = pool.spawn(sleep(secs(1))).await.unwrap();
    let stranger = spawn(pending::<()>());
    assert!(!pool.discard(&stranger));
    assert_eq!(pool.free(), 0);
    assert!(pool.discard(&member));
    assert!(!pool.discard(&member));
    assert_eq!(pool.free(), 1);
    member.join().await;
    assert_eq!(pool.free(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_added_task_takes_a_slot_when_one_is_free() {
    let pool = Pool::new(1);
    let (first, second) = (spawn(sleep(secs(1))), spawn(pending::<()>()));
    pool.add(&first).await.unwrap();
    pool.add(&first).await.unwrap();
    assert_eq!(pool.len(), 1);
    let start = Instant::now();
    pool.add(&second).await.unwrap();
    assert_eq!(start.elapsed(), secs(1));
    let over = spawn(async {});
    over.join().await;
    pool.add(&over).await.unwrap();
    assert!(pool.contains(&second) && !pool.contains(&over));
    let unstarted = TaskBuilder::new().unstarted().spawn(async {});
    assert!(pool.add(&unstarted).timeout(secs(1)).await.is_err());
    assert!(!unstarted.is_started());
}

#[tokio::test(start_paused = true)]
async fn wait_available_tells_how_many_slots_are_free_and_takes_none() {
    let pool = Pool::new(2);
    assert_eq!(pool.wait_available().await, 2);
    pool.spawn(sleep(secs(1))).await.unwrap();
    pool.spawn(sleep(secs(2))).await.unwrap();
    let start = Instant::now();
    assert_eq!(pool.wait_available().await, 1);
    assert_eq!(start.elapsed(), secs(1));
    assert_eq!(pool.free(), 1);
}

#[tokio::test(start_paused = true)]
async fn wait_available_comes_after_those_who_wait_for_a_slot() {
    let pool = Pool::new(1);
    pool.spawn(sleep(secs(1))).await.unwrap();
    let start = Instant::now();
    let looking = spawn({
        let pool = pool.clone();
        async move { pool.wait_available().await }
    });
    until_idle().await;
    pool.spawn(async { sleep(secs(3)).await }).await.unwrap();
    looking.join().await;
    assert_eq!(start.elapsed(), secs(4));
}

#[tokio::test(start_paused = true)]
async fn a_larger_size_wakes_those_who_wait() {
    let pool = Pool::new(0);
    assert!(pool.is_full());
    let tasks: Vec<_> = (0..3).map(|_| spawn(pool.spawn(pending::<()>()))).collect();
    until_idle().await;
    assert_eq!(pool.len(), 0);
    pool.resize(2);
    until_idle().await;
    assert_eq!(pool.len(), 2);
    assert!(tasks[0].is_finished() && tasks[1].is_finished() && !tasks[2].is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_smaller_size_takes_effect_as_members_end() {
    let pool = Pool::new(3);
    for seconds in 1..=3 {
        pool.spawn(sleep(secs(seconds))).await.unwrap();
    }
    pool.resize(1);
    assert_eq!((pool.len(), pool.free(), pool.size()), (3, 0, 1));
    let start = Instant::now();
    pool.spawn(async {}).await.unwrap();
    assert_eq!(start.elapsed(), secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_pool_without_a_bound_never_waits() {
    let pool = Pool::unbounded();
    for _ in 0..1000 {
        pool.try_spawn(pending::<()>()).unwrap();
    }
    assert_eq!(pool.len(), 1000);
    assert!(!pool.is_full());
    assert_eq!(pool.size(), usize::MAX);
}

#[tokio::test(start_paused = true)]
async fn a_killed_pool_refuses_those_who_wait_and_those_who_come_later() {
    let pool = Pool::new(1);
    let member = pool.spawn(finally(pending::<()>(), sleep(secs(1)))).await.unwrap();
    let ran = Arc::new(AtomicBool::new(false));
    let run = ran.clone();
    let waiting = spawn(pool.spawn(async move { run.store(true, Ordering::SeqCst) }));
    let adding = spawn(pool.add(spawn(pending::<()>())));
    until_idle().await;
    let exits = pool.kill().reason("closing").await;
    assert!(matches!(exits[..], [Exit::Killed(_)]));
    assert!(member.is_finished());
    let refused = waiting.take().await.unwrap().unwrap_err();
    assert_eq!(refused.to_string(), "the pool was killed: closing");
    assert_eq!(refused.reason().as_str(), "closing");
    assert!(adding.take().await.unwrap().is_err());
    assert!(pool.is_closed());
    assert_eq!(pool.spawn(async { 4 }).await.unwrap_err().into_inner().await, 4);
    assert!(matches!(pool.try_spawn(async {}), Err(TrySpawnError::Closed(_))));
    assert!(
        matches!(pool.apply(async {}).await, Err(TaskError::Killed(reason)) if reason.as_str() == "closing")
    );
    until_idle().await;
    assert!(!ran.load(Ordering::SeqCst));
    assert_eq!((pool.len(), pool.free()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_spawner_that_was_handed_a_slot_before_the_kill_is_refused_too() {
    let pool = Pool::new(1);
    let first = pool.try_spawn(sleep(secs(1))).unwrap();
    let mut waiting = Box::pin(pool.spawn(async {}));
    assert!(is_pending(&mut waiting).await);
    first.join().await;
    pool.kill().await;
    assert!(waiting.await.is_err());
    assert_eq!(pool.free(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_member_may_apply_to_its_own_full_pool() {
    let pool = Pool::new(1);
    let inner = pool.clone();
    let (a, b) = pool
        .apply(async move {
            let id = current().unwrap().id();
            let innermost = inner.clone();
            let nested =
                inner.apply(async move { innermost.apply(async { current().unwrap().id() }).await.unwrap() });
            (id, nested.await.unwrap())
        })
        .await
        .unwrap();
    assert_eq!(a, b);
    assert_eq!(pool.free(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_kill_of_the_caller_unwinds_what_it_applied_in_place() {
    let pool = Pool::new(1);
    let left = Event::new();
    let (inner, leaving) = (pool.clone(), left.clone());
    let task = pool
        .spawn(async move {
            let body = finally(pending::<()>(), async move {
                sleep(secs(1)).await;
                leaving.set();
            });
            inner.apply(body).await
        })
        .await
        .unwrap();
    until_idle().await;
    assert!(task.kill().await.is_killed());
    assert!(left.is_set());
}

#[tokio::test(start_paused = true)]
async fn apply_waits_for_a_slot_and_gives_its_place_up_when_dropped() {
    let pool = Pool::new(1);
    pool.spawn(sleep(secs(10))).await.unwrap();
    assert!(pool.apply(async { 1 }).timeout(secs(1)).await.is_err());
    let start = Instant::now();
    assert_eq!(pool.apply(async { 2 }).await.unwrap(), 2);
    assert_eq!(start.elapsed(), secs(9));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_kills_the_members_and_futures_are_handles() {
    let pool = Pool::new(1);
    let member = pool.spawn(pending::<()>()).await.unwrap();
    let waiting = pool.spawn(pending::<()>());
    drop(pool);
    until_idle().await;
    assert!(!member.is_finished());
    drop(waiting);
    assert!(member.join().await.is_killed());
}

/// gevent's examples guard a connection pool like this: at most so many use it, and nobody keeps a broken one.
#[derive(Clone)]
struct SocketPool {
    pool: Pool,
    open: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl SocketPool {
    fn new(size: usize) -> Self {
        Self { pool: Pool::new(size), open: Arc::default(), most: Arc::default() }
    }

    async fn handle(&self, request: u64) {
        let (open, most) = (self.open.clone(), self.most.clone());
        let serve = async move {
            most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(Duration::from_millis(request % 7)).await;
            assert!(request % 10 != 3, "a broken connection");
        };
        let open = self.open.clone();
        self.pool
            .spawn(finally(serve, async move {
                open.fetch_sub(1, Ordering::SeqCst);
            }))
            .await
            .unwrap();
    }

    async fn shutdown(&self) {
        self.pool.kill().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_socket_pool_never_has_more_than_its_size_open_and_survives_broken_ones() {
    let sockets = SocketPool::new(5);
    for request in 0..200 {
        sockets.handle(request).await;
    }
    sockets.shutdown().await;
    assert_eq!(sockets.most.load(Ordering::SeqCst), 5);
    assert_eq!(sockets.open.load(Ordering::SeqCst), 0);
    assert_eq!(sockets.pool.free(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_reserved_slot_is_taken_though_nobody_is_a_member() {
    let pool = Pool::new(1);
    let slot = pool.reserve().await.unwrap();
    assert_eq!((pool.len(), pool.free()), (0, 0));
    assert!(matches!(pool.try_reserve(), Err(TrySpawnError::Full(()))));
    pool.join().await;
    drop(slot);
    assert_eq!(pool.free(), 1);
    let task = pool.try_reserve().unwrap().spawn_with(TaskBuilder::new().name("seven"), async { 7 });
    assert_eq!((pool.tasks()[0].name(), pool.len(), pool.free()), (Some("seven"), 1, 0));
    assert_eq!(task.take().await.unwrap(), 7);
    assert_eq!((pool.len(), pool.free()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn reservers_and_spawners_wait_in_one_line() {
    let pool = Pool::new(1);
    let slot = pool.reserve().await.unwrap();
    let mut first = Box::pin(pool.spawn(async {}));
    let mut second = Box::pin(pool.reserve());
    let mut third = Box::pin(pool.spawn(async {}));
    assert!(is_pending(&mut first).await && is_pending(&mut second).await && is_pending(&mut third).await);
    drop(slot);
    assert!(is_pending(&mut second).await, "the slot is the spawner's");
    first.await.unwrap().join().await;
    let slot = second.await.unwrap();
    assert!(is_pending(&mut third).await, "it is reserved");
    slot.spawn(async {}).join().await;
    third.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_killed_pool_reserves_nothing_and_kills_what_is_spawned_in_a_slot_from_before() {
    let pool = Pool::new(2);
    let (slot, unused) = (pool.reserve().await.unwrap(), pool.reserve().await.unwrap());
    let mut waiting = Box::pin(pool.reserve());
    assert!(is_pending(&mut waiting).await);
    pool.kill().reason("closing").await;
    assert_eq!(waiting.await.unwrap_err().to_string(), "the pool was killed: closing");
    assert!(matches!(pool.try_reserve(), Err(TrySpawnError::Closed(_))));
    let ran = Arc::new(AtomicBool::new(false));
    let run = ran.clone();
    let task = slot.spawn(async move { run.store(true, Ordering::SeqCst) });
    assert!(task.join().await.is_killed());
    assert!(!ran.load(Ordering::SeqCst));
    drop(unused);
    assert_eq!((pool.len(), pool.free()), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn a_slot_is_a_handle_of_its_pool() {
    let pool = Pool::new(2);
    let member = pool.try_spawn(pending::<()>()).unwrap();
    let slot = pool.reserve().await.unwrap();
    drop(pool);
    until_idle().await;
    assert!(!member.is_finished());
    drop(slot);
    assert!(member.join().await.is_killed());
}
