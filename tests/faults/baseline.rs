//! What must hold after each fault: the next client is served, and nothing is left of the last.

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
        assert_eq!(open_sockets(address.port()), 1, "its listener is the only socket");
    }
}

/// Waits for something that is on its way.
pub(crate) async fn until(so: impl Fn() -> bool) {
    while !so() {
        tokio::task::yield_now().await;
    }
}

/// How many sockets on this local port of IPv4 some process holds: a socket that is nobody's has no inode.
#[cfg(target_os = "linux")]
fn open_sockets(port: u16) -> usize {
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let local = format!(":{port:04X}");
    let holds = |line: &&str| {
        let words: Vec<_> = line.split_whitespace().collect();
        words[1].ends_with(&local) && words[9] != "0"
    };
    table.lines().skip(1).filter(holds).count()
}
