use std::collections::HashSet;

use greenroom_testkit::{CountingWaker, DropCounter, Seed, until_idle};

#[test]
fn a_counting_waker_counts_over_all_its_clones() {
    let counter = CountingWaker::new();
    let waker = counter.waker();
    waker.wake_by_ref();
    let clone = waker.clone();
    clone.wake();
    counter.waker().wake();
    assert_eq!(counter.count(), 3);
    assert!(waker.will_wake(&counter.waker()));
}

#[test]
fn a_drop_counter_counts_each_value_once() {
    let counter = DropCounter::new();
    let one = counter.counted();
    let two = one.clone();
    assert_eq!((counter.alive(), counter.dropped()), (2, 0));
    drop(one);
    assert_eq!((counter.alive(), counter.dropped()), (1, 1));
    drop(two);
    assert_eq!((counter.alive(), counter.dropped()), (0, 2));
}

#[test]
fn a_seed_gives_the_same_numbers_again_and_others_for_each_stream() {
    for seed in [0, 1, u64::MAX] {
        let seed = Seed::new(seed);
        let numbers = |stream| {
            let mut random = seed.random_of(stream);
            std::array::from_fn::<_, 8, _>(|_| random.next())
        };
        assert_eq!(numbers(3), numbers(3));
        let streams: HashSet<_> = (0..100).map(numbers).collect();
        assert_eq!(streams.len(), 100);
    }
}

#[test]
fn numbers_below_a_bound_reach_all_of_it_and_shuffle_loses_nothing() {
    let mut random = Seed::from_env().random();
    let reached: HashSet<_> = (0..1_000).map(|_| random.below(7)).collect();
    assert_eq!(reached, (0..7).collect());
    assert!((0..1_000).all(|_| random.percent(100) && !random.percent(0)));
    let mut items: Vec<_> = (0..50).collect();
    random.shuffle(&mut items);
    assert_ne!(items, (0..50).collect::<Vec<_>>());
    items.sort_unstable();
    assert_eq!(items, (0..50).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn until_idle_waits_for_a_chain_of_tasks() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        for _ in 0..10 {
            tokio::spawn(tokio::task::yield_now()).await.unwrap();
        }
        sender.send(()).unwrap();
    });
    let receiver = tokio::spawn(receiver);
    until_idle().await;
    assert!(receiver.is_finished());
}
