//! Values that belong to one task.

use std::any::Any;
use std::collections::HashMap;

/// A task's own values, by the address of their key. Emptied, and so dropped, when the task ends.
pub(crate) type Locals = HashMap<usize, Box<dyn Any + Send>>;
