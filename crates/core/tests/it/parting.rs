//! A task's own clean-up, of `TaskBuilder::spawn_finally`.

use std::sync::Arc;
use std::time::Duration;

use greenroom_core::{
    Event, Exit, Queue, Task, TaskBuilder, current_id, finally, on_suspend, spawn, timeout,
};
use tokio::task::yield_now;

use crate::journal::Journal;

/// A body that says when it starts, and a clean-up that takes two polls; both are noted.
fn noted(journal: &Journal, body: impl Future<Output = ()> + Send + 'static) -> Task<()> {
    let (one, two) = (journal.clone(), journal.clone());
    TaskBuilder::new().spawn_finally(
        async move {
            one.note("body");
            body.await;
            one.note("end");
        },
        async move {
            two.note("clean-up begins");
            yield_now().await;
            two.note("clean-up ends");
        },
    )
}

#[tokio::test(start_paused = true)]
async fn it_runs_after_the_end_of_the_body_and_before_the_end_of_the_task() {
    let journal = Journal::default();
    let task = noted(&journal, yield_now());
    assert!(matches!(task.join().await, Exit::Finished));
    assert_eq!(journal.read(), ["body", "end", "clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn it_runs_after_a_kill_and_the_kill_waits_for_it() {
    let journal = Journal::default();
    let task = noted(&journal, std::future::pending());
    yield_now().await;
    assert!(matches!(task.kill().await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["body", "clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn it_runs_also_if_the_body_never_began() {
    let journal = Journal::default();
    let task = noted(&journal, std::future::pending());
    assert!(matches!(task.kill().await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn it_runs_after_a_panic_which_stays_the_end() {
    let journal = Journal::default();
    let task = noted(&journal, async { panic!("as told") });
    assert!(matches!(task.join().await, Exit::Panicked(_)));
    assert_eq!(journal.read(), ["body", "clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_it_changes_no_end() {
    let task = TaskBuilder::new().spawn_finally(async { 7 }, async { panic!("as told") });
    assert_eq!(task.get().await.unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn it_waits_for_what_the_body_left_behind() {
    let journal = Journal::default();
    let left = journal.clone();
    let task = noted(&journal, async move {
        let cleanup = async move {
            yield_now().await;
            left.note("left behind");
        };
        tokio::select! {
            biased;
            () = finally(std::future::pending(), cleanup) => {}
            () = yield_now() => {}
        }
    });
    task.join().await;
    assert_eq!(journal.read(), ["body", "end", "left behind", "clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn a_kill_does_not_reach_what_it_opens() {
    let journal = Journal::default();
    let (inner, limited) = (journal.clone(), journal.clone());
    let task = TaskBuilder::new().spawn_finally(
        // A tree of scopes is there, and is cancelled.
        finally(std::future::pending::<()>(), async {}),
        async move {
            let scoped = async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                inner.note("slept");
            };
            finally(scoped, async {}).await;
            let elapsed = timeout(Duration::from_secs(1), std::future::pending::<()>()).await;
            assert!(elapsed.is_err());
            limited.note("limited");
        },
    );
    yield_now().await;
    let exit = task.kill().await;
    assert!(matches!(exit, Exit::Killed(_)), "{exit:?}");
    assert_eq!(journal.read(), ["slept", "limited"]);
}

#[tokio::test(start_paused = true)]
async fn it_is_cut_off_when_the_grace_is_over() {
    let gone = Event::new();
    let held = Held(gone.clone());
    let task = TaskBuilder::new().spawn_finally(std::future::pending::<()>(), async move {
        let _held = held;
        std::future::pending::<()>().await;
    });
    yield_now().await;
    let exit = task.kill_within(Duration::from_secs(3)).await;
    assert!(matches!(exit, Exit::CutOff(_)), "{exit:?}");
    assert!(gone.is_set(), "it was dropped");
}

#[tokio::test(start_paused = true)]
async fn a_second_kill_shortens_its_grace() {
    let task = TaskBuilder::new().spawn_finally(async {}, std::future::pending());
    yield_now().await;
    assert!(!task.is_finished());
    let exit = task.kill_within(Duration::from_secs(1)).await;
    assert!(matches!(exit, Exit::CutOff(_)), "{exit:?}");
}

#[test]
fn it_is_dropped_with_the_runtime() {
    let gone = Event::new();
    let held = Held(gone.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let task = {
        let _entered = runtime.enter();
        TaskBuilder::new().spawn_finally(std::future::pending::<()>(), async move { drop(held) })
    };
    drop(runtime);
    assert!(matches!(task.exit(), Some(Exit::Lost)));
    assert!(gone.is_set());
}

#[tokio::test(start_paused = true)]
async fn it_is_a_part_of_its_task() {
    let ids = Queue::unbounded();
    let (one, two) = (ids.clone(), ids.clone());
    let task =
        TaskBuilder::new().spawn_finally(async move { one.put(current_id()).await.unwrap() }, async move {
            assert!(on_suspend(Arc::new(Once)));
            yield_now().await;
            two.put(current_id()).await.unwrap();
        });
    let id = Some(task.id());
    task.join().await;
    assert_eq!((ids.get().await.unwrap(), ids.get().await.unwrap()), (id, id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_runs_once_whenever_the_kill_comes() {
    let runs = Queue::unbounded();
    for round in 0..2000_u32 {
        let runs = runs.clone();
        let task = TaskBuilder::new().spawn_finally(
            async move {
                for _ in 0..round % 7 {
                    yield_now().await;
                }
            },
            async move {
                yield_now().await;
                runs.put(round).await.unwrap();
            },
        );
        let killer = spawn(async move { task.kill().await });
        killer.join().await;
    }
    let mut seen: Vec<_> = std::iter::from_fn(|| runs.try_get().ok()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..2000).collect::<Vec<_>>());
}

struct Held(Event);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.set();
    }
}

struct Once;

impl greenroom_core::Suspend for Once {
    fn poll_suspend(self: Arc<Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        std::task::Poll::Ready(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_is_made_only_when_somebody_asks_for_it() {
    #[derive(Default)]
    struct Late(std::sync::OnceLock<String>);

    impl greenroom_core::Named for Late {
        fn name(&self) -> &str {
            self.0.get_or_init(|| "late".to_owned())
        }
    }

    let named = Arc::new(Late::default());
    let task = TaskBuilder::new().name_of(named.clone()).spawn_finally(async {}, async {});
    task.join().await;
    assert!(named.0.get().is_none());
    assert_eq!(task.name(), Some("late"));
}
