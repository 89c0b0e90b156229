//! An echo of bytes as they come: no lines, no text, no limit but the chunk.
//!
//! Shows: `recv`, which waits without holding a buffer and hands out chunks of up to 64 KiB; a client that has sent all
//!        (`nc -N`) still gets all of it back.
//!
//! Run:    cargo run --release --example raw_echo [address]    (default: 127.0.0.1:16000)
//! Then:   nc -N 127.0.0.1 16000 < picture.jpg | cmp - picture.jpg
//! Type:   nothing, or anything into `nc 127.0.0.1 16000`: it comes back byte for byte. Ctrl-C here stops the server: what
//!         it has read it still sends, then clients see the end.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{Connection, StreamServer, terminate};
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
    // `None` at the end of input, and when the server is stopping.
    while let Some(chunk) = conn.recv().await? {
        conn.write_all(&chunk).await?;
    }
    Ok(())
}
