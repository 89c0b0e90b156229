//! Server-sent events: the time, each second.
//!
//! Shows: `Sse` over a stream; ids, and `last_event_id`: one whose connection broke gets the seconds that were missed.
//!
//! Run:    cargo run --release --example sse_clock [address]   (default: 127.0.0.1:8094)
//! Then:   open http://127.0.0.1:8094/ in a browser, or: curl -N http://127.0.0.1:8094/clock
//!         curl -N -H "Last-Event-ID: 3" http://127.0.0.1:8094/clock
//! See:    an event a second, numbered from the start of the server; the second client begins with number 4, at once. Ctrl-C here
//!         stops the server: the events say so and end. Start it again, and the page goes on by itself.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

pub(crate) mod answers;

use std::io;
use std::time::{Duration, SystemTime};

use answers::{not_allowed, page, plain};
use futures_util::stream;
use greenroom::{HttpServer, Request, Response, Sse, SseEvent, last_event_id, terminate};
use http::{Method, StatusCode};
use tokio::time::{Instant, sleep_until};

const PAGE: &str = include_str!("sse_clock/page.html");
const TICK: Duration = Duration::from_secs(1);
/// Who was away for longer hears no more than so many of the missed ones.
const REMEMBERED: u32 = 60;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8094".to_owned());
    let signal = terminate();
    let clock = Clock::start();
    let server = HttpServer::bind(address).start(move |request| answer(request, clock)).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn answer(request: Request, clock: Clock) -> Response {
    match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/") => page(PAGE),
        (&Method::GET | &Method::HEAD, "/clock") => ticks(&request, clock),
        (_, "/" | "/clock") => not_allowed("GET, HEAD"),
        _ => plain(StatusCode::NOT_FOUND, "there is / and /clock\n"),
    }
}

/// Each client has its own stream, which needs no memory of events: a tick can be made again from its number.
fn ticks(request: &Request, clock: Clock) -> Response {
    let seen = last_event_id(request).and_then(|id| id.parse().ok());
    let events = stream::unfold(clock.after(seen), move |number| async move {
        sleep_until(clock.start + TICK * number).await;
        Some((clock.event(number), number + 1))
    });
    Sse::new(request, events).farewell(SseEvent::named("leaving", "the server is going away")).response()
}

/// Tick 0 is the start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Instant,
    time: SystemTime,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), time: SystemTime::now() }
    }

    /// The next tick for one who has seen so many. An id of another start may lie ahead.
    fn after(&self, seen: Option<u32>) -> u32 {
        let next = u32::try_from(self.start.elapsed().as_secs() + 1).unwrap_or(u32::MAX);
        seen.map_or(next, |seen| seen.saturating_add(1)).clamp(next.saturating_sub(REMEMBERED), next)
    }

    fn event(&self, number: u32) -> SseEvent {
        let time = (self.time + TICK * number).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let of_day = time.as_secs() % 86_400;
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        SseEvent::named("tick", format!("{hour:02}:{minute:02}:{second:02} UTC")).numbered(number.into())
    }
}
