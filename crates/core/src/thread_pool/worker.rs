//! Which pool a thread works for.

use std::cell::Cell;
use std::sync::Arc;

use super::shared::Shared;

thread_local! {
    /// The address of the pool, or zero.
    static POOL: Cell<usize> = const { Cell::new(0) };
}

fn address(pool: &Arc<Shared>) -> usize {
    Arc::as_ptr(pool).addr()
}

/// Whether this thread is in a call of the pool.
pub(super) fn is_of(pool: &Arc<Shared>) -> bool {
    POOL.get() == address(pool)
}

/// Runs a call as one of the pool's.
pub(super) fn work<R>(pool: &Arc<Shared>, call: impl FnOnce() -> R) -> R {
    /// Puts back what was there, also when the call panics: the thread is tokio's and is used again.
    struct Reset(usize);
    impl Drop for Reset {
        fn drop(&mut self) {
            POOL.set(self.0);
        }
    }
    let _reset = Reset(POOL.replace(address(pool)));
    call()
}
