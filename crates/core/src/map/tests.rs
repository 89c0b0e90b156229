//! What only the inside can tell.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::yield_now;

use super::results::in_order;
use crate::pool::Pool;
use crate::scope::with_task_side;

/// A value of the running task.
struct Own(usize, Arc<AtomicUsize>);

impl Drop for Own {
    fn drop(&mut self) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

const KEY: usize = 1;

fn own() -> Option<usize> {
    with_task_side(|side| Some(side.locals.get(&KEY)?.downcast_ref::<Own>()?.0)).flatten()
}

fn set(number: usize, drops: &Arc<AtomicUsize>) {
    let value = Own(number, drops.clone());
    let before = with_task_side(move |side| side.locals.insert(KEY, Box::new(value)));
    drop(before);
}

/// Sets a value of its own, and finds it after a suspension; counts those found from before.
async fn item(number: usize, drops: Arc<AtomicUsize>, found: Arc<AtomicUsize>) {
    found.fetch_add(usize::from(own().is_some()), Ordering::SeqCst);
    set(number, &drops);
    if number.is_multiple_of(2) {
        yield_now().await;
    }
    assert_eq!(own(), Some(number));
}

#[tokio::test(start_paused = true)]
async fn own_values_are_fresh_for_each_item_and_dropped_with_it() {
    let (drops, found) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = (drops.clone(), found.clone());
    let work = move |number| item(number, counts.0.clone(), counts.1.clone());
    Pool::new(2).map(0..10, work).await.unwrap();
    assert_eq!((drops.load(Ordering::SeqCst), found.load(Ordering::SeqCst)), (10, 0));
}

#[tokio::test(start_paused = true)]
async fn in_place_the_callers_own_values_are_out_of_sight_and_stay() {
    let (drops, found) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let pool = Pool::new(1);
    let (inner, counts) = (pool.clone(), (drops.clone(), found.clone()));
    let caller = pool.apply(async move {
        set(99, &counts.0);
        let counts_of_items = counts.clone();
        let work = move |number| item(number, counts_of_items.0.clone(), counts_of_items.1.clone());
        let beside = async {
            for _ in 0..20 {
                assert_eq!(own(), Some(99), "the other branch of the same task");
                yield_now().await;
            }
        };
        let map = inner.map(0..10, work);
        tokio::join!(async { map.await.unwrap() }, beside);
        inner.apply(item(10, counts.0.clone(), counts.1.clone())).await.unwrap();
        own()
    });
    assert_eq!(caller.await.unwrap(), Some(99));
    assert_eq!((drops.load(Ordering::SeqCst), found.load(Ordering::SeqCst)), (12, 0));
}

#[test]
fn what_several_have_gathered_is_put_into_order() {
    assert_eq!(
        in_order(vec![vec![(0, 'a'), (3, 'd')], vec![], vec![(1, 'b'), (2, 'c')]]),
        ['a', 'b', 'c', 'd']
    );
    assert_eq!(in_order(vec![vec![(0, 'a'), (1, 'b')]]), ['a', 'b']);
    assert_eq!(in_order(Vec::<Vec<(usize, char)>>::new()), []);
}
