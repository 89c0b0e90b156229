//! Many tasks under one handle, and at most so many at once.

mod add;
mod available;
mod closed;
mod map;
mod pool;
mod reserve;
mod slot;
mod spawn;

pub use add::PoolAdd;
pub use available::PoolAvailable;
pub use closed::{PoolClosed, TrySpawnError};
pub use pool::Pool;
pub use reserve::PoolReserve;
pub use slot::PoolSlot;
pub use spawn::{PoolSpawn, PoolSpawnFallible};
