//! What a gevent user expects: one module for each chapter of gevent, each test mirrors a behaviour that its first line
//! names. Where we differ on purpose the test shows ours, and the line says so.
//!
//! Everything runs on a paused clock and a current-thread runtime, so order and time are exact.

#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

mod order;

mod event;
mod greenlet;
mod kill;
mod local;
mod lock;
mod pool;
mod queue;
mod threadpool;
mod timeout;
mod wait;
