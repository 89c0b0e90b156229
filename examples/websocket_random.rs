//! A WebSocket that sends a random value each half second: gevent's example of the same name, and a page that plots it.
//!
//! Shows: a socket that sends by the clock and listens all the while, so that pings are answered and the client's going is
//!        noticed at once; `same_origin`, so that no other site's page reads along.
//!
//! Run:    cargo run --release --example websocket_random [address]   (default: 127.0.0.1:8095)
//! Then:   open http://127.0.0.1:8095/ in a browser
//!         or: python3 -m websockets ws://127.0.0.1:8095/data
//! See:    `{"x":0,"y":4}` and so on, or a line that grows. Ctrl-C here stops the server: each client is told so, by 1001.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

pub(crate) mod answers;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io;
use std::time::Duration;

use answers::{not_allowed, page, plain};
use greenroom::{
    HttpServer, Request, Response, WebSocket, WebSocketError, WebSocketUpgrade, finally, terminate,
};
use http::{Method, StatusCode};
use tokio::time::interval;

const PAGE: &str = include_str!("websocket_random/page.html");
const EACH: Duration = Duration::from_millis(500);
const HIGHEST: u64 = 5;
/// Clients have nothing to say that would need more.
const LONGEST_MESSAGE: usize = 1024;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8095".to_owned());
    let signal = terminate();
    let server = HttpServer::bind(address).start(answer).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn answer(request: Request) -> Response {
    match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/") => page(PAGE),
        // Whatever is no request for a WebSocket is told so.
        (_, "/data") => {
            let upgrade = WebSocketUpgrade::new().same_origin().max_message(LONGEST_MESSAGE);
            upgrade.on(request, |socket| async move {
                let peer = socket.facts().peer_addr().clone();
                finally(send_values(socket), async move { eprintln!("no more values for {peer}") }).await
            })
        }
        (_, "/") => not_allowed("GET, HEAD"),
        _ => plain(StatusCode::NOT_FOUND, "there is / and /data\n"),
    }
}

/// Until the client goes, or the server.
async fn send_values(mut socket: WebSocket) -> Result<(), WebSocketError> {
    let mut clock = interval(EACH);
    let mut x = 0_u64;
    loop {
        tokio::select! {
            message = socket.next() => if message?.is_none() {
                return Ok(());
            },
            _ = clock.tick() => {
                socket.send(format!(r#"{{"x":{x},"y":{}}}"#, random(x))).await?;
                x += 1;
            }
        }
    }
}

/// One to five. The standard library has no other randomness; for dice it will do.
fn random(x: u64) -> u64 {
    RandomState::new().hash_one(x) % HIGHEST + 1
}
