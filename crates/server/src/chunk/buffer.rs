//! Buffers of 64 KiB, for as long as there is something in them.
//!
//! A large buffer makes few system calls; a connection that holds one while it is idle costs memory. So a buffer is taken for
//! one read, and goes back when the read found nothing or when what it found has been used. One waits beside each thread,
//! a few in a heap that all share; more are given back to the system.

use std::cell::Cell;
use std::mem;
use std::ops::{Deref, DerefMut};

use crate::sync::Mutex;

/// Bytes in a buffer.
const SIZE: usize = 64 * 1024;
/// So many idle buffers are kept for all threads: 4 MiB.
const KEPT: usize = 64;

thread_local! {
    static NEAR: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

static HEAP: Mutex<Vec<Box<[u8]>>> = Mutex::new(Vec::new());

/// A buffer of 64 KiB. What is in it is left from whoever had it last.
pub(crate) struct Buffer(Box<[u8]>);

impl Buffer {
    pub(crate) fn take() -> Self {
        let near = NEAR.try_with(Cell::take).ok().flatten();
        Self(near.unwrap_or_else(|| {
            let kept = HEAP.lock().pop();
            kept.unwrap_or_else(|| vec![0; SIZE].into_boxed_slice())
        }))
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let bytes = mem::take(&mut self.0);
        let Ok(Some(replaced)) = NEAR.try_with(|near| near.replace(Some(bytes))) else { return };
        let mut heap = HEAP.lock();
        if heap.len() < KEPT {
            heap.push(replaced);
        }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_given_back_is_the_next_one_taken() {
        let first = Buffer::take();
        let address = first.as_ptr();
        drop(first);
        let again = Buffer::take();
        assert_eq!((again.as_ptr(), again.len()), (address, SIZE));
    }

    #[test]
    fn no_more_are_kept_than_is_said() {
        drop((0..3 * KEPT).map(|_| Buffer::take()).collect::<Vec<_>>());
        assert!(HEAP.lock().len() <= KEPT);
    }
}
