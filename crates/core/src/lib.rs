//! Tasks on tokio that anybody may wait on, link to and kill; and what tasks wait on. No sockets.
//!
//! The entry point is [`spawn()`]. A [`Task`] is a handle that many may hold; [`kill`](AnyTask::kill) ends it and waits for
//! its clean-ups ([`bracket`], [`finally`]); [`timeout()`] limits any future in the same way. Tasks talk through
//! [`Queue`], [`Channel`], [`Event`] and [`AsyncResult`], and stay out of each other's way by [`Semaphore`] and [`RLock`].
//! [`Group`] and [`Pool`] hold many of them. [`format_tree`] shows which are alive.
//!
//! Servers are in `greenroom-server`; `greenroom` is both.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod actor;
mod alarm;
mod async_result;
mod cleanup;
mod crew;
mod event;
mod exit;
mod group;
mod local;
mod lock;
mod map;
mod pool;
mod queue;
mod record;
mod registry;
mod scope;
mod sync;
mod task;
mod thread_pool;
mod timeout;
mod wait;
mod waiter;

pub use actor::{Actor, ActorRef, ReceiveOutput, spawn_actor, spawn_actor_with};
pub use alarm::Alarm;
pub use async_result::{AlreadySet, AsyncResult, AsyncResultGet, AsyncResultWait};
pub use cleanup::{CleanupOutput, Finally, FinallyRef, Shield, bracket, finally, finally_ref, shield};
pub use crew::Apply;
pub use event::{Event, EventWait};
pub use exit::{Exit, PanicInfo, Reason};
pub use group::{Group, GroupJoin, GroupKill};
pub use local::{Local, LocalError, LocalSetError, WithLocal};
pub use lock::{
    Acquire, BoundedSemaphore, OverRelease, Permit, RLock, RLockAcquire, RLockAcquireError, RLockGuard,
    RLockReleaseError, RLockTryAcquireError, Semaphore, SemaphoreWait,
};
pub use map::{Imap, ImapUnordered, Map};
pub use pool::{
    Pool, PoolAdd, PoolAvailable, PoolClosed, PoolReserve, PoolSlot, PoolSpawn, PoolSpawnFallible,
    TrySpawnError,
};
pub use queue::{
    Channel, ChannelGet, ChannelPut, ChannelStream, GetError, GetJob, Job, JobGuard, PutError, Queue,
    QueueGet, QueueJoin, QueuePeek, QueuePut, QueueStream, Reserve, Slot, TaskDoneError, TryGetError,
    TryPutError,
};
pub use record::{Named, TaskId};
pub use registry::{Registry, TaskNode, TaskState, TaskTree, format_tree};
pub use scope::{Suspend, on_suspend};
pub use task::{
    AnyTask, Get, Join, Kill, LinkId, Take, Task, TaskBuilder, TaskError, YieldNow, current, current_id,
    spawn, spawn_fallible, spawn_later, yield_now,
};
pub use thread_pool::{
    ThreadApply, ThreadMap, ThreadPool, ThreadPoolJoin, ThreadPoolKill, ThreadSpawn, ThreadSpawnError,
    ThreadTrySpawnError,
};
pub use timeout::{Elapsed, Timed, Timeout, WithTimeout, timeout, with_timeout_value};
pub use wait::{
    IWait, JoinAll, KillAll, TryJoinAll, Wait, Waitable, iwait, join_all, kill_all, try_join_all, wait,
};
