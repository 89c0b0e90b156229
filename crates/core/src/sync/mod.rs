//! The ground under every protocol of our own: std's primitives, or loom's when models are checked.
//!
//! Only what a model must see goes through here. Reference counts (`Arc`) stay std's in both builds:
//! they are not a protocol of ours, and `Arc<dyn _>` needs std's.

mod atomic;
mod mutex;

pub(crate) use atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering};
pub(crate) use mutex::{Mutex, MutexGuard};
