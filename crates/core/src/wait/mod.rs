//! Waiting for many.

mod bell;
mod end;
mod gathering;
mod iwait;
mod join_all;
mod kill_all;
mod try_join_all;
mod wait;
mod waitable;

pub use iwait::{IWait, iwait};
pub use join_all::{JoinAll, join_all};
pub use kill_all::{KillAll, kill_all};
pub use try_join_all::{TryJoinAll, try_join_all};
pub use wait::{Wait, wait};
pub use waitable::Waitable;
