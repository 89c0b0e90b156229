//! A chat room in the browser: choose a name, enter a room or make one by entering it, see who is there, and talk.
//!
//! Shows: one room over three transports: WebSocket, server-sent events, long polling. The page takes the first that works. A seat
//!        in a room is held by `bracket(seat, stay, leave)`, so whoever goes, by whatever way, is seen to leave. A member who is
//!        too slow to keep up loses the connection; the others notice nothing.
//!
//! Run:    cargo run --release --example chatroom [address]      (default: 127.0.0.1:8096)
//! Then:   open http://127.0.0.1:8096/ in two browsers; `?transport=sse` or `?transport=poll` makes a page do without WebSockets
//! See:    what one says, all read. Ctrl-C here stops the server: the pages say so, and connect again as soon as it is back.
//!
//! Where to read on, from the outside in: `socket.rs`, `events.rs` and `poll.rs` are the transports; they enter a `hub.rs`, which
//! knows the rooms, and take a `seat.rs` in a `room.rs`, which tells its members the `news.rs` by their `outlet.rs`. Who somebody
//! is says a `ticket.rs`; what is not granted is a `refusal.rs`; and `pace.rs` keeps one from drowning out the others. What the
//! browser gets is `page.rs`, with its files in `page/`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

mod events;
mod hub;
mod mailbox;
mod news;
mod outlet;
mod pace;
mod page;
mod poll;
mod refusal;
mod room;
mod seat;
mod socket;
mod ticket;

use std::io;

use greenroom::{BodyError, Http, HttpServer, Request, Response, readiness, terminate};
use http::StatusCode;
use http::header::ALLOW;

pub(crate) use hub::Hub;
use page::{guarded, plain};

/// More than the longest message has, in bytes.
pub(crate) const LONGEST_BODY: u64 = 16 * 1024;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8096".to_owned());
    let signal = terminate();
    let hub = Hub::default();
    let server = HttpServer::bind(address)
        .http(Http::new().max_body(LONGEST_BODY))
        .start(move |request| answer(request, hub.clone()))
        .await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn answer(request: Request, hub: Hub) -> Result<Response, BodyError> {
    route(request, &hub).await.map(guarded)
}

async fn route(request: Request, hub: &Hub) -> Result<Response, BodyError> {
    let path = request.uri().path().to_owned();
    let methods: &[&str] = match path.as_str() {
        "/" | "/chat.css" | "/chat.js" | "/icon.svg" | "/rooms" | "/ready" => &["GET", "HEAD"],
        // Whoever asks for these wants to enter or to hear something: a HEAD would do either for nobody.
        "/socket" | "/events" | "/news" => &["GET"],
        "/enter" | "/say" | "/leave" => &["POST"],
        _ => return Ok(plain(StatusCode::NOT_FOUND, "There is nothing here.")),
    };
    if !methods.contains(&request.method().as_str()) {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Not by this method.");
        if let Ok(methods) = methods.join(", ").parse() {
            response.headers_mut().insert(ALLOW, methods);
        }
        return Ok(response);
    }
    Ok(match path.as_str() {
        "/socket" => socket::open(request, hub),
        "/events" => events::open(&request, hub),
        "/enter" => poll::enter(&request, hub),
        "/news" => poll::news(&request, hub).await,
        "/leave" => poll::leave(&request, hub),
        "/say" => poll::say(request, hub).await?,
        "/rooms" => page::json(hub.rooms()),
        "/ready" => readiness(&request),
        path => page::file(path),
    })
}
