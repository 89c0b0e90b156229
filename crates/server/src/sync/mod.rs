//! The lock under this crate's shared state.

mod mutex;

pub(crate) use mutex::Mutex;
