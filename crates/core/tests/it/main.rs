//! Tests of the crate through its public face: one module a room.

#![expect(clippy::unwrap_used, reason = "in a test, that is a way to fail")]

mod async_result;
mod cancel;
mod event;
mod semaphore;
mod stress;
