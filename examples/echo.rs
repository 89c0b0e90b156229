//! A line echo server: the smallest complete server.
//!
//! Shows: an address and a handler make a server; lines; a stop that drains.
//!
//! Run:    cargo run --release --example echo [address]        (default: 127.0.0.1:16000)
//! Then:   telnet 127.0.0.1 16000, or nc 127.0.0.1 16000
//! Type:   a few lines, each comes back; `quit` to leave. Ctrl-C here stops the server: clients are told goodbye
//!         by the end of their connection.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{Connection, LineError, StreamServer, terminate};
use tokio::io::AsyncWriteExt;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:16000".to_owned());
    let signal = terminate();
    let server = StreamServer::bind(address).start(echo).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn echo(mut conn: Connection) -> io::Result<()> {
    let peer = conn.peer_addr();
    eprintln!("{peer} connected");
    let result = echo_lines(&mut conn).await;
    match &result {
        Ok(()) => eprintln!("{peer} disconnected"),
        Err(error) => {
            eprintln!("{peer} disconnected: {error}");
            // A line too long, or not text: the client learns what was wrong with it.
            if error.get_ref().is_some_and(|inner| inner.is::<LineError>()) {
                conn.send_line(format!("error: {error}")).await?;
            }
        }
    }
    result
}

async fn echo_lines(conn: &mut Connection) -> io::Result<()> {
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
