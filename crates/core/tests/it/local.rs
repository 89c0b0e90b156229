//! Values that each task has for itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use greenroom_core::{Event, Local, LocalError, finally, spawn};
use greenroom_testkit::{Counted, DropCounter};
use tokio::task::yield_now;
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn each_task_has_a_value_of_its_own() {
    static STASH: Local<u32> = Local::new(|| 0);
    let one = spawn(async {
        STASH.with_mut(|stash| *stash += 1);
        sleep(Duration::from_secs(2)).await;
        STASH.get()
    });
    let other = spawn(async {
        sleep(Duration::from_secs(1)).await;
        STASH.get()
    });
    assert_eq!(other.get().await.unwrap(), Ok(0));
    assert_eq!(one.get().await.unwrap(), Ok(1));
}

#[tokio::test]
async fn a_value_is_made_when_it_is_first_asked_for_and_once() {
    static MADE: AtomicU32 = AtomicU32::new(0);
    static STASH: Local<u32> = Local::new(|| MADE.fetch_add(1, Ordering::Relaxed));
    spawn(async {
        yield_now().await;
        assert_eq!(MADE.load(Ordering::Relaxed), 0);
        STASH.with(|_| ());
        yield_now().await;
        STASH.with(|_| ());
        assert_eq!(MADE.load(Ordering::Relaxed), 1);
    })
    .get()
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_stays_with_its_task_on_every_thread() {
    static STASH: Local<u32> = Local::new(|| 0);
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            spawn(async move {
                STASH.set(number).unwrap();
                for _ in 0..50 {
                    yield_now().await;
                    STASH.with(|stash| assert_eq!(*stash, number));
                }
            })
        })
        .collect();
    for task in tasks {
        task.get().await.unwrap();
    }
}

#[tokio::test]
async fn outside_of_a_task_there_is_an_error_that_says_so() {
    static STASH: Local<u32> = Local::new(|| 0);
    assert_eq!(STASH.try_with(|_| ()), Err(LocalError::NoTask));
    assert_eq!(STASH.get(), Err(LocalError::NoTask));
    assert_eq!(STASH.take(), Err(LocalError::NoTask));
    let error = STASH.set(7).unwrap_err();
    assert_eq!((error.cause(), error.into_inner()), (LocalError::NoTask, 7));
    assert_eq!(tokio::spawn(async { STASH.get() }).await.unwrap(), Err(LocalError::NoTask));
    let panic = catch_unwind(|| STASH.with(|_| ())).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), "a task-local value was asked for outside of a task");
}

#[tokio::test]
async fn asked_for_inside_the_work_on_it_it_is_in_use_and_others_are_not() {
    static STASH: Local<u32> = Local::new(|| 1);
    static OTHER: Local<u32> = Local::new(|| 2);
    static LOOP: Local<u32> = Local::new(|| LOOP.get().map_or(5, |_| 6));
    spawn(async {
        STASH.with_mut(|stash| {
            assert_eq!(STASH.get(), Err(LocalError::InUse));
            assert_eq!(STASH.set(9).unwrap_err().cause(), LocalError::InUse);
            *stash += OTHER.get().unwrap();
        });
        assert_eq!(STASH.get(), Ok(3));
        assert_eq!(LOOP.get(), Ok(5));
    })
    .get()
    .await
    .unwrap();
}

#[tokio::test]
async fn a_panic_in_the_work_leaves_the_value_and_one_in_its_making_leaves_none() {
    static STASH: Local<u32> = Local::new(|| 1);
    static TRIES: AtomicU32 = AtomicU32::new(0);
    static HARD: Local<u32> = Local::new(|| match TRIES.fetch_add(1, Ordering::Relaxed) {
        0 => panic!("not yet"),
        tries => tries,
    });
    spawn(async {
        let panic = catch_unwind(|| {
            STASH.with_mut(|stash| {
                *stash = 8;
                panic!("in the work");
            })
        });
        assert!(panic.is_err());
        assert_eq!(STASH.get(), Ok(8));
        assert!(catch_unwind(|| HARD.get()).is_err());
        assert_eq!(HARD.get(), Ok(1));
    })
    .get()
    .await
    .unwrap();
}

