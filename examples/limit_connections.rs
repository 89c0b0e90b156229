//! A server with few places, and what its clients see when they are taken.
//!
//! Shows: `Limits`: so many connections in all, so many from one address, and how long clients wait before they are sent
//!        away; the counts in the end.
//!
//! Run:    cargo run --release --example limit_connections [address] [all] [per address] [seconds]
//!         (default: 127.0.0.1:16000 3 2 5)
//! Then:   nc 127.0.0.1 16000, in several terminals
//! Type:   a few lines, each comes back; `quit` gives the place back. Two are served. A third from the same address is
//!         closed at once, without a word. One from another address (nc -s 127.0.0.2 127.0.0.1 16000) has the third place. When
//!         all three are taken the next one (nc -s 127.0.0.3 127.0.0.1 16000) waits: it is connected, and hears nothing, until
//!         somebody leaves, or until 5 s are over and it is closed. From then on nobody waits: new clients are closed at
//!         once until there is a place. Ctrl-C here stops the server.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::error::Error;
use std::time::Duration;

use greenroom::{Connection, Limits, StreamServer, terminate};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:16000".to_owned());
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |written| written.parse());
    let (all, per_address, seconds) = (number(3)?, number(2)?, number(5)?);
    let limits = limits(all, per_address, Duration::from_secs(seconds.try_into()?));
    let signal = terminate();
    let server = StreamServer::bind(address).limits(limits).start(echo).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    let report = server.stop_when(signal).await;
    let stats = server.stats();
    eprintln!("{report}; too many from one address: {}; sent away: {}", stats.refused_by_address, stats.shed);
    Ok(())
}

pub(crate) fn limits(all: usize, per_address: usize, patience: Duration) -> Limits {
    Limits::new().connections(all).per_address(per_address).shed_after(patience)
}

pub(crate) async fn echo(mut conn: Connection) -> std::io::Result<()> {
    conn.send_line("You have a place. Type quit to leave.").await?;
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        if line.trim().eq_ignore_ascii_case("quit") {
            break;
        }
        lines.send(line).await?;
    }
    Ok(())
}
