//! Atomics, std's or loom's.

#[cfg(greenroom_loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
#[cfg(not(greenroom_loom))]
pub(crate) use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
