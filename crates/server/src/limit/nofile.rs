//! The limit on open files, and how many connections it leaves room for.

use std::io;

const WANTED: usize = 10_000;
const AT_LEAST: u64 = 16;
/// Kept for everything else that a process opens: so many, or this part of the limit if it is more.
const KEPT: u64 = 64;
const KEPT_PART: u64 = 5;
/// What Darwin takes in place of a hard limit of none.
#[cfg(unix)]
const OPEN_MAX: u64 = 10_240;

/// Raises this process' soft limit on open files to its hard one, and tells the limit that it has now: `u64::MAX` where
/// there is none.
///
/// The library never does this by itself. A program calls it at its start, before [`Limits::new`](crate::Limits::new),
/// whose default goes by the soft limit; that is often 1024, for the sake of programs that use `select(2)`, which fails
/// on larger descriptors. Child processes inherit what is set.
///
/// # Errors
///
/// The system's own, where it allows no change; the limit is then what it was.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Limits, raise_nofile};
///
/// let files = raise_nofile()?;
/// let limits = Limits::new();
/// assert!(limits.max_connections() as u64 <= files.max(16));
/// # std::io::Result::Ok(())
/// ```
pub fn raise_nofile() -> io::Result<u64> {
    raise()
}

/// The default number of connections, by this process' present limit.
pub(super) fn default_connections() -> usize {
    connections_for(soft_limit())
}

fn connections_for(soft: Option<u64>) -> usize {
    soft.map_or(WANTED, |soft| {
        let room = soft.saturating_sub(KEPT.max(soft / KEPT_PART)).max(AT_LEAST);
        usize::try_from(room).map_or(WANTED, |room| room.min(WANTED))
    })
}

#[cfg(unix)]
fn raise() -> io::Result<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return Ok(current.unwrap_or(u64::MAX));
    }
    let set = |soft| setrlimit(Resource::Nofile, Rlimit { current: soft, maximum }).map(|()| soft);
    let raised = set(maximum).or_else(|error| match (maximum, current) {
        // Darwin names no hard limit, and takes none.
        (None, Some(soft)) if soft < OPEN_MAX => set(Some(OPEN_MAX)),
        _ => Err(error),
    })?;
    Ok(raised.unwrap_or(u64::MAX))
}

#[cfg(not(unix))]
fn raise() -> io::Result<u64> {
    Ok(u64::MAX)
}

/// `None`: there is no limit.
#[cfg(unix)]
fn soft_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn soft_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::{connections_for, raise_nofile};

    #[cfg(unix)]
    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one_and_stays_there() {
        use rustix::process::{Resource, getrlimit};

        let before = getrlimit(Resource::Nofile);
        let raised = raise_nofile().unwrap();
        let after = getrlimit(Resource::Nofile);
        assert_eq!(after.current.unwrap_or(u64::MAX), raised);
        assert!(raised >= before.current.unwrap_or(u64::MAX));
        assert_eq!(after.maximum, before.maximum);
        assert_eq!(raise_nofile().unwrap(), raised);
        assert!(after.current == after.maximum || after.maximum.is_none());
    }

    #[test]
    fn the_default_leaves_files_for_the_rest_of_the_process() {
        let table = [
            (None, 10_000),
            (Some(1_048_576), 10_000),
            (Some(12_500), 10_000),
            (Some(10_000), 8_000),
            (Some(1024), 820),
            (Some(256), 192),
            (Some(64), 16),
            (Some(0), 16),
        ];
        for (soft, expected) in table {
            assert_eq!(connections_for(soft), expected, "{soft:?}");
        }
    }
}
