//! Last in first out, and by priority.

use std::cmp::Reverse;
use std::task::Poll;

use greenroom_core::Queue;

use super::{park, poll};

/// Ordered by its key alone.
#[derive(Clone, Debug)]
struct Keyed(u32, &'static str);

impl PartialEq for Keyed {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl Eq for Keyed {}
impl PartialOrd for Keyed {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Keyed {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

fn drain<T>(queue: &Queue<T>) -> Vec<T> {
    std::iter::from_fn(|| queue.try_get().ok()).collect()
}

#[test]
fn a_lifo_queue_gives_the_newest_first() {
    let queue = Queue::unbounded_lifo();
    for n in 1..=3 {
        queue.try_put(n).unwrap();
    }
    assert_eq!(queue.try_peek(), Ok(3));
    assert_eq!(drain(&queue), [3, 2, 1]);
}

#[test]
fn a_bounded_lifo_queue_serves_its_putters_in_the_order_of_arrival() {
    let queue = Queue::bounded_lifo(1);
    queue.try_put(1).unwrap();
    let mut second = park(queue.put(2));
    let mut third = park(queue.put(3));
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!(poll(&mut second), Poll::Ready(Ok(())));
    assert!(poll(&mut third).is_pending());
}

#[test]
fn a_priority_queue_gives_the_lowest_first() {
    let queue = Queue::unbounded_priority();
    for n in [5, 3, 9, 1, 7, 3, 0, 8, 2, 6] {
        queue.try_put(n).unwrap();
    }
    assert_eq!(queue.try_peek(), Ok(0));
    assert_eq!(drain(&queue), [0, 1, 2, 3, 3, 5, 6, 7, 8, 9]);
}

#[test]
fn equal_priorities_keep_the_order_of_arrival_also_after_a_peek() {
    let queue = Queue::bounded_priority(9);
    for item in [Keyed(1, "a"), Keyed(0, "b"), Keyed(1, "c"), Keyed(0, "d"), Keyed(1, "e"), Keyed(0, "f")] {
        queue.try_put(item).unwrap();
        queue.try_peek().unwrap();
    }
    let names: String = drain(&queue).into_iter().map(|item| item.1).collect();
    assert_eq!(names, "bdface");
}

#[test]
fn a_priority_queue_agrees_with_a_stable_sort() {
    let queue = Queue::unbounded_priority();
    let mut seed = 0x9e37_79b9_u32;
    let items: Vec<(u32, usize)> = (0..1000)
        .map(|n| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 28, n)
        })
        .collect();
    for (key, n) in &items {
        queue.try_put(Keyed(*key, if n % 2 == 0 { "even" } else { "odd" })).unwrap();
    }
    let mut expected: Vec<_> =
        items.iter().map(|(key, n)| (*key, if n % 2 == 0 { "even" } else { "odd" })).collect();
    expected.sort_by_key(|(key, _)| *key);
    let got: Vec<_> = drain(&queue).into_iter().map(|item| (item.0, item.1)).collect();
    assert_eq!(got, expected);
}

#[test]
fn reverse_gives_the_highest_first() {
    let queue = Queue::unbounded_priority();
    for n in [1, 3, 2] {
        queue.try_put(Reverse(n)).unwrap();
    }
    assert_eq!(drain(&queue), [Reverse(3), Reverse(2), Reverse(1)]);
}

#[test]
fn a_waiting_getter_takes_what_is_first_when_it_is_polled() {
    let queue = Queue::unbounded_priority();
    let mut get = park(queue.get());
    queue.try_put(5).unwrap();
    queue.try_put(1).unwrap();
    assert_eq!(poll(&mut get), Poll::Ready(Ok(1)));
}