#[tokio::test]
async fn set_gives_the_value_before_and_take_leaves_the_next_to_be_made() {
    static STASH: Local<u32> = Local::new(|| 1);
    spawn(async {
        assert_eq!(STASH.take().unwrap(), None);
        assert_eq!(STASH.set(2).unwrap(), None);
        assert_eq!(STASH.set(3).unwrap(), Some(2));
        assert_eq!(STASH.take().unwrap(), Some(3));
        assert_eq!(STASH.get().unwrap(), 1);
    })
    .get()
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn values_are_dropped_when_the_task_ends_in_whichever_way() {
    static STASH: Local<Option<Counted<'static>>> = Local::new(|| None);
    static DROPS: DropCounter = DropCounter::new();
    let with_one = |end: usize| {
        let counted = DROPS.counted();
        spawn(async move {
            STASH.set(Some(counted)).unwrap();
            match end {
                0 => {}
                1 => panic!("the end"),
                _ => std::future::pending().await,
            }
        })
    };
    with_one(0).join().await;
    assert_eq!(DROPS.dropped(), 1);
    with_one(1).join().await;
    assert_eq!(DROPS.dropped(), 2);
    let task = with_one(2);
    yield_now().await;
    assert_eq!(DROPS.dropped(), 2);
    task.kill().await;
    assert_eq!(DROPS.dropped(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_clean_up_still_finds_the_values_of_its_task() {
    static STASH: Local<u32> = Local::new(|| 0);
    let found = Event::new();
    let told = found.clone();
    let task = spawn(async move {
        STASH.set(4).unwrap();
        finally(std::future::pending::<()>(), async move {
            assert_eq!(STASH.get(), Ok(4));
            told.set();
        })
        .await
    });
    yield_now().await;
    task.kill().await;
    assert!(found.is_set());
}

static DROPPED: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Tells of its drop, and of what it finds there; some panic then.
struct Telling(u32);

impl Drop for Telling {
    fn drop(&mut self) {
        assert_eq!(LAST.try_with(|_| ()), Err(LocalError::NoTask));
        DROPPED.lock().unwrap().push(self.0);
        assert_ne!(self.0, 2, "in a drop");
    }
}

static FIRST: Local<Telling> = Local::new(|| Telling(1));
static MIDDLE: Local<Telling> = Local::new(|| Telling(2));
static LAST: Local<Telling> = Local::new(|| Telling(3));

#[tokio::test]
async fn values_are_dropped_latest_first_and_one_that_panics_keeps_none() {
    let task = spawn(async {
        FIRST.with(|_| MIDDLE.with(|_| LAST.with(|_| ())));
        LAST.with(|_| ());
    });
    assert!(task.join().await.is_finished());
    assert_eq!(*DROPPED.lock().unwrap(), [3, 2, 1]);
}

#[tokio::test(start_paused = true)]
async fn children_inherit_only_where_asked() {
    static USER: Local<&str> = Local::new(|| "nobody");
    let parent = spawn(async {
        USER.set("ann").unwrap();
        let alone = spawn(async { USER.get().unwrap() });
        let heir = spawn(USER.with_value(USER.get().unwrap(), async {
            yield_now().await;
            USER.get().unwrap()
        }));
        (alone.await.unwrap(), heir.await.unwrap())
    });
    assert_eq!(parent.await.unwrap(), ("nobody", "ann"));
}

#[tokio::test]
async fn a_value_given_to_a_future_is_there_in_its_polls_and_nowhere_else() {
    static USER: Local<&str> = Local::new(|| "nobody");
    spawn(async {
        let given = USER.with_value("ann", async {
            yield_now().await;
            assert_eq!(USER.set("bob").unwrap(), Some("ann"));
            yield_now().await;
            assert_eq!(USER.get().unwrap(), "bob");
            assert_eq!(USER.take().unwrap(), Some("bob"));
            yield_now().await;
            assert_eq!(USER.get().unwrap(), "nobody");
        });
        let beside = async {
            for _ in 0..4 {
                assert_eq!(USER.get().unwrap(), "nobody");
                yield_now().await;
            }
        };
        tokio::join!(given, beside);
        USER.set("eve").unwrap();
        let panicked = AssertUnwindSafe(USER.with_value("ann", async { panic!("inside") }));
        assert!(panicked.catch_unwind().await.is_err());
        assert_eq!(USER.get().unwrap(), "eve");
    })
    .get()
    .await
    .unwrap();
}

#[tokio::test]
async fn a_value_given_to_a_future_outside_of_a_task_is_a_panic_that_says_so() {
    static USER: Local<&str> = Local::new(|| "nobody");
    let given = tokio::spawn(USER.with_value("ann", async {}));
    let panic = given.await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), "a task-local value was asked for outside of a task");
}

#[test]
fn a_local_asked_for_while_its_thread_ends_is_an_error_and_no_abort() {
    static STASH: Local<u32> = Local::new(|| 0);
    static SEEN: Mutex<Option<LocalError>> = Mutex::new(None);
    struct AtTheEnd;
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            *SEEN.lock().unwrap() = STASH.get().err();
        }
    }
    thread_local!(static LATER: AtTheEnd = const { AtTheEnd });
    // What was first used is dropped last.
    let thread = std::thread::spawn(|| {
        LATER.with(|_| ());
        assert_eq!(STASH.get(), Err(LocalError::NoTask));
    });
    thread.join().unwrap();
    assert_eq!(*SEEN.lock().unwrap(), Some(LocalError::NoTask));
}
