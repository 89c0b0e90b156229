//! Values that belong to one task.

use std::any::Any;
use std::fmt;

use crate::exit::swallow;

/// A value without its type.
pub(crate) type LocalValue = Box<dyn Any + Send>;

/// Somebody further up the stack works on the value.
#[derive(Debug)]
pub(crate) struct Lent;

/// A task's own values, by the number of their key.
///
/// Whoever works on a value borrows it: it leaves the list, so that the user's code runs with nothing of ours locked.
/// A task has few of them, so a list is searched faster than a map. They are dropped when the task ends, the latest
/// first.
#[derive(Default)]
pub(crate) struct Locals(Vec<(usize, Option<LocalValue>)>);

impl Locals {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Hands a value out; `None` if there is none yet. It, or another, must come back by [`restore`](Self::restore).
    pub(crate) fn lend(&mut self, key: usize) -> Result<Option<LocalValue>, Lent> {
        match self.0.iter_mut().find(|(kept, _)| *kept == key) {
            Some((_, value)) => value.take().map(Some).ok_or(Lent),
            None => {
                self.0.push((key, None));
                Ok(None)
            }
        }
    }

    /// Takes back what was lent, or in its stead another value, or nothing.
    pub(crate) fn restore(&mut self, key: usize, value: Option<LocalValue>) {
        let index = self.0.iter().position(|(kept, _)| *kept == key);
        match (index, value) {
            (Some(index), Some(value)) => self.0[index].1 = Some(value),
            (Some(index), None) => drop(self.0.remove(index)),
            (None, Some(value)) => self.0.push((key, Some(value))),
            (None, None) => {}
        }
    }
}

impl Drop for Locals {
    fn drop(&mut self) {
        while let Some((_, value)) = self.0.pop() {
            // One that panics must not keep the others.
            swallow(|| drop(value));
        }
    }
}

impl fmt::Debug for Locals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locals").field("len", &self.0.len()).finish_non_exhaustive()
    }
}
