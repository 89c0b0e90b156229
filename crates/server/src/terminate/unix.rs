//! SIGINT and SIGTERM.

use std::io;
use std::task::{Context, Poll};

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::terminate::Termination;

#[derive(Debug)]
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    #[track_caller]
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Termination> {
        if self.terminate.poll_recv(context).is_ready() {
            return Poll::Ready(Termination::Terminate);
        }
        self.interrupt.poll_recv(context).map(|_| Termination::Interrupt)
    }
}
