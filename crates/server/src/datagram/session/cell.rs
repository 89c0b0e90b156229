//! What a session's handler shares with the loop that receives for it.
//!
//! Invariants:
//! 1. Once `over` is set, nothing enters the queue any more.
//! 2. What is in the queue is counted in `memory`, and leaves both together.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use greenroom_core::Named;
use tokio::time::Instant;

use crate::address::SockAddr;
use crate::datagram::packet::{Allowance, Packet, Reply};
use crate::datagram::session::memory::Memory;
use crate::drain::Identity;
use crate::sync::Mutex;

pub(super) struct Cell {
    number: u64,
    pub(super) reply: Reply,
    allowance: Option<Arc<Allowance>>,
    memory: Arc<Memory>,
    state: Mutex<State>,
    /// Made when somebody asks for it.
    name: OnceLock<Box<str>>,
}

struct State {
    queue: VecDeque<Queued>,
    waker: Option<Waker>,
    over: bool,
    heard: Instant,
}

struct Queued {
    payload: Bytes,
    truncated: bool,
}

/// What became of a datagram.
pub(super) enum Pushed {
    /// It is in the queue: whom to wake.
    Taken(Option<Waker>),
    QueueFull,
    MemoryFull,
    /// The session is over, and the next may begin.
    Over,
}

impl Cell {
    pub(super) fn new(
        reply: Reply,
        allowance: Option<Arc<Allowance>>,
        memory: Arc<Memory>,
        heard: Instant,
    ) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let state = State { queue: VecDeque::new(), waker: None, over: false, heard };
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Self { number, reply, allowance, memory, state: Mutex::new(state), name: OnceLock::new() }
    }

    /// Puts a datagram of `length` bytes into a queue of at most `most`. The payload is made only if there is room.
    pub(super) fn push(
        &self,
        length: usize,
        truncated: bool,
        most: usize,
        now: Instant,
        payload: impl FnOnce() -> Bytes,
    ) -> Pushed {
        let mut state = self.state.lock();
        if state.over {
            return Pushed::Over;
        }
        state.heard = now;
        if let Some(allowance) = &self.allowance {
            allowance.earn(length);
        }
        if state.queue.len() >= most {
            return Pushed::QueueFull;
        }
        if !self.memory.take(length) {
            return Pushed::MemoryFull;
        }
        state.queue.push_back(Queued { payload: payload(), truncated });
        Pushed::Taken(state.waker.take())
    }

    /// The next packet; `None` when none is left and none will come.
    pub(super) fn poll_pop(&self, context: &mut Context<'_>, stopping: bool) -> Poll<Option<Packet>> {
        let mut state = self.state.lock();
        let Some(Queued { payload, truncated }) = state.queue.pop_front() else {
            if state.over || stopping {
                return Poll::Ready(None);
            }
            let replaced = state.waker.replace(context.waker().clone());
            drop(state);
            drop(replaced);
            return Poll::Pending;
        };
        drop(state);
        self.memory.give_back(payload.len());
        Poll::Ready(Some(Packet::new(payload, self.reply.clone(), truncated)))
    }

    pub(super) fn waiting(&self) -> usize {
        self.state.lock().queue.len()
    }

    /// Ends the session if nothing has come since then: whether it did, and whom to wake.
    pub(super) fn expire(&self, since: Instant) -> Option<Option<Waker>> {
        let mut state = self.state.lock();
        if state.over || state.heard > since {
            return None;
        }
        state.over = true;
        Some(state.waker.take())
    }

    /// Nothing comes in any more: for a handler that has returned, wherever its session may be.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        state.over = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Nobody will read any more: how many datagrams were left.
    pub(super) fn abandon(&self) -> usize {
        let mut state = self.state.lock();
        state.over = true;
        let left = std::mem::take(&mut state.queue);
        let waker = state.waker.take();
        drop(state);
        drop(waker);
        self.memory.give_back(left.iter().map(|queued| queued.payload.len()).sum());
        left.len()
    }
}

/// The name of its task.
impl Named for Cell {
    fn name(&self) -> &str {
        self.name.get_or_init(|| format!("session {}", self.reply.peer()).into())
    }
}

impl Identity for Cell {
    fn id(&self) -> u64 {
        self.number
    }

    fn peer(&self) -> SockAddr {
        self.reply.peer().clone()
    }
}
