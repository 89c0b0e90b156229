//! Who was last to leave.

use std::fmt;
use std::time::Duration;

use crate::drain::guest::Guest;

/// So many are named.
pub(super) const SLOWEST: usize = 10;

/// One of those who were slowest to leave a server that stopped. From [`StopReport::slowest`](crate::StopReport::slowest).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Straggler {
    /// Who it was.
    pub guest: Guest,
    /// From the word to stop until it was gone, or until it was given up.
    pub took: Duration,
    /// What became of it.
    pub outcome: Fate,
}

/// `127.0.0.1:5000 (number 12, here for 31 s) killed after 25.0 s`
impl fmt::Display for Straggler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} after {:.1} s", self.guest, self.outcome, self.took.as_secs_f64())
    }
}

/// What became of one whom a server served when it was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fate {
    /// It came to an end by itself within the grace.
    Drained,
    /// It was killed, and ended in time.
    Killed,
    /// It was killed, and its clean-up did not end in time.
    CutOff,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Drained => "drained",
            Self::Killed => "killed",
            Self::CutOff => "cut off",
        })
    }
}
