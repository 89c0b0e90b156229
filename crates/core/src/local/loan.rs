//! A task-local value while somebody works on it.

use std::any::Any;

use super::error::LocalError;
use crate::scope::with_task_side;

/// A value on loan from the running task; it goes back on drop, also when the work on it panics.
pub(super) struct Loan<T: Send + 'static> {
    key: usize,
    pub(super) value: Option<Box<T>>,
}

impl<T: Send + 'static> Loan<T> {
    pub(super) fn of(key: usize) -> Result<Self, LocalError> {
        let lent = with_task_side(|side| side.locals.lend(key)).ok_or(LocalError::NoTask)?;
        let value = lent.map_err(|_| LocalError::InUse)?;
        // A key is one local's alone, so the type is right.
        Ok(Self { key, value: value.and_then(|value| (value as Box<dyn Any>).downcast().ok()) })
    }
}

impl<T: Send + 'static> Drop for Loan<T> {
    fn drop(&mut self) {
        let value = self.value.take();
        let _ = with_task_side(|side| side.locals.restore(self.key, value.map(|value| value as _)));
    }
}
