//! A value, or an error, that is set once and read by many.

mod already_set;
mod async_result;
mod async_result_get;
mod async_result_wait;

#[cfg(all(test, greenroom_loom))]
mod loom_tests;

pub use already_set::AlreadySet;
pub use async_result::AsyncResult;
pub use async_result_get::AsyncResultGet;
pub use async_result_wait::AsyncResultWait;
