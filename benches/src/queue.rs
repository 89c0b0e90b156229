//! Items through a bounded queue, one and four producers and consumers.

use std::hint::black_box;

use greenroom::Queue;
use tokio::task::JoinHandle;

use crate::measure::{Bench, Flavour, Goal, time_spawned};

const CAPACITY: usize = 128;
const ITEMS: usize = 200_000;

/// Runs producers to their end, then whatever ends the consumers.
async fn run_all(producers: Vec<JoinHandle<()>>, consumers: Vec<JoinHandle<u64>>, end: impl FnOnce()) {
    for producer in producers {
        producer.await.expect("a producer");
    }
    end();
    for consumer in consumers {
        black_box(consumer.await.expect("a consumer"));
    }
}

async fn ours(sides: usize) {
    let queue = Queue::<u64>::bounded(CAPACITY);
    let consumer = |queue: Queue<u64>| async move {
        let mut sum = 0;
        while let Ok(item) = queue.get().await {
            sum += item;
        }
        sum
    };
    let producer = |queue: Queue<u64>| async move {
        for n in 0..(ITEMS / sides) as u64 {
            queue.put(n).await.expect("a place");
        }
    };
    let consumers = (0..sides).map(|_| tokio::spawn(consumer(queue.clone()))).collect();
    let producers = (0..sides).map(|_| tokio::spawn(producer(queue.clone()))).collect();
    run_all(producers, consumers, || queue.shutdown()).await;
}

async fn with_flume(sides: usize) {
    let (sender, receiver) = flume::bounded::<u64>(CAPACITY);
    let consumer = |receiver: flume::Receiver<u64>| async move {
        let mut sum = 0;
        while let Ok(item) = receiver.recv_async().await {
            sum += item;
        }
        sum
    };
    let producer = |sender: flume::Sender<u64>| async move {
        for n in 0..(ITEMS / sides) as u64 {
            sender.send_async(n).await.expect("a place");
        }
    };
    let consumers = (0..sides).map(|_| tokio::spawn(consumer(receiver.clone()))).collect();
    let producers = (0..sides).map(|_| tokio::spawn(producer(sender.clone()))).collect();
    run_all(producers, consumers, || drop(sender)).await;
}

async fn with_crossfire(sides: usize) {
    let (sender, receiver) = crossfire::mpmc::bounded_async::<u64>(CAPACITY);
    let mut consumers = Vec::new();
    let mut producers = Vec::new();
    for _ in 0..sides {
        let receiver = receiver.clone();
        consumers.push(tokio::spawn(async move {
            let mut sum = 0;
            while let Ok(item) = receiver.recv().await {
                sum += item;
            }
            sum
        }));
        let sender = sender.clone();
        producers.push(tokio::spawn(async move {
            for n in 0..(ITEMS / sides) as u64 {
                sender.send(n).await.expect("a place");
            }
        }));
    }
    run_all(producers, consumers, || drop(sender)).await;
}

pub fn run(bench: &mut Bench) {
    for flavour in Flavour::BOTH {
        let runtime = flavour.runtime();
        for sides in [1, 4] {
            let work = format!("queue of {CAPACITY}, {sides} putting, {sides} getting");
            bench.compare(
                work.clone(),
                flavour.name(),
                "flume",
                Goal { target: 1.2, stretch: 1.0 },
                || time_spawned(&runtime, ITEMS, ours(sides)),
                || time_spawned(&runtime, ITEMS, with_flume(sides)),
            );
            bench.compare(
                work,
                flavour.name(),
                "crossfire",
                Goal { target: f64::NAN, stretch: 1.0 },
                || time_spawned(&runtime, ITEMS, ours(sides)),
                || time_spawned(&runtime, ITEMS, with_crossfire(sides)),
            );
        }
    }
}
