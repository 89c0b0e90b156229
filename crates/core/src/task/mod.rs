//! Tasks: spawned, waited on, linked to, killed.

mod any_task;
mod builder;
mod current;
mod error;
mod get;
mod join;
mod kill;
mod link;
mod orphan;
mod outcome;
mod root;
mod run;
mod spawn;
mod task;
mod yield_now;

#[cfg(all(test, greenroom_loom))]
mod loom_tests;

pub use any_task::AnyTask;
pub use builder::TaskBuilder;
pub use current::{current, current_id};
pub use error::TaskError;
pub use get::{Get, Take};
pub use join::Join;
pub(crate) use join::{EndWait, Itself};
pub use kill::Kill;
pub use link::LinkId;
pub(crate) use orphan::rehome;
pub(crate) use outcome::{Fallible, Outcome, Plain};
pub(crate) use run::NoParting;
pub use spawn::{spawn, spawn_fallible, spawn_later};
pub use task::Task;
pub use yield_now::{YieldNow, yield_now};
