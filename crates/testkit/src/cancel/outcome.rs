/// How one run of [`cancel_at_every_poll`](crate::cancel_at_every_poll) ended for the future.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a future either completes or is dropped before it does")]
pub enum Outcome<T> {
    /// It completed, in the last runs.
    Completed(T),
    /// It was dropped while it was pending, or before its first poll.
    #[non_exhaustive]
    Dropped {
        /// How often it had been polled.
        polls: usize,
        /// Whether it had been woken again, and was dropped instead of being polled.
        woken: bool,
    },
}

impl<T> Outcome<T> {
    /// Whether the future completed.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        matches!(self, Self::Completed(_))
    }

    /// What the future returned, if it completed.
    #[must_use]
    pub fn completed(self) -> Option<T> {
        match self {
            Self::Completed(value) => Some(value),
            Self::Dropped { .. } => None,
        }
    }
}
