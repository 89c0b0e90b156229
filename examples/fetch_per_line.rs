//! A line server that fetches: each line names a page, each answer is its size.
//!
//! Shows: a protocol of lines whose answers take their time, with a deadline and a limit for each; one that fails costs its own line
//!        and no other.
//!
//! Run:    cargo run --release --example http_hello
//!         cargo run --release --example fetch_per_line [address]   (default: 127.0.0.1:16002)
//! Then:   nc 127.0.0.1 16002
//! Type:   http://127.0.0.1:8088/, and other pages by http://, one a line
//! See:    `18`, the page's size in bytes, or `error: ` with the page's URL and what was wrong. Ctrl-C here stops the server: lines
//!         that were read still get their answers.
//!
//! It fetches whatever it is asked for, from where it runs: leave it on the loopback address, where strangers cannot ask.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

pub(crate) mod fetch;

use std::io;
use std::time::Duration;

use fetch::{FetchLimits, fetch};
use greenroom::{Connection, Escaped, StreamServer, terminate, with};

const LIMITS: FetchLimits = FetchLimits { time: Duration::from_secs(10), size: 4 * 1024 * 1024 };
const LONGEST_URL: usize = 8 * 1024;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:16002".to_owned());
    let signal = terminate();
    let server = StreamServer::bind(address).start(with(LIMITS, sizes)).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn sizes(limits: FetchLimits, mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines().limit(LONGEST_URL);
    while let Some(line) = lines.next().await? {
        let answer = match fetch(line.trim(), limits).await {
            Ok(page) if page.status().is_success() => page.body().len().to_string(),
            Ok(page) => format!("error: {}: {}", Escaped(line.trim()), page.status()),
            Err(error) => format!("error: {error}"),
        };
        lines.send(answer).await?;
    }
    Ok(())
}
