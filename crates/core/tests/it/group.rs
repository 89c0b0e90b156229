//! Groups: members, joins, kills, and who lives when the last handle goes.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use greenroom_core::{
    AnyTask, Exit, Group, Queue, Task, TaskBuilder, TaskError, WithTimeout, current, finally, spawn,
};
use greenroom_testkit::{DropCounter, until_idle};
use tokio::time::{Instant, sleep};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_member_is_one_before_it_first_runs_and_until_it_ends() {
    let group = Group::new();
    let inner = group.clone();
    let task = group.spawn(async move { inner.contains(current().unwrap()) });
    assert!(group.contains(&task));
    assert_eq!(group.len(), 1);
    assert!(task.get().await.unwrap(), "it was a member when it ran");
    assert!(group.is_empty());
    assert!(!group.contains(&task));
}

#[tokio::test(start_paused = true)]
async fn a_name_and_a_failure_are_the_tasks_own() {
    let group = Group::new();
    let named = group.spawn_named("walker", async {});
    assert_eq!(named.name(), Some("walker"));
    let failed = group.spawn_fallible(async { "x".parse::<u8>() });
    assert!(matches!(failed.join().await, Exit::Failed(_)));
    assert!(group.is_empty());
}

#[tokio::test(start_paused = true)]
async fn members_are_listed_in_the_order_in_which_they_came() {
    let group = Group::new();
    let stranger = spawn(pending::<()>());
    let first = group.spawn(pending::<()>());
    group.add(&stranger);
    let last = group.spawn(pending::<()>());
    let expected: Vec<AnyTask> = vec![(&first).into(), (&stranger).into(), (&last).into()];
    assert_eq!(group.tasks(), expected);
    assert_eq!((&group).into_iter().collect::<Vec<_>>(), expected);
}

#[tokio::test(start_paused = true)]
async fn an_added_task_that_is_over_is_gone_at_once() {
    let group = Group::new();
    let task = spawn(async {});
    task.join().await;
    group.add(&task);
    assert!(group.is_empty());
}

