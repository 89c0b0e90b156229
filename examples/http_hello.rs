//! The smallest HTTP server.
//!
//! Shows: a plain function as a service; a health check that fails as soon as the server has been told to stop.
//!
//! Run:    cargo run --release --example http_hello [address]   (default: 127.0.0.1:8088)
//! Then:   curl -i http://127.0.0.1:8088/
//!         curl --http2-prior-knowledge http://127.0.0.1:8088/
//! See:    `<b>hello world</b>`, or 404 for any other path. Ctrl-C here stops the server: requests that are being answered get
//!         their answers.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{HttpServer, Request, Response, readiness, terminate};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8088".to_owned());
    let signal = terminate();
    let server = HttpServer::bind(address).start(hello).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn hello(request: Request) -> Response {
    match request.uri().path() {
        "/" => html(StatusCode::OK, "<b>hello world</b>"),
        "/ready" => readiness(&request),
        _ => html(StatusCode::NOT_FOUND, "<h1>Not Found</h1>"),
    }
}

fn html(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
