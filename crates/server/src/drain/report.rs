//! How a server ended.

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::drain::straggler::Straggler;
use crate::fault::AcceptError;

/// How a server ended: what became of those it served when it was told to stop.
///
/// Displayed, it is one line for the log: `stopped in 1.3 s: 12 connections drained, 2 killed, 0 cut off`. The server has
/// written it there already: as information, or as a warning that names the slowest if somebody had to be killed.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use greenroom_server::{Connection, StreamServer};
///
/// # async fn serve(_: Connection) {}
/// let server = StreamServer::bind("127.0.0.1:0").start(serve).await?;
/// let report = server.stop().await;
/// assert!(report.is_clean()); // `report.exit_code()` says so to a service manager
/// assert_eq!((report.drained, report.killed, report.cut_off), (0, 0, 0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct StopReport {
    /// Connections whose handlers came to an end by themselves within the grace. Those that ended before the listeners
    /// closed are not among them.
    pub drained: usize,
    /// Connections whose handlers were killed, and ended in time. If the task that leads the server was killed, all that
    /// were open then: nobody is left to see how they end.
    pub killed: usize,
    /// Connections whose handlers were killed, and whose clean-up did not end in time.
    pub cut_off: usize,
    /// Connections that were taken away from the server by [`detach`](crate::Connection::detach), from its start on. It
    /// does not know what became of them.
    pub detached: usize,
    /// The ten who were last to leave after the listeners had closed; the last comes first.
    pub slowest: Arc<[Straggler]>,
    /// From the word to stop to the end.
    pub took: Duration,
    /// The listeners that accept found finished before the server closed them, and those that it lost because the task of
    /// their loop, or the one that leads the server, was killed.
    pub lost_listeners: Arc<[AcceptError]>,
    /// Whether it ended because it had lost its last listener, or one that it does not go on without, or the task that
    /// leads it, rather than by being told to.
    pub ended_by_itself: bool,
    pub(super) noun: Noun,
}

/// What a guest is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noun(pub(super) &'static str);

impl Default for Noun {
    fn default() -> Self {
        Self("connection")
    }
}

impl StopReport {
    /// Whether everybody came to an end by himself: nobody was killed, nothing cut off.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.killed == 0 && self.cut_off == 0
    }

    /// What the process may end with, for those who watch it: success if the report is [clean](Self::is_clean), else failure.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::process::ExitCode;
    /// use greenroom_server::{Connection, StartError, StreamServer, terminate};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// async fn main() -> Result<ExitCode, StartError> {
    ///     let signal = terminate();
    ///     let hello = async |mut conn: Connection| conn.send_line("hello").await;
    ///     let server = StreamServer::bind("127.0.0.1:7000").start(hello).await?;
    ///     Ok(server.stop_when(signal).await.exit_code())
    /// }
    /// ```
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        if self.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    pub(super) fn log(&self, server: &str) {
        if self.is_clean() {
            tracing::info!(server, "{self}");
        } else {
            tracing::warn!(server, slowest = %Slowest(&self.slowest), "{self}");
        }
    }
}

impl fmt::Display for StopReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { drained, killed, cut_off, took, noun: Noun(noun), .. } = self;
        let s = if *drained == 1 { "" } else { "s" };
        write!(f, "stopped in {:.1} s: ", took.as_secs_f64())?;
        write!(f, "{drained} {noun}{s} drained, {killed} killed, {cut_off} cut off")?;
        self.lost_listeners.iter().try_for_each(|error| write!(f, "; {error}"))
    }
}

struct Slowest<'a>(&'a [Straggler]);

impl fmt::Display for Slowest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        self.0
            .iter()
            .try_for_each(|straggler| write!(f, "{}{straggler}", std::mem::replace(&mut separator, "; ")))
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
        let report = StopReport { drained: 1, noun: Noun("session"), ..StopReport::default() };
        assert_eq!(report.to_string(), "stopped in 0.0 s: 1 session drained, 0 killed, 0 cut off");
    }
}
