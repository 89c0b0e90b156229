//! Calls that block, on threads of their own.

mod call;
mod error;
mod place;
mod shared;
mod thread_apply;
mod thread_map;
mod thread_pool;
mod thread_pool_join;
mod thread_pool_kill;
mod thread_spawn;
mod worker;

pub use error::{ThreadSpawnError, ThreadTrySpawnError};
pub use thread_apply::ThreadApply;
pub use thread_map::ThreadMap;
pub use thread_pool::ThreadPool;
pub use thread_pool_join::ThreadPoolJoin;
pub use thread_pool_kill::ThreadPoolKill;
pub use thread_spawn::ThreadSpawn;