#[tokio::test(start_paused = true)]
async fn adding_twice_is_adding_once() {
    let group: Group = [&spawn(pending::<()>())].into_iter().collect();
    let task = group.tasks().remove(0);
    group.add(&task);
    assert_eq!(group.len(), 1);
    task.kill().await;
    assert!(group.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_discarded_task_lives_on_and_may_come_back() {
    let group = Group::new();
    let task = group.spawn(pending::<()>());
    assert!(group.discard(&task));
    assert!(!group.discard(&task), "it is none any more");
    group.add(&task);
    assert!(group.discard(&task));
    group.add(&task);
    assert_eq!(group.len(), 1);
    group.discard(&task);
    drop(group);
    until_idle().await;
    assert!(!task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_task_may_be_a_member_of_several_groups() {
    let (one, two) = (Group::new(), Group::new());
    let task = one.spawn(pending::<()>());
    two.add(&task);
    one.discard(&task);
    assert_eq!((one.len(), two.len()), (0, 1));
    task.kill().await;
    assert!(two.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_unstarted_member_stays_until_it_is_started_or_killed() {
    let group = Group::new();
    let started = TaskBuilder::new().unstarted().spawn(async { 1 });
    let killed = TaskBuilder::new().unstarted().spawn(async { 2 });
    group.add(&started);
    group.add(&killed);
    until_idle().await;
    assert_eq!(group.len(), 2);
    started.start();
    started.join().await;
    killed.kill().await;
    assert!(group.is_empty());
}

#[tokio::test(start_paused = true)]
async fn join_waits_for_all_and_returns_at_once_when_empty() {
    let group = Group::new();
    group.join().await;
    for seconds in 1..=3 {
        group.spawn(sleep(secs(seconds)));
    }
    let start = Instant::now();
    group.join().await;
    assert_eq!(start.elapsed(), secs(3));
}

#[tokio::test(start_paused = true)]
async fn join_is_over_when_the_group_was_empty_once_even_if_it_is_refilled() {
    let group = Group::new();
    group.spawn(sleep(secs(1)));
    let waiting = spawn(group.join());
    let refill = group.clone();
    group.tasks()[0].link(move |_| async move {
        refill.spawn(pending::<()>());
    });
    assert!(waiting.join().timeout(secs(5)).await.is_ok());
    assert_eq!(group.len(), 1, "it has been refilled by then");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_waits_for_its_own_group_is_told_so() {
    let group = Group::new();
    let inner = group.clone();
    let task = group.spawn(async move { inner.join().await });
    assert!(matches!(task.join().await, Exit::Panicked(_)));
}

#[tokio::test(start_paused = true)]
async fn kill_waits_for_the_clean_ups_of_all_and_tells_how_they_ended() {
    let group = Group::new();
    let left = Arc::new(AtomicU32::new(0));
    for seconds in 1..=3 {
        let left = left.clone();
        group.spawn(finally(pending::<()>(), async move {
            sleep(secs(seconds)).await;
            left.fetch_add(1, Ordering::SeqCst);
        }));
    }
    until_idle().await;
    let start = Instant::now();
    let exits = group.kill().reason("closing").await;
    assert_eq!(start.elapsed(), secs(3));
    assert_eq!(left.load(Ordering::SeqCst), 3);
    assert_eq!(exits.len(), 3);
    assert!(exits.iter().all(|exit| matches!(exit, Exit::Killed(reason) if reason.as_str() == "closing")));
    assert!(group.is_empty());
}

#[tokio::test(start_paused = true)]
async fn kill_of_an_empty_group_returns_at_once_and_the_group_lives_on() {
    let group = Group::new();
    assert!(group.kill().await.is_empty());
    assert_eq!(group.spawn(async { 5 }).get().await.unwrap(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_member_added_while_the_group_is_killed_is_killed_before_it_runs() {
    let group = Group::new();
    let ran = Arc::new(AtomicU32::new(0));
    let (again, count) = (group.clone(), ran.clone());
    group.spawn(finally(pending::<()>(), async move {
        again.spawn(async move { count.fetch_add(1, Ordering::SeqCst) });
        sleep(secs(1)).await;
    }));
    until_idle().await;
    let exits = group.kill().await;
    assert_eq!(exits.len(), 2);
    assert!(exits.iter().all(Exit::is_killed));
    assert_eq!(ran.load(Ordering::SeqCst), 0);
    // Afterwards members live again.
    assert_eq!(group.spawn(async { 7 }).get().await.unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn one_grace_counts_for_all_and_who_is_left_is_cut_off() {
    let group = Group::new();
    let late = group.clone();
    let stubborn = || finally(pending::<()>(), pending::<()>());
    group.spawn(stubborn());
    group.spawn(finally(pending::<()>(), async move {
        sleep(secs(2)).await;
        late.add(spawn(finally(pending::<()>(), pending::<()>())));
        pending::<()>().await
    }));
    until_idle().await;
    let start = Instant::now();
    let exits = group.kill().within(secs(3)).await;
    assert_eq!(start.elapsed(), secs(3));
    assert!(matches!(exits[0], Exit::CutOff(_)) && matches!(exits[1], Exit::CutOff(_)), "{exits:?}");
    assert_eq!(exits.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_second_kill_may_shorten_the_grace_of_the_first() {
    let group = Group::new();
    group.spawn(finally(pending::<()>(), pending::<()>()));
    until_idle().await;
    let first = spawn(group.kill());
    until_idle().await;
    let exits = group.kill().within(secs(1)).await;
    assert!(matches!(exits[..], [Exit::CutOff(_)]));
    assert!(matches!(first.take().await.unwrap()[..], [Exit::CutOff(_)]));
}

#[tokio::test(start_paused = true)]
async fn kill_nowait_asks_and_does_not_wait() {
    let group = Group::new();
    let task = group.spawn(finally(pending::<()>(), sleep(secs(1))));
    until_idle().await;
    group.kill().nowait();
    assert!(!task.is_finished());
    group.join().await;
    assert!(matches!(task.exit(), Some(Exit::Killed(_))));
}

#[tokio::test(start_paused = true)]
async fn a_kill_given_up_stands_for_those_who_were_there_and_spares_later_ones() {
    let group = Group::new();
    let slow = group.spawn(finally(pending::<()>(), sleep(secs(2))));
    until_idle().await;
    assert!(group.kill().timeout(secs(1)).await.is_err());
    let later = group.spawn(pending::<()>());
    slow.join().await;
    assert!(slow.exit().unwrap().is_killed());
    until_idle().await;
    assert!(!later.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_member_that_kills_its_own_group_is_stopped_there() {
    let group = Group::new();
    let other = group.spawn(pending::<()>());
    let inner = group.clone();
    let killer = group.spawn(async move {
        inner.kill().await;
        unreachable!("it was killed at the await");
    });
    assert!(killer.join().await.is_killed());
    assert!(other.join().await.is_killed());
}

#[tokio::test(start_paused = true)]
async fn a_member_that_kills_its_group_in_its_clean_up_waits_for_the_others() {
    let group = Group::new();
    let other = group.spawn(finally(pending::<()>(), sleep(secs(2))));
    let inner = group.clone();
    let watched = AnyTask::from(&other);
    let killer = group.spawn(finally(pending::<()>(), async move {
        inner.kill().await;
        assert!(watched.is_finished());
    }));
    until_idle().await;
    assert!(matches!(killer.kill().await, Exit::Killed(_)));
    assert!(group.is_empty());
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_kills_the_members() {
    let group = Group::new();
    let copy = group.clone();
    let task = group.spawn(pending::<()>());
    drop(group);
    until_idle().await;
    assert!(!task.is_finished(), "there is a handle left");
    drop(copy);
    assert!(task.join().await.is_killed());
}

#[tokio::test(start_paused = true)]
async fn members_of_a_detached_group_live_on() {
    let group = Group::new();
    let task = group.spawn(async {
        sleep(secs(1)).await;
        3
    });
    group.detach();
    drop(group);
    assert_eq!(task.get().await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_pending_join_keeps_the_group() {
    let group = Group::new();
    let task = group.spawn(sleep(secs(1)));
    let join = group.join();
    drop(group);
    join.await;
    assert!(task.is_successful());
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_group_is_left_when_its_handles_and_members_are_gone() {
    static DROPS: DropCounter = DropCounter::new();
    let group = Group::new();
    for _ in 0..3 {
        let counted = DROPS.counted();
        group.spawn(async move {
            let _counted = counted;
            pending::<()>().await
        });
    }
    let counted = DROPS.counted();
    let unstarted = TaskBuilder::new().unstarted().spawn(async move {
        let _counted = counted;
    });
    group.add(&unstarted);
    drop(unstarted);
    group.detach();
    let tasks: Vec<_> = group.tasks().into_iter().take(3).collect();
    drop(group);
    assert_eq!(DROPS.dropped(), 1, "nobody could ever start it");
    for task in tasks {
        task.kill().await;
    }
    assert_eq!(DROPS.dropped(), 4);
}

#[tokio::test(start_paused = true)]
async fn apply_runs_in_a_task_of_the_group_and_in_place_from_a_member() {
    let group = Group::new();
    let inner = group.clone();
    let (outer_id, inner_id) = group
        .apply(async move {
            let id = || async { current().unwrap().id() };
            (id().await, inner.apply(async move { id().await }).await.unwrap())
        })
        .await
        .unwrap();
    assert_eq!(outer_id, inner_id);
}

#[tokio::test(start_paused = true)]
async fn a_panic_under_apply_is_an_error_in_a_task_and_in_place() {
    let group = Group::new();
    let panicked = |result| matches!(result, Err(TaskError::Panicked(_)));
    assert!(panicked(group.apply(async { panic!("in a task") }).await));
    let inner = group.clone();
    let task = group.spawn(async move { inner.apply(async { panic!("in place") }).await });
    assert!(panicked(task.take().await.unwrap()));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_apply_kills_its_task() {
    let group = Group::new();
    let left = Queue::unbounded();
    let leaving = left.clone();
    let body = finally(pending::<()>(), async move {
        leaving.put(()).await.unwrap();
    });
    assert!(group.apply(body).timeout(secs(1)).await.is_err());
    left.get().await.unwrap();
    group.join().await;
}

#[tokio::test(start_paused = true)]
async fn the_designs_group_program_reads_as_it_should() {
    let done = Arc::new(AtomicU32::new(0));
    let count = done.clone();
    let work = move |_name: &'static str, job: u32| {
        let done = count.clone();
        async move {
            done.fetch_add(job, Ordering::SeqCst);
        }
    };
    let jobs = Queue::bounded(3);
    let crew = Group::new();
    for name in ["steve", "john", "nancy"] {
        let jobs = jobs.clone();
        let work = work.clone();
        crew.spawn(async move {
            while let Ok(job) = jobs.get().await {
                work(name, job).await
            }
        });
    }
    for job in 1..=10 {
        jobs.put(job).await.unwrap();
    }
    jobs.shutdown();
    crew.join().await;
    assert_eq!(done.load(Ordering::SeqCst), 55);
}

#[test]
fn a_lost_runtime_empties_the_group() {
    let group = Group::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let task: Task<()> = runtime.block_on(async { group.spawn(pending()) });
    drop(runtime);
    assert!(matches!(task.exit(), Some(Exit::Lost)));
    assert!(group.is_empty());
}
