//! How many connections the limit on open files leaves room for.

const WANTED: usize = 10_000;
const AT_LEAST: u64 = 16;
/// Kept for everything else that a process opens: so many, or this part of the limit if it is more.
const KEPT: u64 = 64;
const KEPT_PART: u64 = 5;

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
    use super::connections_for;

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
