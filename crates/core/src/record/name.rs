//! What a task is called.

/// Something a task can be named after; see [`TaskBuilder::name_of`](crate::TaskBuilder::name_of).
pub trait Named: Send + Sync {
    /// The name. Asked for only when somebody wants to see it, so it may be made then.
    fn name(&self) -> &str;
}

/// A name that was written when the task was made.
impl Named for Box<str> {
    fn name(&self) -> &str {
        self
    }
}
