//! The suspend hook.

use std::future::pending;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use greenroom_core::{Suspend, on_suspend, spawn};

use crate::journal::{Journal, ms, settle, soon};

/// Notes each call; ready after `calls`.
struct Flush {
    journal: Journal,
    calls: Mutex<u32>,
    waker: Mutex<Option<Waker>>,
}

impl Flush {
    fn new(journal: &Journal, calls: u32) -> Arc<Self> {
        Arc::new(Self { journal: journal.clone(), calls: Mutex::new(calls), waker: Mutex::new(None) })
    }
}

impl Suspend for Flush {
    fn poll_suspend(self: Arc<Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.journal.note("flush");
        *self.waker.lock().unwrap() = Some(cx.waker().clone());
        let mut calls = self.calls.lock().unwrap();
        *calls -= 1;
        if *calls == 0 { Poll::Ready(()) } else { Poll::Pending }
    }
}

struct Panics;

impl Suspend for Panics {
    fn poll_suspend(self: Arc<Self>, _: &mut Context<'_>) -> Poll<()> {
        panic!("in a hook")
    }
}

#[tokio::test(start_paused = true)]
async fn hook_runs_after_the_poll_in_which_the_task_suspends() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        assert!(on_suspend(Flush::new(&log, 1)));
        log.note("before");
        tokio::task::yield_now().await;
        log.note("after");
        tokio::task::yield_now().await;
        log.note("end");
    });
    soon(task.join()).await;
    assert_eq!(journal.read(), ["before", "flush", "after", "end"]);
}

#[tokio::test(start_paused = true)]
async fn pending_hook_is_called_again_when_its_waker_wakes_the_task() {
    let journal = Journal::default();
    let flush = Flush::new(&journal, 2);
    let hook = flush.clone();
    let task = spawn(async move {
        on_suspend(hook);
        pending::<()>().await
    });
    settle().await;
    assert_eq!(journal.read(), ["flush"]);
    flush.waker.lock().unwrap().take().unwrap().wake();
    settle().await;
    assert_eq!(journal.read(), ["flush", "flush"]);
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["flush", "flush"]);
    assert_eq!(Arc::strong_count(&flush), 1);
}

#[tokio::test(start_paused = true)]
async fn panic_in_a_hook_ends_the_registration_and_nothing_else() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        on_suspend(Arc::new(Panics));
        on_suspend(Flush::new(&log, 1));
        tokio::task::yield_now().await;
        2
    });
    assert_eq!(soon(task.get()).await.unwrap(), 2);
    assert_eq!(journal.read(), ["flush"]);
}

#[tokio::test(start_paused = true)]
async fn outside_of_a_task_nothing_is_registered() {
    let journal = Journal::default();
    let flush = Flush::new(&journal, 1);
    assert!(!on_suspend(flush.clone()));
    assert_eq!(Arc::strong_count(&flush), 1);
}

#[tokio::test(start_paused = true)]
async fn hook_registered_in_a_clean_up_runs_too() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(greenroom_core::finally(pending::<()>(), async move {
        on_suspend(Flush::new(&log, 1));
        tokio::time::sleep(ms(5)).await;
        log.note("end");
    }));
    settle().await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["flush", "end"]);
}

#[tokio::test(start_paused = true)]
async fn panic_in_the_drop_of_a_hook_ends_nothing_else() {
    struct Bomb;
    impl Suspend for Bomb {
        fn poll_suspend(self: Arc<Self>, _: &mut Context<'_>) -> Poll<()> {
            Poll::Ready(())
        }
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let task = spawn(async {
        on_suspend(Arc::new(Bomb));
        tokio::task::yield_now().await;
        2
    });
    assert_eq!(soon(task.get()).await.unwrap(), 2);
}

/// Never done; counts how often it was told that its task is over.
#[derive(Default)]
struct Unfinished(AtomicUsize);

impl Suspend for Unfinished {
    fn poll_suspend(self: Arc<Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    fn task_over(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn unfinished_work_is_told_once_that_its_task_is_over() {
    for (suspends, killed) in [(false, false), (true, false), (true, true)] {
        let works = [Arc::<Unfinished>::default(), Arc::default()];
        let hooks = works.clone();
        let task = spawn(async move {
            for hook in hooks {
                assert!(on_suspend(hook));
            }
            if suspends {
                tokio::task::yield_now().await;
            }
            if killed {
                pending::<()>().await;
            }
        });
        if killed {
            settle().await;
            task.kill().await;
        }
        task.join().await;
        let told = works.map(|work| work.0.load(Ordering::Relaxed));
        assert_eq!(told, [1, 1], "suspends: {suspends}, killed: {killed}");
    }
}
