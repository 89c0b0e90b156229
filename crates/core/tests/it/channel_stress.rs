//! The rendezvous with putters and getters cancelled at random: every item has exactly one fate.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use greenroom_core::{Channel, PutError};
use tokio::task::JoinSet;

use crate::queue_stress::{
    CANCELLED, HANG, Item, Ledger, RETURNED, Random, STORED, cut_short, flavours, operations,
};

const PUTTERS: usize = 3;
const GETTERS: usize = 3;

async fn putter(
    channel: Channel<Item>,
    ledger: Arc<Ledger>,
    ids: std::ops::Range<usize>,
    mut random: Random,
) {
    for id in ids {
        let item = Item::new(id, &ledger);
        let fate = match random.below(4) {
            0 => {
                tokio::task::yield_now().await;
                channel.try_put(item).map_or(RETURNED, |()| STORED)
            }
            1 => match cut_short(channel.put(item), &mut random).await {
                Some(Ok(())) => STORED,
                Some(Err(PutError(_))) => RETURNED,
                None => CANCELLED,
            },
            _ => channel.put(item).await.map_or(RETURNED, |()| STORED),
        };
        ledger.put(id, fate);
    }
}

async fn getter(channel: Channel<Item>, ledger: Arc<Ledger>, mut random: Random) {
    loop {
        match random.below(3) {
            0 => match channel.try_get() {
                Ok(item) => ledger.got(&item),
                Err(_) => tokio::task::yield_now().await,
            },
            1 => {
                if let Some(Ok(item)) = cut_short(channel.get(), &mut random).await {
                    ledger.got(&item);
                }
            }
            _ => match channel.get().await {
                Ok(item) => ledger.got(&item),
                Err(_) => return,
            },
        }
    }
}

async fn run(seed: u64) {
    let per_putter = operations() / 4 / PUTTERS;
    let ledger = Ledger::new(per_putter * PUTTERS);
    let channel = Channel::new();
    let (mut putters, mut getters) = (JoinSet::new(), JoinSet::new());
    for n in 0..PUTTERS {
        let ids = n * per_putter..(n + 1) * per_putter;
        putters.spawn(putter(channel.clone(), Arc::clone(&ledger), ids, Random::new(seed, 1 + n as u64)));
    }
    for n in 0..GETTERS {
        getters.spawn(getter(channel.clone(), Arc::clone(&ledger), Random::new(seed, 101 + n as u64)));
    }
    while let Some(ended) = putters.join_next().await {
        ended.unwrap();
    }
    channel.shutdown();
    while let Some(ended) = getters.join_next().await {
        ended.unwrap();
    }
    assert_eq!(channel.balance(), 0);
    ledger.check(|put, got| match put {
        STORED => got == 1,
        RETURNED => got == 0,
        _ => got <= 1,
    });
    assert!(ledger.got.load(Ordering::Relaxed) > 0);
}

#[test]
fn nothing_is_lost_or_doubled_in_a_channel() {
    for (runtime, seed) in flavours() {
        let ended = runtime.block_on(async { tokio::spawn(tokio::time::timeout(HANG, run(seed))).await });
        ended.unwrap().expect("somebody waits for ever");
    }
}
