//! How a server ended.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::stream::accept::AcceptError;

/// How a server ended: what became of the connections it had when it was told to stop.
///
/// Displayed, it is one line for the log: `stopped in 1.3 s: 12 connections drained, 2 killed, 0 cut off`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct StopReport {
    /// Connections whose handlers came to an end by themselves within the grace.
    pub drained: usize,
    /// Connections whose handlers were killed, and ended in time.
    pub killed: usize,
    /// Connections whose handlers were killed, and whose clean-up did not end in time.
    pub cut_off: usize,
    /// From the word to stop to the end.
    pub took: Duration,
    /// The listeners that accept found finished while the server ran.
    pub lost_listeners: Arc<[AcceptError]>,
    /// Whether it ended because it had lost its last listener, or one whose loss was to drain it, rather than by being
    /// told to.
    pub ended_by_itself: bool,
}

impl fmt::Display for StopReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { drained, killed, cut_off, took, .. } = self;
        let s = if *drained == 1 { "" } else { "s" };
        write!(f, "stopped in {:.1} s: ", took.as_secs_f64())?;
        write!(f, "{drained} connection{s} drained, {killed} killed, {cut_off} cut off")?;
        self.lost_listeners.iter().try_for_each(|error| write!(f, "; {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line() {
        let took = Duration::from_millis(1260);
        let report = StopReport { drained: 12, killed: 2, took, ..StopReport::default() };
        assert_eq!(report.to_string(), "stopped in 1.3 s: 12 connections drained, 2 killed, 0 cut off");
        let report = StopReport { drained: 1, ..StopReport::default() };
        assert_eq!(report.to_string(), "stopped in 0.0 s: 1 connection drained, 0 killed, 0 cut off");
    }
}
