//! Where datagrams land.
//!
//! The kernel writes into an arena with one slot for each datagram of a batch. A slot holds the longest one that is
//! wanted, so the arena is 2 MiB by default; of each slot only the pages that were ever written are real. Payloads are
//! copied out when they are taken: a payload that somebody keeps must not hold on to an arena.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use crate::address::SockAddr;

/// So many datagrams in one call of the system.
pub(super) const BATCH: usize = 32;
/// Small payloads share chunks of this size.
const CHUNK: usize = 64 * 1024;
/// Longer ones are allocated for themselves.
const SMALL: usize = 8 * 1024;

/// A batch of datagrams.
#[derive(Debug)]
pub(crate) struct Inbox {
    arena: Vec<u8>,
    slot: usize,
    arrivals: VecDeque<Arrival>,
    chunk: BytesMut,
}

/// A datagram in its slot.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) peer: SockAddr,
    /// It did not fit into its slot; the rest is lost.
    pub(crate) truncated: bool,
    start: usize,
    length: usize,
}

impl Inbox {
    /// With slots for datagrams of so many bytes.
    pub(crate) fn new(longest: usize) -> Self {
        // The system has no way to say "none".
        let slot = longest.max(1);
        Self {
            arena: vec![0; slot * BATCH],
            slot,
            arrivals: VecDeque::with_capacity(BATCH),
            chunk: BytesMut::with_capacity(CHUNK),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.arrivals.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.arrivals.is_empty()
    }

    /// Whether there may be more where these came from.
    pub(super) fn is_full(&self) -> bool {
        self.arrivals.len() == BATCH
    }

    /// For the system to write to, one slot after the other.
    pub(super) fn slots(&mut self) -> impl Iterator<Item = &mut [u8]> {
        self.arena.chunks_exact_mut(self.slot)
    }

    /// The system has written to the next slot.
    pub(super) fn arrived(&mut self, peer: SockAddr, length: usize, truncated: bool) {
        let start = self.arrivals.len() * self.slot;
        self.arrivals.push_back(Arrival { peer, truncated, start, length: length.min(self.slot) });
    }

    /// The oldest one. Its bytes are there until the next batch.
    pub(crate) fn pop(&mut self) -> Option<Arrival> {
        self.arrivals.pop_front()
    }

    /// Its payload, in memory that it shares with its neighbours.
    pub(crate) fn share(&mut self, arrival: &Arrival) -> Bytes {
        let payload = &self.arena[arrival.start..][..arrival.length];
        if payload.is_empty() || payload.len() > SMALL {
            return Bytes::copy_from_slice(payload);
        }
        self.chunk.reserve(payload.len());
        self.chunk.extend_from_slice(payload);
        self.chunk.split().freeze()
    }

    /// Its payload, in memory of its own: whoever keeps it keeps nothing else.
    pub(crate) fn own(&self, arrival: &Arrival) -> Bytes {
        Bytes::copy_from_slice(&self.arena[arrival.start..][..arrival.length])
    }
}

impl Arrival {
    pub(crate) const fn len(&self) -> usize {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_whole_whatever_their_size_and_however_long_they_are_kept() {
        let mut inbox = Inbox::new(65_535);
        let mut kept = Vec::new();
        for round in 0_usize..200 {
            for n in 0..BATCH {
                let length = (round * 331 + n * 7919) % 20_000;
                let byte = (round + n) as u8;
                inbox.slots().nth(n).unwrap()[..length].fill(byte);
                inbox.arrived(SockAddr::Memory(n as u64), length, false);
            }
            while let Some(arrival) = inbox.pop() {
                let payload = if round % 5 == 0 { inbox.own(&arrival) } else { inbox.share(&arrival) };
                kept.push((payload, arrival.len()));
            }
            kept.truncate(300);
        }
        for (payload, length) in kept {
            assert_eq!(payload.len(), length);
            assert!(payload.iter().all(|byte| *byte == payload[0]));
        }
    }

    #[test]
    fn a_length_beyond_the_slot_is_cut_to_it() {
        let mut inbox = Inbox::new(4);
        inbox.arrived(SockAddr::Memory(0), 9, true);
        let arrival = inbox.pop().unwrap();
        assert_eq!((arrival.len(), arrival.truncated, inbox.share(&arrival).len()), (4, true, 4));
    }
}
