//! A port forwarder: whoever connects here talks to another server.
//!
//! Shows: `connect`, `copy_to`, state for a handler. When one side has sent all, the other side is told so and may go on;
//!        when the other server does not answer, the client sees the end of its connection.
//!
//! Run:    cargo run --release --example echo
//!         cargo run --release --example port_forwarder [listen] [target]    (default: 127.0.0.1:16001 127.0.0.1:16000)
//!         Either is any address that Greenroom knows: `unix:/run/app.sock` and `localhost:80` are some, too.
//! Then:   nc 127.0.0.1 16001
//! Type:   what the other server understands. Each connection is named here when it begins and when it ends, with its bytes.
//!         Ctrl-C here stops the forwarder: the other server is told that no more comes, its last answers still reach their
//!         clients, and connections that are not over in 25 s are cut.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{Address, AddressError, Connection, StreamServer, connect, terminate, with};

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let listen = arguments.next().unwrap_or_else(|| "127.0.0.1:16001".to_owned());
    let target = Target::new(arguments.next().unwrap_or_else(|| "127.0.0.1:16000".to_owned()))?;
    let signal = terminate();
    let server = StreamServer::bind(listen).start(with(target, forward)).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn forward(target: Target, mut conn: Connection) -> io::Result<()> {
    let peer = conn.peer_addr();
    let mut upstream = match connect(&target.0).await {
        Ok(upstream) => upstream,
        Err(error) => {
            eprintln!("{peer}: {error}");
            return Err(error.into());
        }
    };
    eprintln!("{peer} to {}", target.0);
    let copied = conn.copy_to(&mut upstream).await;
    match &copied {
        Ok((there, back)) => eprintln!("{peer} is done: {there} bytes there, {back} back"),
        Err(error) => eprintln!("{peer} is done: {error}"),
    }
    copied.map(|_| ())
}

/// Where to: an address as it was written. Each connect looks it up anew, so that it may move.
#[derive(Debug, Clone)]
pub(crate) struct Target(String);

impl Target {
    /// A mistake is told before anybody connects.
    pub(crate) fn new(written: String) -> Result<Self, AddressError> {
        written.parse::<Address>().map(|_| Self(written))
    }
}
