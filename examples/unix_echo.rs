//! A line echo server on a Unix socket.
//!
//! Shows: an address that is a file, with its mode; a file that a crashed server left is replaced, one that a server
//!        still listens on is not, and neither is any other file; in the end it is removed.
//!
//! Run:    cargo run --release --example unix_echo [unix:PATH]    (default: greenroom-echo.sock in the folder for temporary files)
//! Then:   nc -U /tmp/greenroom-echo.sock, or socat - UNIX-CONNECT:/tmp/greenroom-echo.sock
//! Type:   a few lines, each comes back; `quit` to leave. Another user of this machine cannot connect: the file's mode is
//!         0600. Ctrl-C here stops the server, and the file is gone.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{Connection, SocketOptions, StreamServer, terminate};
use tokio::io::AsyncWriteExt;

/// 0660 would let the file's group in.
const OWNER_ONLY: u32 = 0o600;

#[tokio::main]
async fn main() -> io::Result<()> {
    let default = || format!("unix:{}", std::env::temp_dir().join("greenroom-echo.sock").display());
    let address = std::env::args().nth(1).unwrap_or_else(default);
    let signal = terminate();
    let options = SocketOptions::new().unix_mode(OWNER_ONLY);
    let server = StreamServer::bind(address).socket_options(options).start(echo).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn echo(mut conn: Connection) -> io::Result<()> {
    conn.write_all(b"Welcome to the echo server! Type quit to exit.\r\n").await?;
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        if line.trim().eq_ignore_ascii_case("quit") {
            break;
        }
        lines.send(line).await?;
    }
    Ok(())
}
