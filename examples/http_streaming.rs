//! Bodies that come and go piece by piece.
//!
//! Shows: `Body::produce` and `Body::stream`; a request's body read in chunks, so that a gigabyte passes through without ever
//!        being in memory.
//!
//! Run:    cargo run --release --example http_streaming [address]   (default: 127.0.0.1:8089)
//! Then:   curl -N http://127.0.0.1:8089/ticks             a line each half second, for as long as you stay
//!         curl -N http://127.0.0.1:8089/count/100000      so many lines
//!         curl http://127.0.0.1:8089/squares              a stream as a body
//!         curl -T FILE http://127.0.0.1:8089/upload       or `--data-binary @FILE`, or `-T -` for a pipe
//! See:    for an upload its size and its CRC-32, as gzip and zip know it. When a client of `/ticks` goes away, a clean-up says so
//!         here. Ctrl-C stops the server: ticks end, the rest is finished first.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;
use std::time::Duration;

use futures_util::stream;
use greenroom::{
    Body, BodyError, ClientGone, Http, HttpServer, Request, RequestFacts, Response, finally, terminate,
};
use http::{Method, StatusCode};

const TICK: Duration = Duration::from_millis(500);
const LARGEST_UPLOAD: u64 = 1 << 30;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8089".to_owned());
    let signal = terminate();
    let server = HttpServer::bind(address).http(Http::new().max_body(LARGEST_UPLOAD)).start(answer).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn answer(request: Request) -> Result<Response, BodyError> {
    let path = request.uri().path().to_owned();
    match (request.method(), path.as_str()) {
        (&Method::PUT | &Method::POST, "/upload") => upload(request).await,
        (&Method::GET | &Method::HEAD, "/ticks") => Ok(ticks(&request)),
        (&Method::GET | &Method::HEAD, "/squares") => Ok(squares()),
        (&Method::GET | &Method::HEAD, path) => match path.strip_prefix("/count/").map(str::parse) {
            Some(Ok(lines)) => Ok(count(lines)),
            _ => Ok(plain(StatusCode::NOT_FOUND)),
        },
        _ => Ok(plain(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

/// It waits in `write` while the client takes nothing, so memory holds a line or two.
fn count(lines: u64) -> Response {
    Response::new(Body::produce(async move |mut body| {
        for n in 1..=lines {
            body.write(format!("{n}\n")).await?;
        }
        Ok::<_, ClientGone>(())
    }))
}

/// Goes on until the client goes, or the server stops: whichever it is, the clean-up runs.
fn ticks(request: &Request) -> Response {
    let facts = RequestFacts::of(request).cloned();
    Response::new(Body::produce(move |mut body| {
        let name = facts.as_ref().map(|facts| facts.id().to_string()).unwrap_or_default();
        let ticking = async move {
            let mut clock = tokio::time::interval(TICK);
            for n in 0_u64.. {
                clock.tick().await;
                if facts.as_ref().is_some_and(RequestFacts::is_stopping) {
                    return body.write("goodbye\n").await;
                }
                body.write(format!("tick {n}\n")).await?;
            }
            Ok(())
        };
        finally(ticking, async move { eprintln!("no more ticks for request {name}") })
    }))
}

fn squares() -> Response {
    Response::new(Body::stream(stream::iter((1..=10_u32).map(|n| format!("{n} squared is {}\n", n * n)))))
}

/// If the body breaks off or is too large, the `?` leaves with an error, and the client is told what was wrong.
async fn upload(request: Request) -> Result<Response, BodyError> {
    let mut body = request.into_body();
    let (mut size, mut sum) = (0, Crc32::default());
    while let Some(chunk) = body.chunk().await? {
        size += chunk.len();
        sum.add(&chunk);
    }
    Ok(Response::new(format!("{size} bytes, crc32 {:08x}\n", sum.0).into()))
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(format!("{status}\n").into());
    *response.status_mut() = status;
    response
}

/// The checksum of gzip, bit by bit.
#[derive(Debug, Default)]
pub(crate) struct Crc32(pub(crate) u32);

impl Crc32 {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0 = !bytes.iter().fold(!self.0, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
        });
    }
}
