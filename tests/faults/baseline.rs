//! What must hold after each fault: the next client is served, and nothing is left of the last.

#[cfg(target_os = "linux")]
use std::collections::BTreeSet;
use std::io;

use greenroom::{Connection, ServerHandle};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The handler of most servers here.
pub(crate) async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

/// Sends a line, and reads it back. Whether it came.
pub(crate) async fn ask(client: &mut (impl AsyncRead + AsyncWrite + Unpin), line: &str) -> bool {
    let mut answer = vec![0; line.len() + 1];
    client.write_all(format!("{line}\n").as_bytes()).await.is_ok()
        && client.read_exact(&mut answer).await.is_ok()
        && answer == format!("{line}\n").as_bytes()
}

/// This new client is served, and when it has gone the server holds nothing for anybody.
pub(crate) async fn assert_recovered(server: &ServerHandle, mut fresh: impl AsyncRead + AsyncWrite + Unpin) {
    assert!(ask(&mut fresh, "a fresh client").await, "it is served");
    drop(fresh);
    until(|| server.stats().active == 0).await;
    assert_eq!((server.limits().open_connections(), server.limits().open_handshakes()), (0, 0));
    assert!(server.connections().is_empty());
    #[cfg(target_os = "linux")]
    if let Some(address) = server.local_addrs()[0].as_socket() {
        let sockets = open_sockets(address.port());
        assert_eq!(sockets.len(), 1, "its listener is the only socket: {sockets:?}");
    }
}

/// Waits for something that is on its way.
pub(crate) async fn until(so: impl Fn() -> bool) {
    while !so() {
        tokio::task::yield_now().await;
    }
}

/// The sockets on this local port of IPv4 that some process holds, by their inodes: one that is nobody's has none. The
/// table is not read at one moment, so a socket may be in it twice.
#[cfg(target_os = "linux")]
fn open_sockets(port: u16) -> BTreeSet<String> {
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let local = format!(":{port:04X}");
    let inode = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        (words[1].ends_with(&local) && words[9] != "0").then(|| words[9].to_owned())
    };
    table.lines().skip(1).filter_map(inode).collect()
}
