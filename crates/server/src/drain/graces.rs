//! How long the phases of a stop may take.

use std::time::Duration;

const DEFAULT_GRACE: Duration = Duration::from_secs(25);
const DEFAULT_KILL_GRACE: Duration = Duration::from_secs(3);

/// Plain configuration, for the builders of servers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Graces {
    /// Out of the grace, not beside it.
    pub(crate) lame_duck: Duration,
    /// From the word to stop to the kill.
    pub(crate) grace: Duration,
    /// From the kill to cutting off.
    pub(crate) kill_grace: Duration,
}

impl Default for Graces {
    fn default() -> Self {
        Self { lame_duck: Duration::ZERO, grace: DEFAULT_GRACE, kill_grace: DEFAULT_KILL_GRACE }
    }
}
