//! A panic is the matter of the task it is in, whatever it comes from.

use std::future::{Future, pending};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

use greenroom_core::{Exit, Semaphore, Task, TaskError, spawn};
use tokio::task::yield_now;

use crate::stress::on_both_flavours;

/// Panics without a word on stderr.
fn panic_quietly(words: &'static str) -> ! {
    resume_unwind(Box::new(words))
}

/// Panics when it is dropped.
#[derive(Clone)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic_quietly("the bomb");
        }
    }
}

/// Ends at once, and holds a bomb until it is dropped.
struct Armed {
    _bomb: Bomb,
}

impl Future for Armed {
    type Output = u8;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u8> {
        Poll::Ready(7)
    }
}

async fn assert_panicked<T: Send + 'static>(task: Task<T>) {
    let exit = task.join().await;
    assert!(matches!(&exit, Exit::Panicked(panic) if panic.message() == "the bomb"), "{exit}");
    assert!(matches!(task.take().await, Err(TaskError::Panicked(_))));
}

/// Tasks still run, wait and end.
async fn assert_life_goes_on() {
    let others: Vec<_> = (0..20).map(|n| spawn(async move { (yield_now().await, n).1 })).collect();
    for (n, other) in others.into_iter().enumerate() {
        assert_eq!(other.take().await.unwrap(), n);
    }
}

#[test]
fn a_panic_ends_its_own_task_and_no_other() {
    on_both_flavours(async |_| {
        let tasks: Vec<_> = (0..300)
            .map(|n| {
                spawn(async move {
                    for _ in 0..n % 4 {
                        yield_now().await;
                    }
                    if n % 3 == 0 { panic_quietly("the bomb") } else { n }
                })
            })
            .collect();
        for (n, task) in tasks.into_iter().enumerate() {
            if n % 3 == 0 {
                assert_panicked(task).await;
            } else {
                assert_eq!(task.take().await.unwrap(), n);
            }
        }
        assert_life_goes_on().await;
    });
}

#[test]
fn a_panic_in_a_drop_at_the_end_of_a_body_is_how_the_task_ended() {
    on_both_flavours(async |_| {
        assert_panicked(spawn(async { (yield_now().await, Bomb).0 })).await;
        assert_panicked(spawn(Armed { _bomb: Bomb })).await;
        assert_life_goes_on().await;
    });
}

#[test]
fn a_panic_in_a_drop_during_a_kill_does_not_keep_the_kill_from_returning() {
    on_both_flavours(async |_| {
        for started in [true, false] {
            let bomb = Bomb;
            let task = spawn(async move { (pending::<()>().await, bomb).0 });
            if started {
                while !task.is_started() {
                    yield_now().await;
                }
            }
            task.kill().await;
            assert_panicked(task).await;
        }
        assert_life_goes_on().await;
    });
}

/// Nobody asked for the value, so it is dropped wherever the last handle goes.
#[test]
fn a_value_that_panics_when_dropped_harms_no_task() {
    on_both_flavours(async |_| {
        let tasks: Vec<_> = (0..20).map(|_| spawn(async { Bomb })).collect();
        let holder = spawn(async move {
            for task in &tasks {
                task.join().await;
            }
            yield_now().await;
            drop(tasks);
        });
        assert_panicked(holder).await;
        let doors = Semaphore::new(0);
        for _ in 0..20 {
            let doors = doors.clone();
            drop(spawn(async move { (doors.acquire().await, Bomb).1 }));
        }
        (0..20).for_each(|_| doors.release());
        // Who is inside has no handle left, and gives the door back in any case.
        drop(doors.acquire_many(20).await);
        assert_life_goes_on().await;
    });
}

/// A panic while a panic unwinds is the end of a process: a bomb that heeds that may go off in company.
#[test]
fn bombs_dropped_by_a_panic_leave_the_first_panic_as_the_end() {
    on_both_flavours(async |_| {
        let task = spawn(async {
            let _bombs = [Bomb, Bomb];
            yield_now().await;
            if true {
                panic_quietly("the bomb");
            }
        });
        assert_panicked(task).await;
        assert_life_goes_on().await;
    });
}
