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
#[derive(Default)]
pub(crate) struct Control {
    /// Wakes the task; left there at its first suspension.
    pub(crate) waker: Option<Waker>,
    pub(crate) joiners: Joiners,
    /// Members of groups have this one, and most tasks none: it needs no list. Its number is 0.
    pub(crate) first_hook: Option<Hook>,
    pub(crate) rare: Option<Box<Rare>>,
}

/// What most tasks never need.
#[derive(Default)]
pub(crate) struct Rare {
    /// Those after the first.
    pub(crate) hooks: Vec<(u64, Hook)>,
    /// The number of the last hook, as far as it stands here.
    last_hook: u64,
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
        if self.first_hook.is_none() && self.rare.as_ref().is_none_or(|rare| rare.last_hook == 0) {
            self.first_hook = Some(hook);
            return 0;
        }
        let rare = self.rare();
        rare.last_hook += 1;
        rare.hooks.push((rare.last_hook, hook));
        rare.last_hook
    }

    /// Takes a hook back, to be dropped after unlocking.
    pub(crate) fn remove_hook(&mut self, number: u64) -> Option<Hook> {
        if number == 0 {
            let hook = self.first_hook.take()?;
            // Its number is not given again.
            let last = &mut self.rare().last_hook;
            *last = 1.max(*last);
            return Some(hook);
        }
        let hooks = &mut self.rare.as_mut()?.hooks;
        let index = hooks.iter().position(|(kept, _)| *kept == number)?;
        Some(hooks.remove(index).1)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("joiners", &self.joiners)
            .field("hooked", &self.first_hook.is_some())
            .field("rare", &self.rare)
            .finish_non_exhaustive()
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

#[cfg(test)]
mod tests {
    use super::{Control, Hook};

    fn hook() -> Hook {
        Box::new(|_| {})
    }

    #[test]
    fn a_hooks_number_is_not_given_again() {
        let mut control = Control::default();
        assert_eq!([control.add_hook(hook()), control.add_hook(hook())], [0, 1]);
        assert!(control.remove_hook(0).is_some() && control.remove_hook(0).is_none());
        assert_eq!(control.add_hook(hook()), 2);
        assert!(control.remove_hook(0).is_none() && control.remove_hook(2).is_some());

        let mut control = Control::default();
        assert_eq!(control.add_hook(hook()), 0);
        assert!(control.remove_hook(0).is_some());
        assert_eq!(control.add_hook(hook()), 2);
        assert!(control.remove_hook(0).is_none() && control.remove_hook(2).is_some());
    }
}
