//! The rendezvous: an offer is taken whole by one getter, or goes with its putter.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use greenroom_core::{Channel, PutError};
use greenroom_testkit::{DropCounter, Outcome, cancel_at_every_poll, until_idle};
use tokio::task::JoinHandle;

rows! {
    "ChannelGet" => get,
    "ChannelGet" => get_what_did_not_stay,
    "ChannelPut" => put,
    "ChannelPut" => put_at_the_shutdown,
    "ChannelStream" => stream,
    "ChannelStream" => next_of_a_stream_that_stays,
}

/// A channel to which a task is about to offer 0, 1 and 2, and which it then shuts down.
fn soon() -> Channel<u32> {
    let channel = Channel::new();
    let putter = channel.clone();
    tokio::spawn(async move {
        for item in 0..3 {
            putter.put(item).await.unwrap();
        }
        putter.shutdown();
    });
    channel
}

/// Stands in the line behind who is polled first, and takes all that is left.
fn behind(channel: &Channel<u32>) -> JoinHandle<Vec<u32>> {
    tokio::spawn(channel.stream().collect())
}

/// All items, in the order in which they were taken: the first in the line's, and then the others'.
async fn all(first: Option<u32>, behind: JoinHandle<Vec<u32>>) -> Vec<u32> {
    until_idle().await;
    assert!(behind.is_finished(), "the line stands still");
    first.into_iter().chain(behind.await.unwrap()).collect()
}

async fn get() -> usize {
    cancel_at_every_poll(
        async || {
            let channel = soon();
            (behind(&channel), channel.get())
        },
        async |behind, outcome| {
            let first = outcome.completed().map(Result::unwrap);
            assert_eq!(all(first, behind).await, [0, 1, 2]);
        },
    )
    .await
}

/// Whoever put it has gone, so the item must find somebody.
async fn get_what_did_not_stay() -> usize {
    cancel_at_every_poll(
        async || {
            let channel = Channel::new();
            let behind = behind(&channel);
            let putter = channel.clone();
            tokio::spawn(async move {
                putter.try_put(0).unwrap();
                putter.shutdown();
            });
            (behind, channel.get())
        },
        async |behind, outcome| {
            let first = outcome.completed().map(Result::unwrap);
            assert_eq!(all(first, behind).await, [0]);
        },
    )
    .await
}

async fn put() -> usize {
    static ITEMS: DropCounter = DropCounter::new();
    cancel_at_every_poll(
        async || {
            let channel = Channel::new();
            let put = channel.put((1, ITEMS.counted()));
            tokio::spawn({
                let (channel, item) = (channel.clone(), (2, ITEMS.counted()));
                async move {
                    assert!(channel.put(item).await.is_ok());
                    channel.shutdown();
                }
            });
            let items = channel.stream();
            let got = tokio::spawn(async move { items.map(|(item, _)| item).collect::<Vec<_>>().await });
            ((channel, got), put)
        },
        async |(channel, got), outcome| {
            until_idle().await;
            assert!(got.is_finished(), "the line stands still");
            // Also when it was taken, and the putter was dropped before it heard of that.
            let taken = match &outcome {
                Outcome::Completed(put) => put.is_ok(),
                Outcome::Dropped { polls, woken, .. } => *polls > 0 && *woken,
            };
            assert_eq!(got.await.unwrap(), if taken { &[1, 2][..] } else { &[2] });
            assert_eq!((channel.balance(), ITEMS.alive()), (0, 0), "somebody or something is left behind");
        },
    )
    .await
}

async fn put_at_the_shutdown() -> usize {
    static ITEMS: DropCounter = DropCounter::new();
    cancel_at_every_poll(
        async || {
            let channel = Channel::new();
            let other = channel.clone();
            tokio::spawn(async move { other.shutdown() });
            (channel.clone(), channel.put(ITEMS.counted()))
        },
        async |channel, outcome| {
            until_idle().await;
            let returned = outcome.completed().map(|put| matches!(put, Err(PutError(_item))));
            assert!(returned.is_none_or(|returned| returned), "nobody took it");
            assert_eq!((channel.balance(), ITEMS.alive()), (0, 0));
        },
    )
    .await
}

/// The next item, and the stream is dropped with the wait for it.
async fn stream() -> usize {
    cancel_at_every_poll(
        async || {
            let channel = soon();
            let mut stream = channel.stream();
            (behind(&channel), async move { stream.next().await })
        },
        async |behind, outcome| {
            let first = outcome.completed().map(Option::unwrap);
            assert_eq!(all(first, behind).await, [0, 1, 2]);
        },
    )
    .await
}

/// The wait is dropped, and the stream goes on: it holds its place in the line, and what it is called for.
async fn next_of_a_stream_that_stays() -> usize {
    cancel_at_every_poll(
        async || {
            let stream = Arc::new(Mutex::new(soon().stream()));
            let held = stream.clone();
            let next = async move { poll_fn(|cx| held.lock().unwrap().poll_next_unpin(cx)).await };
            (stream, next)
        },
        async |stream, outcome| {
            let mut items = Vec::from_iter(outcome.completed().map(Option::unwrap));
            while let Some(item) = poll_fn(|cx| stream.lock().unwrap().poll_next_unpin(cx)).await {
                items.push(item);
            }
            assert_eq!(items, [0, 1, 2]);
        },
    )
    .await
}
