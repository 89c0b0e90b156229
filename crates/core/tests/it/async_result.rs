use std::cell::Cell;
use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Context;

use greenroom_core::{AlreadySet, AsyncResult};
use greenroom_testkit::{CountingWaker, DropCounter, until_idle};
use tokio::task::JoinSet;

use crate::stress::{give_way, on_both_flavours, operations, or_give_up};

#[tokio::test(start_paused = true)]
async fn every_getter_receives_the_value_before_and_after_it_is_set() {
    let result = AsyncResult::new();
    let early: Vec<_> = (0..3).map(|_| tokio::spawn(result.get())).collect();
    until_idle().await;
    result.set("bread").unwrap();
    for getter in early {
        assert_eq!(getter.await.unwrap().unwrap(), "bread");
    }
    assert_eq!(result.get().await.unwrap(), "bread");
    assert_eq!(result.try_get().unwrap().unwrap(), "bread");
}

#[tokio::test(start_paused = true)]
async fn getters_resume_in_the_order_of_arrival() {
    let result = AsyncResult::new();
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    for id in 0..5 {
        let (get, order) = (result.get(), order.clone());
        tokio::spawn(async move {
            get.await.unwrap();
            order.lock().unwrap().push(id);
        });
    }
    until_idle().await;
    result.set(()).unwrap();
    until_idle().await;
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn an_error_reaches_every_getter_and_keeps_its_kind() {
    let result = AsyncResult::<u32>::new();
    result.fail(io::Error::from(io::ErrorKind::TimedOut)).unwrap();
    for _ in 0..2 {
        let error = result.get().await.unwrap_err();
        assert_eq!(error.downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::TimedOut);
    }
    assert!(result.is_ready() && !result.is_successful());
    assert!(result.value().is_none() && result.error().is_some());
}

#[tokio::test]
async fn an_error_may_have_a_type_of_its_own() {
    let result = AsyncResult::<u32, u8>::default();
    result.set_error(9).unwrap();
    assert_eq!(result.get().await, Err(9));
}

#[test]
fn who_sets_second_gets_everything_back_and_changes_nothing() {
    let result = AsyncResult::<u32, u8>::default();
    result.set(1).unwrap();
    assert_eq!(result.set(2).unwrap_err().into_inner(), 2);
    assert_eq!(result.set_error(3).unwrap_err().into_inner(), 3);
    assert_eq!(result.complete(Err(4)).unwrap_err().into_inner(), Err(4));
    assert_eq!(result.try_get(), Some(Ok(1)));
}

#[test]
fn a_value_that_comes_too_late_need_be_neither_debug_nor_error_to_be_reported() {
    struct Plain;
    let result = AsyncResult::<Plain>::new();
    result.set(Plain).unwrap();
    let refused: AlreadySet<Plain> = result.set(Plain).unwrap_err();
    assert_eq!(format!("{refused:?}: {refused}"), "AlreadySet { .. }: the result is already set");
    let error = io::Error::from(refused);
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert!(error.get_ref().and_then(|source| source.downcast_ref::<AlreadySet<()>>()).is_some());
}

#[tokio::test]
async fn a_value_that_is_not_clone_is_waited_for_and_read_in_place() {
    struct Big(u32);
    let result = AsyncResult::<Big>::new();
    let reader = tokio::spawn({
        let result = result.clone();
        async move {
            result.wait().await;
            result.value().unwrap().0
        }
    });
    result.set(Big(7)).unwrap();
    assert_eq!(reader.await.unwrap(), 7);
}

#[test]
fn nothing_is_there_before_it_is_set() {
    let result = AsyncResult::<u32>::new();
    assert!(!result.is_ready() && !result.is_successful());
    assert!(result.try_get().is_none() && result.value().is_none() && result.error().is_none());
    assert_eq!(format!("{result:?}"), "AsyncResult { is_ready: false, is_successful: false, .. }");
}

#[test]
fn a_clone_of_the_value_may_use_the_result_it_comes_from() {
    thread_local! {
        static RESULT: AsyncResult<Nosy, ()> = AsyncResult::default();
        static CLONES: Cell<u32> = const { Cell::new(0) };
    }
    struct Nosy;
    impl Clone for Nosy {
        fn clone(&self) -> Self {
            CLONES.set(CLONES.get() + 1);
            // Would hang if the value were cloned, or dropped when refused, under the lock.
            RESULT.with(|result| assert!(result.is_ready() && result.set(Self).is_err()));
            Self
        }
    }
    RESULT.with(|result| {
        let (waker, mut get) = (CountingWaker::new(), pin!(result.get()));
        assert!(get.as_mut().poll(&mut Context::from_waker(&waker.waker())).is_pending());
        assert!(result.set(Nosy).is_ok());
        assert_eq!(waker.count(), 1);
        assert!(get.poll(&mut Context::from_waker(&waker.waker())).is_ready());
    });
    assert_eq!(CLONES.get(), 1);
}

#[test]
fn a_value_is_dropped_once_with_the_last_handle_or_future() {
    let drops = DropCounter::new();
    let result = AsyncResult::<_, ()>::default();
    let get = result.get();
    assert!(result.set(drops.counted()).is_ok());
    drop(result);
    assert_eq!(drops.dropped(), 0);
    drop(get);
    assert_eq!((drops.dropped(), drops.alive()), (1, 0));
}

#[test]
fn a_failure_by_text_is_an_error_like_any_other() {
    let result = AsyncResult::<u32>::new();
    result.fail("no route").unwrap();
    let error: &(dyn Error + Send + Sync) = result.error().unwrap().as_ref();
    assert_eq!(error.to_string(), "no route");
}

#[test]
fn one_setter_wins_and_all_patient_getters_agree_when_others_give_up_at_random() {
    const TASKS: usize = 10;
    on_both_flavours(async |seed| {
        for round in 0..operations() / TASKS {
            let result = AsyncResult::<usize, usize>::default();
            let mut tasks = JoinSet::new();
            let mut getters = JoinSet::new();
            for id in 0..TASKS {
                let mut random = seed.random_of((round * TASKS + id) as u64);
                let result = result.clone();
                match id {
                    0..2 => tasks.spawn(async move {
                        give_way(&mut random).await;
                        result
                            .set(id)
                            .map_err(|refused| assert_eq!(refused.into_inner(), id))
                            .is_ok()
                            .then_some(id)
                    }),
                    _ => getters.spawn(async move { or_give_up(&mut random, 50, result.get()).await }),
                };
            }
            let winners: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
            assert_eq!(winners.len(), 1);
            for got in getters.join_all().await.into_iter().flatten() {
                assert_eq!(got, Ok(winners[0]));
            }
        }
    });
}
