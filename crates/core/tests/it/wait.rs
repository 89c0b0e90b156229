//! Waiting for many: join_all, try_join_all, kill_all, wait, iwait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::poll_fn;
use futures_util::stream::FusedStream;
use greenroom_core::{
    AnyTask, AsyncResult, Event, Exit, Semaphore, Task, TaskError, Waitable, WithTimeout, current, finally,
    iwait, join_all, kill_all, shield, spawn, spawn_fallible, try_join_all, wait,
};
use greenroom_testkit::{DropCounter, until_idle};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

/// A task that ends after so many seconds.
fn nap(seconds: u64) -> Task<u64> {
    spawn(async move {
        sleep(Duration::from_secs(seconds)).await;
        seconds
    })
}

/// A task that fails after so many seconds, with them as its error.
fn fail(seconds: u64) -> Task<()> {
    spawn_fallible(async move {
        sleep(Duration::from_secs(seconds)).await;
        Err::<(), _>(seconds.to_string())
    })
}

fn ids<'a>(tasks: impl IntoIterator<Item = &'a AnyTask>) -> Vec<u64> {
    tasks.into_iter().map(|task| task.id().get()).collect()
}

mod joining {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn tasks_come_in_the_order_of_their_ends_however_they_ended() {
        let killed = nap(9);
        let tasks: Vec<AnyTask> =
            vec![nap(3).into(), fail(1).into(), (&killed).into(), spawn(async { panic!("here") }).into()];
        let join = join_all(&tasks);
        killed.link(|_| async {});
        spawn(async move {
            sleep(Duration::from_secs(2)).await;
            killed.kill().await
        });
        assert_eq!(ids(&join.await), ids([&tasks[3], &tasks[1], &tasks[2], &tasks[0]]));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_given_twice_counts_and_comes_twice() {
        let (a, b) = (nap(1), nap(2));
        assert_eq!(ids(&join_all([&a, &b, &a]).await), ids([&*a, &*a, &*b]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_count_ends_it_and_the_rest_go_on() {
        let tasks = [nap(3), nap(1), nap(2)];
        let start = Instant::now();
        assert_eq!(ids(&join_all(&tasks).count(2).await), ids([&*tasks[1], &*tasks[2]]));
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        assert!(!tasks[0].is_finished());
        assert_eq!(join_all(&tasks).count(9).await.len(), 3);
        assert_eq!(join_all(&tasks).count(0).await, []);
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_are_over_come_first_in_the_order_given_and_none_at_once() {
        let tasks = [nap(2), nap(1), nap(5)];
        sleep(Duration::from_secs(3)).await;
        let join = join_all([&tasks[2], &tasks[0], &tasks[1]]);
        assert_eq!(ids(&join.await), ids([&*tasks[0], &*tasks[1], &*tasks[2]]));
        assert_eq!(join_all::<[&AnyTask; 0]>([]).await, []);
    }

    #[tokio::test(start_paused = true)]
    async fn a_timeout_around_it_leaves_the_tasks_alone() {
        let tasks = [nap(1), nap(3)];
        assert!(join_all(&tasks).timeout(Duration::from_secs(2)).await.is_err());
        assert!(tasks[0].is_finished() && !tasks[1].is_finished());
        assert_eq!(tasks[1].get().await.unwrap(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_waits_for_itself_among_others_is_a_panic_and_no_hang() {
        let other = nap(1);
        let task = spawn(async move { join_all([current().unwrap(), other.into()]).await.len() });
        let Exit::Panicked(panic) = task.join().await else { panic!("it ended otherwise") };
        assert!(panic.message().contains("waits for itself"), "{panic}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_error_in_the_order_of_the_ends_is_told_and_the_rest_go_on() {
        let tasks: [AnyTask; 4] = [fail(4).into(), nap(1).into(), fail(2).into(), nap(3).into()];
        let start = Instant::now();
        let error = try_join_all(&tasks).await.unwrap_err();
        assert!(matches!(&error, TaskError::Failed(error) if error.to_string() == "2"), "{error:?}");
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        assert!(!tasks[0].is_finished() && !tasks[3].is_finished());
    }

    #[tokio::test(start_paused = true)]
    async fn without_an_error_it_is_like_join_all_and_a_count_may_come_before_one() {
        let tasks = [nap(2), nap(1)];
        assert_eq!(ids(&try_join_all(&tasks).await.unwrap()), ids([&*tasks[1], &*tasks[0]]));
        let tasks: [AnyTask; 2] = [fail(2).into(), nap(1).into()];
        assert_eq!(ids(&try_join_all(&tasks).count(1).await.unwrap()), ids([&tasks[1]]));
    }
}

mod killing {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn exits_come_in_the_order_given_after_clean_ups_that_ran_side_by_side() {
        let tasks = [3, 1, 2].map(|seconds| {
            spawn(finally(std::future::pending::<()>(), async move {
                sleep(Duration::from_secs(seconds)).await;
            }))
        });
        let over = spawn(async {});
        until_idle().await;
        let start = Instant::now();
        let all = tasks.iter().map(AnyTask::from).chain([AnyTask::from(&over)]);
        let exits = kill_all(all).reason("closing").await;
        assert_eq!(start.elapsed(), Duration::from_secs(3));
        assert!(exits[..3].iter().all(|exit| matches!(exit, Exit::Killed(why) if why.as_str() == "closing")));
        assert!(matches!(exits[3], Exit::Finished));
    }

    #[tokio::test(start_paused = true)]
    async fn tasks_that_never_ran_do_not_run() {
        let runs = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let runs = runs.clone();
                spawn(async move { runs.fetch_add(1, Ordering::Relaxed) })
            })
            .collect();
        assert!(kill_all(&tasks).await.iter().all(Exit::is_killed));
        assert_eq!(runs.load(Ordering::Relaxed), 0);
        assert!(kill_all::<[&AnyTask; 0]>([]).await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn within_a_grace_the_slow_are_cut_off() {
        let tasks = [1, 9].map(|seconds| {
            spawn(finally(std::future::pending::<()>(), async move {
                sleep(Duration::from_secs(seconds)).await;
            }))
        });
        until_idle().await;
        let exits = kill_all(&tasks).within(Duration::from_secs(2)).await;
        assert!(matches!(&exits[..], [Exit::Killed(_), Exit::CutOff(_)]), "{exits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_happens_before_the_first_poll_and_nowait_does_not_wait() {
        let tasks = [nap(1), nap(2)];
        drop(kill_all(&tasks));
        assert_eq!(tasks[0].get().await.unwrap(), 1);
        kill_all(&tasks).reason("enough").nowait();
        assert!(!tasks[1].is_finished());
        assert!(tasks[1].join().await.is_killed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_among_those_it_kills_stops_there_and_not_in_its_clean_up() {
        let other = nap(9);
        let victims = other.clone();
        let task = spawn(async move {
            kill_all([current().unwrap(), victims.into()]).await;
            unreachable!("it was killed");
        });
        assert!(task.join().await.is_killed());
        assert!(other.join().await.is_killed());

        let other = nap(9);
        let victims = other.clone();
        let task = spawn(shield(async move { kill_all([current().unwrap(), victims.into()]).await }));
        let exits = task.take().await.unwrap();
        assert!(exits.iter().all(Exit::is_killed), "{exits:?}");
    }
}

mod waiting {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn things_of_every_kind_come_in_the_order_in_which_they_get_ready() {
        let (task, event, result, semaphore) =
            (nap(4), Event::new(), AsyncResult::<u8>::new(), Semaphore::new(0));
        let objects = [
            Waitable::from(&task),
            (&event).into(),
            (&result).into(),
            (&semaphore).into(),
            Waitable::new(sleep(Duration::from_secs(5))),
        ];
        let permits = semaphore.clone();
        spawn(async move {
            let second = Duration::from_secs(1);
            sleep(second).await;
            result.set(7).unwrap();
            sleep(second).await;
            permits.release();
            sleep(second).await;
            event.set();
        });
        assert_eq!(wait(objects).await, [2, 3, 1, 0, 4]);
        assert_eq!(semaphore.available(), 1, "waiting takes no permit");
    }

    #[tokio::test(start_paused = true)]
    async fn a_count_ends_it_is_capped_and_none_is_ready_at_once() {
        let tasks = [nap(2), nap(1)];
        assert_eq!(wait(tasks.iter().map(Waitable::from)).count(1).await, [1]);
        assert_eq!(wait(tasks.iter().map(Waitable::from)).count(5).await, [1, 0]);
        assert_eq!(wait(tasks.iter().map(Waitable::from)).count(0).await, []);
        assert_eq!(wait([]).await, []);
    }

    #[tokio::test(start_paused = true)]
    async fn iwait_is_a_stream_that_misses_nothing_while_its_reader_is_away_and_is_fused() {
        let tasks = [nap(3), nap(1), nap(2)];
        let mut ready = iwait(tasks.iter().map(Waitable::from));
        assert_eq!(ready.next().await, Some(1));
        sleep(Duration::from_secs(60)).await;
        assert_eq!((ready.next().await, ready.next().await), (Some(2), Some(0)));
        assert!(ready.is_terminated());
        assert_eq!((ready.next().await, ready.next().await), (None, None));
    }

    #[tokio::test(start_paused = true)]
    async fn an_early_end_takes_it_out_of_every_list() {
        static DROPS: DropCounter = DropCounter::new();
        let objects = || {
            let mut objects = vec![Waitable::new(sleep(Duration::from_secs(1)))];
            objects.extend((0..3).map(|_| {
                let counted = DROPS.counted();
                Waitable::new(async move {
                    let _counted = counted;
                    std::future::pending::<()>().await
                })
            }));
            objects
        };
        let mut ready = iwait(objects());
        assert_eq!(ready.next().await, Some(0));
        drop(ready);
        assert_eq!(DROPS.dropped(), 3);
        // A count is reached: the rest is let go though the stream lives.
        let mut ready = iwait(objects()).count(1);
        assert_eq!(ready.next().await, Some(0));
        assert_eq!(DROPS.dropped(), 6);
        assert_eq!(ready.next().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gets_ready_costs_one_poll_however_many_wait() {
        let polls = Arc::new(AtomicUsize::new(0));
        let objects = (0..500).map(|millis| {
            let polls = polls.clone();
            let mut nap = Box::pin(sleep(Duration::from_millis(millis)));
            Waitable::new(poll_fn(move |cx| {
                polls.fetch_add(1, Ordering::Relaxed);
                nap.as_mut().poll(cx)
            }))
        });
        assert_eq!(wait(objects).await.len(), 500);
        assert!(polls.load(Ordering::Relaxed) <= 2 * 500);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_always_wakes_itself_holds_nobody_up() {
        let restless = Waitable::new(async {
            loop {
                yield_now().await;
            }
        });
        let objects = [restless, Waitable::new(sleep(Duration::ZERO))];
        assert_eq!(wait(objects).count(1).timeout(Duration::from_secs(1)).await.unwrap(), [1]);
    }
}
