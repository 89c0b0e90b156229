//! The part of a task's state that knows nothing of its output.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::task::Waker;

use tokio::time::Instant;

use super::{Joiners, Record};
use crate::exit::{Exit, Reason};

/// Run once, when the task has ended, by whoever ended it: it must be short and must not block.
pub(crate) type Hook = Box<dyn FnOnce(&Arc<dyn Record>) + Send>;

/// Makes an unstarted task start.
pub(crate) type Starter = Box<dyn FnOnce(Arc<dyn Record>) + Send>;

/// What a kill asks for.
#[derive(Clone, Debug)]
pub(crate) struct KillOrder {
    pub(crate) reason: Reason,
    /// When clean-ups are cut off.
    pub(crate) deadline: Option<Instant>,
}

/// Everything mutable about a task but its output.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// Wakes the task; left there at its first suspension.
    pub(crate) waker: Option<Waker>,
    pub(crate) joiners: Joiners,
    pub(crate) rare: Option<Box<Rare>>,
}

/// What most tasks never need.
#[derive(Default)]
pub(crate) struct Rare {
    pub(crate) hooks: Vec<(u64, Hook)>,
    pub(crate) next_hook: u64,
    pub(crate) kill: Option<KillOrder>,
    pub(crate) exit: Option<Exit>,
    pub(crate) starter: Option<Starter>,
    /// The side of the task between two polls; its type belongs to a higher floor.
    pub(crate) side: Option<Box<dyn Any + Send>>,
}

impl Control {
    pub(crate) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Notes a kill: the first reason stands, the earliest deadline counts.
    pub(crate) fn order_kill(&mut self, order: KillOrder) {
        match &mut self.rare().kill {
            Some(kept) => {
                kept.deadline = match (kept.deadline, order.deadline) {
                    (Some(kept), Some(new)) => Some(kept.min(new)),
                    (kept, new) => kept.or(new),
                }
            }
            none => *none = Some(order),
        }
    }

    pub(crate) fn kill_order(&self) -> Option<&KillOrder> {
        self.rare.as_ref()?.kill.as_ref()
    }

    pub(crate) fn add_hook(&mut self, hook: Hook) -> u64 {
        let rare = self.rare();
        let number = rare.next_hook;
        rare.next_hook += 1;
        rare.hooks.push((number, hook));
        number
    }

    /// Takes a hook back, to be dropped after unlocking.
    pub(crate) fn remove_hook(&mut self, number: u64) -> Option<Hook> {
        let hooks = &mut self.rare.as_mut()?.hooks;
        let index = hooks.iter().position(|(kept, _)| *kept == number)?;
        Some(hooks.remove(index).1)
    }
}

impl fmt::Debug for Rare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rare")
            .field("hooks", &self.hooks.len())
            .field("kill", &self.kill)
            .field("exit", &self.exit)
            .finish_non_exhaustive()
    }
}
