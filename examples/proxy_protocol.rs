//! A server behind a proxy: it tells each client what the proxy has said of it.
//!
//! Shows: the header of the PROXY protocol, of which proxies it is believed, and what it changes: the addresses of a
//!        connection are the client's own. A header is required: whoever sends none, or is not trusted, is closed.
//!
//! Run:    cargo run --release --example proxy_protocol [address] [trusted network]...
//!         (default: 127.0.0.1:16000 127.0.0.0/8 ::1)
//! Then:   curl --http0.9 --haproxy-protocol http://127.0.0.1:16000, or haproxy in front of it, with `send-proxy-v2` at its server
//! Type:   nothing. The answer has a line for each thing that is known, the addresses first. With plain `nc 127.0.0.1 16000`
//!         type PROXY TCP4 192.0.2.7 198.51.100.1 56324 443 within 5 s, and be 192.0.2.7. Ctrl-C here stops the server.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::fmt::Write;
use std::io;

use greenroom::{Connection, ProxyHeader, ProxyProtocol, StreamServer, terminate};
use tokio::io::AsyncWriteExt;

pub(crate) const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1"];

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:16000".to_owned());
    let mut networks: Vec<String> = arguments.collect();
    if networks.is_empty() {
        networks = LOOPBACK.map(str::to_owned).into();
    }
    let proxies = ProxyProtocol::from_networks(networks)?;
    let signal = terminate();
    let server = StreamServer::bind(address).proxy_protocol(proxies).start(tell).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    let report = server.stop_when(signal).await;
    let refused = server.stats().unprepared.get("proxy").copied().unwrap_or_default();
    eprintln!("{report}; without a header that is believed: {refused}");
    Ok(())
}

pub(crate) async fn tell(mut conn: Connection) -> io::Result<()> {
    let mut answer = format!("peer: {}\nlocal: {}\n", conn.peer_addr(), conn.local_addr());
    if let Some(header) = conn.proxy_header() {
        answer += &told(header);
    }
    conn.write_all(answer.as_bytes()).await
}

/// What a header says besides the addresses.
fn told(header: &ProxyHeader) -> String {
    let mut told = format!("version: {}\n", header.version());
    let mut line = |name, value: Option<String>| {
        if let Some(value) = value {
            // Writing to a string cannot fail. What others chose is escaped, so that it makes no lines of its own.
            let _ = writeln!(told, "{name}: {}", value.escape_debug());
        }
    };
    // A health check, for example.
    line("by", header.is_local().then(|| "the proxy itself".to_owned()));
    line("authority", header.authority().map(str::to_owned));
    line("alpn", header.alpn().map(|alpn| alpn.escape_ascii().to_string()));
    line("unique id", header.unique_id().map(|id| id.escape_ascii().to_string()));
    if let Some(tls) = header.ssl().filter(|ssl| ssl.is_tls()) {
        line("tls", tls.version().map(str::to_owned));
        line("cipher", tls.cipher().map(str::to_owned));
        line("common name", tls.common_name().map(str::to_owned));
    }
    told
}
