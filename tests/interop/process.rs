//! What this test does to processes.

use std::process::Command;
use std::time::Duration;

/// How long a process may take for what should take milliseconds, or seconds where it is to do something ten thousand times. It
/// decides only how long a broken one is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Sends a signal by its short name, such as `TERM`. Only for children that have not been waited for.
pub(crate) fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status();
    assert!(status.is_ok_and(|status| status.success()), "SIG{name} could not be sent");
}
