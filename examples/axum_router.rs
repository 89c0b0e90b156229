//! An axum router, served as it is.
//!
//! Shows: a `Router` handed to `start`, with its layers; what Greenroom knows of a request in an extractor; an access log of some
//!        routes in a format of one's own; answers that end before the server does.
//!
//! Run:    cargo run --release --example axum_router [address]   (default: 127.0.0.1:8090)
//! Then:   curl -i http://127.0.0.1:8090/hello/ann
//!         curl http://127.0.0.1:8090/whoami
//!         curl -d 'some words' http://127.0.0.1:8090/shout
//!         curl -i http://127.0.0.1:8090/ready
//! See:    each answer bears an `x-request-id`: the same that Greenroom's own log lines name. Ctrl-C here stops the server: requests
//!         that are being answered get their answers.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use greenroom::{AccessLog, HttpServer, RequestFacts, readiness, terminate};
use http::request::Parts;
use http::{HeaderValue, StatusCode};

const LONGEST_SHOUT: usize = 1024;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    let signal = terminate();
    let server = HttpServer::bind(address).start(router()).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) fn router() -> Router {
    let logged =
        AccessLog::new().format(|entry| format!("{} {} {:?}", entry.method, entry.target, entry.took));
    Router::new()
        .route("/hello/{name}", get(async |Path(name): Path<String>| format!("hello {name}\n")))
        .route("/shout", post(async |text: String| text.to_uppercase()))
        .layer(DefaultBodyLimit::max(LONGEST_SHOUT))
        .layer(logged)
        .route("/whoami", get(whoami))
        // What health checks ask does not belong into that log.
        .route("/ready", get(async |request: Request| readiness(&request).map(Body::new)))
        .layer(middleware::from_fn(name_the_request))
}

async fn whoami(Facts(facts): Facts) -> String {
    format!("you are {}, and this is request {}\n", facts.peer_addr(), facts.id())
}

/// A layer of one's own: axum's way to write one is a function.
async fn name_the_request(Facts(facts): Facts, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::from_str(&facts.id().to_string()) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// The facts as an extractor. `Extension<RequestFacts>` would do as well; this one says what is missing where.
struct Facts(RequestFacts);

impl<S: Sync> FromRequestParts<S> for Facts {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let facts = parts.extensions.get::<RequestFacts>().cloned();
        facts.map(Self).ok_or((StatusCode::INTERNAL_SERVER_ERROR, "this router is not served by Greenroom\n"))
    }
}
