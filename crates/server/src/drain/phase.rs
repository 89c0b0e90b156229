//! How far a server has come.

use std::fmt;

/// How far a server has come. It only ever goes on, so phases may be compared.
///
/// # Examples
///
/// ```
/// use greenroom_server::Phase;
///
/// /// What a health check answers.
/// fn is_ready(server: &greenroom_server::ServerHandle) -> bool {
///     server.phase() == Phase::Running
/// }
/// assert!(Phase::Running < Phase::LameDuck && Phase::LameDuck < Phase::Done);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Phase {
    /// It serves.
    Running,
    /// It has been told to stop, and its listeners are still open. Without a
    /// [lame duck time](crate::StreamServer::lame_duck) this is over as soon as it has begun.
    LameDuck,
    /// Its listeners close, and those it serves come to an end.
    Draining,
    /// The grace is over, or somebody is in a hurry: who is left is killed.
    Killing,
    /// It is over.
    Done,
}

impl Phase {
    const ALL: [Self; 5] = [Self::Running, Self::LameDuck, Self::Draining, Self::Killing, Self::Done];

    pub(super) fn from_u8(number: u8) -> Self {
        Self::ALL.get(usize::from(number)).copied().unwrap_or(Self::Done)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running => "running",
            Self::LameDuck => "lame duck",
            Self::Draining => "draining",
            Self::Killing => "killing",
            Self::Done => "done",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Phase;

    #[test]
    fn a_phase_is_found_by_its_number() {
        for phase in Phase::ALL {
            assert_eq!(Phase::from_u8(phase as u8), phase);
        }
        assert!(Phase::ALL.is_sorted());
    }
}
