//! Long polling: a request waits until there is news, for 10 s at most.
//!
//! Shows: `long_poll` around a queue's `get`. An item leaves the queue only together with an answer, so one who gives up waiting
//!        takes nothing along.
//!
//! Run:    cargo run --release --example long_polling [address]   (default: 127.0.0.1:8093)
//! Then:   open http://127.0.0.1:8093/ in a browser, or: curl -i http://127.0.0.1:8093/poll
//!         and from another terminal: curl -d "hello world" http://127.0.0.1:8093/put
//! See:    the words, as soon as they are put, at one of those who wait; 204 when there was nothing for 10 s. Ctrl-C here stops
//!         the server: whoever waits is answered at once.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

pub(crate) mod answers;

use std::io;
use std::time::Duration;

use answers::{not_allowed, page, plain};
use greenroom::{BodyError, Http, HttpServer, Queue, Request, Response, long_poll, terminate};
use http::{Method, StatusCode};

const PAGE: &str = include_str!("long_polling/page.html");
const POLL: Duration = Duration::from_secs(10);
/// So many words wait for somebody who wants them.
const WAITING: usize = 100;
const LONGEST: u64 = 1024;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8093".to_owned());
    let signal = terminate();
    let words = Queue::bounded(WAITING);
    let server = HttpServer::bind(address)
        .http(Http::new().max_body(LONGEST))
        .start(move |request| answer(request, words.clone()))
        .await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn answer(request: Request, words: Queue<String>) -> Result<Response, BodyError> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/") => page(PAGE),
        // No HEAD: it would take words along and not tell them.
        (&Method::GET, "/poll") => long_poll(&request, POLL, words.get()).await,
        (&Method::POST, "/put") => match words.try_put(request.into_body().text().await?) {
            Ok(()) => plain(StatusCode::ACCEPTED, "it waits for whoever polls next\n"),
            Err(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "nobody polls: try again when somebody does\n"),
        },
        (_, "/") => not_allowed("GET, HEAD"),
        (_, "/poll") => not_allowed("GET"),
        (_, "/put") => not_allowed("POST"),
        _ => plain(StatusCode::NOT_FOUND, "there is /, /poll and /put\n"),
    })
}
