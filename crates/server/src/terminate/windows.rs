//! Ctrl-C.

use std::io;
use std::task::{Context, Poll};

use tokio::signal::windows::{CtrlC, ctrl_c};

use crate::terminate::Termination;

#[derive(Debug)]
pub(super) struct Signals {
    interrupt: CtrlC,
}

impl Signals {
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self { interrupt: ctrl_c()? })
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Termination> {
        self.interrupt.poll_recv(context).map(|_| Termination::Interrupt)
    }
}
