//! The tree of cancel scopes: where the running code stands, and how it unwinds when it is killed.
//!
//! A task is a tree of scopes: its root, and within it one for each `finally`, bracket, shield and timeout that is
//! being polled. Invariants:
//!
//! 1. Each poll of a task or a scope swaps itself into its thread's registers and out at its end, also when it panics.
//!    A scope gets a node in the tree only when something needs one: a task without scopes has no tree.
//! 2. A scope's parent is the scope in which it was first polled. When a parent is over before its child, the child's
//!    parent is the grandparent.
//! 3. Cancelling a scope cancels everything inside it, up to shelters (clean-ups and shields). Nothing undoes it.
//! 4. A cancelled scope with nobody left to wait for inside it is innermost: it drops its body, runs its clean-up in a
//!    shelter, leaves its parent, and parks. Then its parent may be innermost. The root's locals drop last.
//! 5. A clean-up whose scope is dropped goes to the nearest enclosing scope, as one with those that it had adopted, in
//!    order. No scope starts its own clean-up, or returns, before what it adopted is over: inner before outer.
//! 6. A body, and whatever a panic left of it, is dropped before its scope's clean-up starts.
//! 7. When a tree is dead (cut off, or its runtime gone) nothing is adopted and nothing runs any more.

mod here;
mod locals;
mod scope;
mod sheltered;
mod suspend;
mod task_side;
mod tree;
mod watch;

#[cfg(all(test, greenroom_loom))]
mod loom_tests;

pub(crate) use here::{
    Place, TaskFrame, current_record, enter_task, enter_vacant, is_cancelled, is_current, is_sheltered,
    leave_task, leave_vacant, sheltered, swap_locals, take_locals, with_current, with_task_side,
};
pub(crate) use locals::{Lent, LocalValue, Locals};
pub(crate) use scope::{Ending, Scope, discard};
pub(crate) use sheltered::{Sheltered, poll_sheltered};
pub use suspend::{Suspend, on_suspend};
pub(crate) use task_side::TaskSide;
pub(crate) use tree::{Cleanup, Shelter, Verdict};
