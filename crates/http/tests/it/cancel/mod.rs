//! Every public future of the crate, dropped at every one of its polls.
//!
//! To cover a new one: write a scenario in the module of its kind, an `async fn` that runs
//! [`cancel_at_every_poll`](greenroom_testkit::cancel_at_every_poll) and returns its number of polls, and add a row to the
//! module's `rows!`. A future is listed by the name of its type, an async function as `Type::function` or `function`.

/// The core's own: it reads the sources of whichever crate it is part of.
#[macro_use]
#[path = "../../../../core/tests/it/cancel/coverage.rs"]
mod coverage;

mod bodies;
mod serving;
#[cfg(feature = "websocket")]
mod websocket;

/// A table goes here.
const ROOMS: &[&[&str]] = &[
    bodies::COVERED,
    serving::COVERED,
    #[cfg(feature = "websocket")]
    websocket::COVERED,
];

/// Futures without a row, and why.
const PENDING: &[&str] = &[
    // They say what they lose, and do nothing else but call `chunk` again and again.
    "Incoming::bytes",
    "Incoming::text",
    // Dropped, it ends the body as if it were whole: it says so.
    "BodyWriter::fail",
    // Once polled, the socket closes: `it::websocket::closing`.
    "WebSocket::close",
    // On listeners that are there it is never pending, and others need the system.
    "HttpServer::start",
    // It is `serve_until` without an end.
    "HttpServer::serve",
    // They are the service's own future, and nothing besides.
    "HttpFunctionFuture",
    "AccessLogFuture",
    // What it waits for is the queue's: `core it::cancel::queue_get`.
    "QueueFeed",
];
