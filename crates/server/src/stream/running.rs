//! The seam to what runs connections, accept loops and servers.

use std::future::Future;

/// A task of this crate's.
#[derive(Debug)]
pub(super) struct Running(tokio::task::AbortHandle);

pub(super) fn start(_name: String, future: impl Future<Output = ()> + Send + 'static) -> Running {
    Running(tokio::spawn(future).abort_handle())
}

impl Running {
    pub(super) fn is_current(&self) -> bool {
        tokio::task::try_id() == Some(self.0.id())
    }

    pub(super) fn kill(&self) {
        self.0.abort();
    }
}
