//! The first SIGINT or SIGTERM, as a future.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use greenroom_core::TaskBuilder;

use crate::terminate::{Signals, again};

/// Resolves when the process is asked to end: by SIGINT (Ctrl-C) or SIGTERM, or by Ctrl-C on Windows.
///
/// Calling it installs the handlers, before it returns; nothing else in Greenroom does. From then on the signals no
/// longer end the process by themselves, also after the future has resolved or is dropped. Call it before saying that
/// the server is ready, so that no signal finds the process unprepared.
///
/// A second signal, after one that was waited for, hurries every server of the process that is stopping: it goes on
/// to the kill at once, whatever its phase.
///
/// What the signals of Unix do to a process that has called it:
///
/// | signal | what happens |
/// |---|---|
/// | SIGINT, SIGTERM | the first resolves this future, the second hurries; neither ends the process by itself |
/// | SIGPIPE | nothing: Rust ignores it, and a write to a client that is gone fails with an error |
/// | SIGQUIT, SIGHUP, SIGUSR2 | what the system does with them: they end the process at once, without a drain, unless the program handles them |
///
/// gevent has no such function; its servers are stopped from a handler set with `gevent.signal_handler`.
///
/// # Cancel safety
///
/// A signal that came while nobody polled is not lost as long as the future lives. Dropping the future forgets it.
///
/// # Panics
///
/// Outside of a tokio runtime with io enabled, and if the system refuses a handler for these signals.
///
/// # Examples
///
/// ```no_run
/// # async fn example(server: greenroom_server::ServerHandle) {
/// use greenroom_server::terminate;
///
/// println!("{}", server.stop_when(terminate()).await);
/// # }
/// ```
#[doc(alias = "signal_handler")]
#[doc(alias = "gevent.signal")]
#[track_caller]
pub fn terminate() -> Terminate {
    match Signals::install() {
        Ok(signals) => Terminate { signals: Some(signals) },
        Err(error) => panic!("cannot install handlers for SIGINT and SIGTERM: {error}"),
    }
}

/// The first signal that asks the process to end. See [`terminate`].
///
/// # Cancel safety
///
/// A signal that came while nobody polled is not lost as long as the future lives. Dropping the future forgets it.
///
/// # Panics
///
/// When polled after it has resolved, or outside of a tokio runtime.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited; the handlers are installed already"]
pub struct Terminate {
    /// Handed to the watch for the second signal.
    signals: Option<Signals>,
}

impl Future for Terminate {
    type Output = Termination;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Termination> {
        let Some(signals) = &mut self.signals else { panic!("`Terminate` polled after it has resolved") };
        let poll = signals.poll(context);
        if poll.is_ready()
            && let Some(signals) = self.signals.take()
        {
            drop(TaskBuilder::new().name("second signal").spawn(again::watch(signals)));
        }
        poll
    }
}

/// How the process was asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Termination {
    /// SIGINT, usually Ctrl-C.
    Interrupt,
    /// SIGTERM, what service managers send.
    Terminate,
}

impl fmt::Display for Termination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        })
    }
}
