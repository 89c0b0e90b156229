//! Looking without taking.

use std::fmt;
use std::sync::Arc;
use std::task::Poll;

use greenroom_core::{GetError, Queue, TryGetError};

use super::{Bell, park, poll};

/// gevent: peek is like get without removing, and does not wake putters.
#[test]
fn a_peek_leaves_the_item_and_makes_no_room() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let mut put = park(queue.put(2));
    assert_eq!(poll(&mut queue.peek()), Poll::Ready(Ok(1)));
    assert_eq!(queue.try_peek(), Ok(1));
    assert_eq!((queue.len(), queue.unfinished(), poll(&mut put)), (1, 1, Poll::Pending));
    assert_eq!(queue.try_get(), Ok(1));
}

#[test]
fn a_waiting_peeker_passes_its_turn_on_to_the_getter_behind_it() {
    let queue = Queue::unbounded();
    let mut peek = park(queue.peek());
    let bell = Arc::new(Bell::default());
    let mut get = queue.get();
    assert!(bell.poll(&mut get).is_pending());
    queue.try_put(1).unwrap();
    assert!(bell.poll(&mut get).is_pending(), "not before the peeker");
    assert_eq!(poll(&mut peek), Poll::Ready(Ok(1)));
    assert_eq!(bell.rings(), 1);
    assert_eq!(poll(&mut get), Poll::Ready(Ok(1)));
}

#[test]
fn a_peeker_dropped_in_its_turn_passes_it_on() {
    let queue = Queue::unbounded();
    let peek = park(queue.peek());
    let mut get = park(queue.get());
    queue.try_put(1).unwrap();
    drop(peek);
    assert_eq!(poll(&mut get), Poll::Ready(Ok(1)));
}

#[test]
fn peeking_at_nothing_is_an_error_after_a_shutdown() {
    let queue = Queue::<()>::unbounded();
    assert_eq!(queue.try_peek(), Err(TryGetError::Empty));
    let mut waiting = park(queue.peek());
    queue.shutdown();
    assert_eq!(queue.try_peek(), Err(TryGetError::ShutDown));
    assert_eq!(poll(&mut waiting), Poll::Ready(Err(GetError)));
}

/// Does something while it is cloned.
struct Nosy(u32, Hook);

type Hook = Arc<dyn Fn() + Send + Sync>;

impl Clone for Nosy {
    fn clone(&self) -> Self {
        (self.1)();
        Self(self.0, Arc::clone(&self.1))
    }
}

impl fmt::Debug for Nosy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nosy({})", self.0)
    }
}

fn nosy(n: u32, hook: impl Fn() + Send + Sync + 'static) -> Nosy {
    Nosy(n, Arc::new(hook))
}

#[test]
fn a_clone_may_use_the_queue_and_sees_its_item_in_it() {
    for (queue, order) in [(Queue::bounded(2), [1, 2]), (Queue::bounded_lifo(2), [2, 1])] {
        let handle = queue.clone();
        let hook = move || {
            assert_eq!((handle.len(), handle.is_full()), (1, false));
            assert_eq!(handle.try_get().err(), Some(TryGetError::Empty), "the first one is out");
            handle.try_put(nosy(2, || ())).unwrap();
            assert_eq!((handle.len(), handle.is_full()), (2, true));
            assert_eq!(handle.try_get().err(), Some(TryGetError::Empty), "never the one behind it");
        };
        queue.try_put(nosy(1, hook)).unwrap();
        assert_eq!(queue.try_peek().unwrap().0, 1);
        assert_eq!([queue.try_get().unwrap().0, queue.try_get().unwrap().0], order);
    }
}

#[test]
fn a_getter_that_comes_during_a_clone_is_served_after_it() {
    let queue = Queue::unbounded();
    let getters = Arc::new(std::sync::Mutex::new(Vec::new()));
    let bell = Arc::new(Bell::default());
    let hook = {
        let (queue, getters, bell) = (queue.clone(), Arc::clone(&getters), Arc::clone(&bell));
        move || {
            let mut get = queue.get().into_owned();
            assert!(bell.poll(&mut get).is_pending());
            getters.lock().unwrap().push(get);
        }
    };
    queue.try_put(nosy(1, hook)).unwrap();
    assert_eq!(queue.try_peek().unwrap().0, 1);
    assert_eq!(bell.rings(), 1);
    let mut get = getters.lock().unwrap().pop().unwrap();
    assert!(matches!(poll(&mut get), Poll::Ready(Ok(Nosy(1, _)))));
}

#[test]
fn a_called_getter_polled_during_a_clone_waits_for_its_end() {
    let queue = Queue::unbounded();
    let called = Arc::new(std::sync::Mutex::new(None));
    let bell = Arc::new(Bell::default());
    let hook = {
        let (called, bell) = (Arc::clone(&called), Arc::clone(&bell));
        move || {
            let mut get = called.lock().unwrap();
            assert!(bell.poll(get.as_mut().unwrap()).is_pending());
        }
    };
    *called.lock().unwrap() = Some(park(queue.get().into_owned()));
    queue.try_put(nosy(1, hook)).unwrap(); // calls the getter
    queue.try_put(nosy(2, || ())).unwrap(); // leaves one for the peek
    assert_eq!(queue.try_peek().unwrap().0, 1);
    assert_eq!(bell.rings(), 1);
    let mut get = called.lock().unwrap().take().unwrap();
    assert!(matches!(poll(&mut get), Poll::Ready(Ok(Nosy(1, _)))));
}

#[test]
fn a_clone_that_panics_loses_nothing() {
    let queue = Queue::bounded(1);
    queue.try_put(nosy(1, || panic!("no copy of me"))).unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| queue.try_peek().is_ok()));
    assert!(panicked.is_err());
    assert_eq!((queue.len(), queue.is_full()), (1, true));
    assert_eq!(queue.try_get().unwrap().0, 1);
}

#[test]
fn a_shutdown_at_once_during_a_clone_drops_the_item_after_it() {
    let queue = Queue::unbounded();
    let handle = queue.clone();
    queue.try_put(nosy(1, move || handle.shutdown_now())).unwrap();
    assert_eq!(queue.try_peek().unwrap().0, 1);
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
    assert_eq!(queue.try_get().err(), Some(TryGetError::ShutDown));
}
