//! A server on a socket that somebody else has made: here the program itself, before it does anything else.
//!
//! Shows: a listener of the standard library as an address. A program does so to know its port before the runtime starts, to
//!        bind a privileged port while it is still root, or because a service manager has handed the socket over (then as an
//!        `OwnedFd`). Clients that come before the server runs wait in the socket's backlog, and lose nothing.
//!
//! Run:    cargo run --release --example ready_made_socket [address]    (default: 127.0.0.1:16000)
//! Then:   nc 127.0.0.1 16000
//! Type:   a few lines, each comes back; `quit` to leave. Ctrl-C here stops the server.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;
use std::net::TcpListener;

use greenroom::{Connection, StreamServer, terminate};

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:16000".to_owned());
    let listener = TcpListener::bind(address)?;
    // From here on clients can connect. Here root would become somebody else.
    serve(listener)
}

#[tokio::main]
async fn serve(listener: TcpListener) -> io::Result<()> {
    let signal = terminate();
    let server = StreamServer::bind(listener).start(echo).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn echo(mut conn: Connection) -> io::Result<()> {
    conn.send_line("Welcome to the echo server! Type quit to exit.").await?;
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        if line.trim().eq_ignore_ascii_case("quit") {
            break;
        }
        lines.send(line).await?;
    }
    Ok(())
}
