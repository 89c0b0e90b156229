//! A value for each request: deep down in the code one asks for the request, and nobody had to hand it on.
//!
//! Shows: a task-local value that is there while a request is answered; two requests that do not see each other's, on one
//! connection or on many; an end of its own for each.
//!
//! Run:    cargo run --release --example request_local [address]   (default: 127.0.0.1:8092)
//! Then:   curl http://127.0.0.1:8092/ann
//! See:    a greeting with your address and the notes of this one request; here, what it wrote down. Ctrl-C stops the server.
//!
//! gevent: the tutorial's `sessionmanager` and its proxy for the request, with werkzeug's as the model.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{Escaped, HttpServer, Local, Request, RequestFacts, SockAddr, terminate, yield_now};

/// What is known while a request is answered, and forgotten after it.
struct Session {
    visitor: String,
    peer: Option<SockAddr>,
    notes: Vec<String>,
}

static SESSION: Local<Option<Session>> = Local::new(|| None);

impl Session {
    fn of(request: &Request) -> Self {
        let visitor = request.uri().path().trim_start_matches('/').to_owned();
        let peer = RequestFacts::of(request).map(|facts| facts.peer_addr().clone());
        Self { visitor, peer, notes: Vec::new() }
    }

    /// The proxy: the session of whichever request the caller works for; `None` where it is none.
    fn current<R>(work: impl FnOnce(&mut Self) -> R) -> Option<R> {
        SESSION.try_with_mut(|session| session.as_mut().map(work)).ok().flatten()
    }
}

/// The end of the request, however it comes.
impl Drop for Session {
    fn drop(&mut self) {
        println!("{} is done: {}", Escaped(&self.visitor), Escaped(&self.notes.join(", ")));
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8092".to_owned());
    let signal = terminate();
    let server = HttpServer::bind(address).start(application).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

async fn application(request: Request) -> String {
    let session = Session::of(&request);
    SESSION.with_value(Some(session), greet()).await
}

/// It is told nothing, and knows.
async fn greet() -> String {
    note("asked");
    yield_now().await;
    note("greeted");
    Session::current(|session| {
        let peer = session.peer.as_ref().map_or("nowhere".to_owned(), SockAddr::to_string);
        format!("hello {} at {peer}, {}\n", session.visitor, session.notes.join(" and "))
    })
    .unwrap_or_default()
}

fn note(what: &str) {
    Session::current(|session| session.notes.push(format!("{what} {}", session.visitor)));
}
