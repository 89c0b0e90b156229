//! Connecting to a Unix socket.

use std::io;
use std::time::Duration;

use tokio::net::UnixStream;

use crate::address::UnixPath;

/// How often to try again while the backlog is full: the system has no way to wait for it.
const INTERVAL: Duration = Duration::from_millis(10);

/// Waits while the server's backlog is full, as TCP does by itself.
pub(super) async fn connect(path: &UnixPath) -> io::Result<UnixStream> {
    loop {
        match UnixStream::connect(path.as_path()).await {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => tokio::time::sleep(INTERVAL).await,
            result => return result,
        }
    }
}
