//! A task without its type.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::{Control, Facts};
use crate::exit::Exit;

/// The part of a task's cell that everybody may use, whatever its output.
pub(crate) trait Record: Any + Send + Sync {
    fn facts(&self) -> &Facts;

    /// Lends the state under its mutex. The code must not wake, drop a user's value or call a user.
    fn lend(&self, code: &mut dyn FnMut(&mut Control));

    /// Ends a task that never ran.
    fn end(self: Arc<Self>, exit: Exit);
}

impl fmt::Debug for dyn Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = self.facts();
        f.debug_struct("Record")
            .field("id", &facts.id)
            .field("name", &facts.name())
            .field("phase", &facts.phase())
            .finish_non_exhaustive()
    }
}

/// Works on a task's state under its mutex. The code must not wake, drop a user's value or call a user.
pub(crate) fn control<R>(record: &dyn Record, code: impl FnOnce(&mut Control) -> R) -> R {
    let mut code = Some(code);
    let mut result = None;
    record.lend(&mut |control| result = code.take().map(|code| code(control)));
    match result {
        Some(result) => result,
        None => unreachable!("a record lends its state once"),
    }
}
