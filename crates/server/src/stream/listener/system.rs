//! What not every system has.

use std::fs;
use std::io;
use std::time::Duration;

use socket2::{SockRef, Socket};

/// Where Linux keeps its limit of the backlog.
const SOMAXCONN: &str = "/proc/sys/net/core/somaxconn";

/// How many connections will wait in the kernel when so many are asked for.
pub(super) fn effective_backlog(asked: u32) -> u32 {
    let limit = fs::read_to_string(SOMAXCONN).ok().and_then(|text| text.trim().parse().ok());
    limit.map_or(asked, |limit| asked.min(limit))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn set_user_timeout(socket: &SockRef<'_>, limit: Duration) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(limit))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn set_user_timeout(_: &SockRef<'_>, _: Duration) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "only Linux has TCP_USER_TIMEOUT"))
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple", target_os = "freebsd"))]
pub(super) fn set_reuse_port(socket: &Socket) -> io::Result<()> {
    socket.set_reuse_port(true)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple", target_os = "freebsd")))]
pub(super) fn set_reuse_port(_: &Socket) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no SO_REUSEPORT"))
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(super) fn listens(socket: &Socket) -> io::Result<bool> {
    socket.is_listener()
}

/// Elsewhere the first accept tells.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(super) fn listens(_: &Socket) -> io::Result<bool> {
    Ok(true)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_cuts_the_backlog_to_its_own_limit() {
        let limit: u32 = fs::read_to_string(SOMAXCONN).unwrap().trim().parse().unwrap();
        assert_eq!(effective_backlog(limit + 1), limit);
        assert_eq!(effective_backlog(limit - 1), limit - 1);
    }
}
