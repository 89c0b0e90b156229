//! A UDP echo server: each datagram comes back as it was.
//!
//! Shows: a handler for each datagram; a reply; what was counted, when it stops.
//!
//! Run:    cargo run --release --example udp_echo [address]        (default: 127.0.0.1:9000)
//! Then:   nc -u 127.0.0.1 9000
//! Type:   a few lines, each comes back. Ctrl-C here stops the server.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{DatagramServer, Packet, ReplyError, terminate};

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9000".to_owned());
    let signal = terminate();
    let server = DatagramServer::bind(address).start(echo).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    let report = server.stop_when(signal).await;
    let stats = server.stats();
    eprintln!(
        "{report}; {} datagrams received, {} sent, {} dropped",
        stats.received,
        stats.sent,
        stats.dropped()
    );
    Ok(())
}

pub(crate) async fn echo(packet: Packet) -> Result<(), ReplyError> {
    packet.reply(packet.payload().clone()).await
}
