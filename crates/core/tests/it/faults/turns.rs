//! A task that is killed when its turn has come, and before it runs: its turn goes to the next, whatever it waited for.

use std::fmt::Debug;
use std::future::pending;

use greenroom_core::{BoundedSemaphore, Channel, Pool, Queue, Semaphore, Task, spawn};
use greenroom_testkit::until_idle;

/// Two wait in line; `give` is for the first, which is killed in that moment; what was given reaches the second.
async fn passes_on<T, F>(wait: impl Fn() -> F, give: impl FnOnce()) -> T
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let [first, second]: [Task<T>; 2] = [spawn(wait()), spawn(wait())];
    until_idle().await;
    give();
    first.kill_nowait();
    until_idle().await;
    assert!(first.exit().is_some_and(|exit| exit.is_killed()), "the first ran before it was killed");
    assert!(second.is_finished(), "what was given to the first is lost");
    second.take().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_permit_given_to_a_task_killed_in_that_moment_goes_to_the_next() {
    let semaphore = Semaphore::new(0);
    let waits = semaphore.clone();
    let permit = passes_on(move || waits.acquire(), || semaphore.release()).await;
    assert_eq!((permit.count(), semaphore.available()), (1, 0));
    drop(permit);
    assert_eq!(semaphore.available(), 1);
}

#[tokio::test(start_paused = true)]
async fn all_permits_gathered_by_a_task_killed_in_that_moment_go_to_the_next() {
    let semaphore = BoundedSemaphore::new(3);
    let held = semaphore.acquire_many(3).await;
    let waits = semaphore.clone();
    let permit = passes_on(move || waits.acquire_many(2), || drop(held)).await;
    assert_eq!((permit.count(), semaphore.available()), (2, 1));
    drop(permit);
    assert!(semaphore.release().is_err(), "a permit is owed");
}

#[tokio::test(start_paused = true)]
async fn those_behind_a_killed_head_that_wanted_many_go_on() {
    let semaphore = Semaphore::new(2);
    let wants = |count| {
        let semaphore = semaphore.clone();
        spawn(async move { semaphore.acquire_many(count).await })
    };
    let [head, one, other] = [3, 1, 1].map(wants);
    until_idle().await;
    assert!(!one.is_finished() && !other.is_finished(), "nobody overtakes");
    head.kill_nowait();
    until_idle().await;
    assert!(one.is_finished() && other.is_finished());
    drop((one.take().await.unwrap(), other.take().await.unwrap()));
    assert_eq!(semaphore.available(), 2);
}

fn same<T: PartialEq + Debug, E: Debug>(got: Result<T, E>, expected: T) {
    assert_eq!(got.unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn an_item_meant_for_a_task_killed_in_that_moment_goes_to_the_next() {
    let queue = Queue::unbounded();
    let waits = queue.clone();
    same(passes_on(move || waits.get().into_owned(), || queue.try_put(1).unwrap()).await, 1);
    let waits = queue.clone();
    let job = passes_on(move || waits.get_job(), || queue.try_put(2).unwrap()).await.unwrap();
    assert_eq!((*job, queue.len()), (2, 0));
    let channel = Channel::new();
    let waits = channel.clone();
    same(passes_on(move || waits.get(), || channel.try_put(3).unwrap()).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_place_kept_for_a_task_killed_in_that_moment_goes_to_the_next() {
    let queue = Queue::bounded(1);
    queue.put(0).await.unwrap();
    let waits = queue.clone();
    let slot = passes_on(move || waits.reserve(), || same(queue.try_get(), 0)).await.unwrap();
    assert!(queue.is_full() && queue.is_empty());
    slot.put(1).unwrap();
    same(queue.try_get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_slot_of_a_pool_handed_to_a_spawner_killed_in_that_moment_goes_to_the_next() {
    let pool = Pool::new(1);
    let member = pool.try_spawn(pending::<()>()).unwrap();
    let waits = pool.clone();
    let next =
        passes_on(move || waits.spawn(pending::<()>()), || assert!(pool.discard(&member))).await.unwrap();
    assert!(pool.contains(&next) && pool.len() == 1);
    assert!(next.kill().await.is_killed());
    assert_eq!(pool.free(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_member_killed_before_its_first_poll_gives_its_slot_back() {
    let pool = Pool::new(1);
    let member = pool.try_spawn(async { panic!("it never runs") }).unwrap();
    assert_eq!(pool.free(), 0);
    assert!(member.kill().await.is_killed());
    assert_eq!((pool.len(), pool.free()), (0, 1));
}
