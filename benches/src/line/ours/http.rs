//! Ours, with all limits and deadlines on.

use futures::stream;
use greenroom::{Body, HttpServer, Request, Response};

use crate::line::hello::{HELLO, PIECES, piece};
use crate::line::ours::server::CONNECTIONS;
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    let server = HttpServer::bind("127.0.0.1:0").line(|line| line.max_connections(CONNECTIONS));
    let server = server.start(answer).await.expect("started");
    Serving::new(&server.local_addrs()[0], server.clone())
}

async fn answer(request: Request) -> Response {
    Response::new(match request.uri().path() {
        "/stream" => Body::stream(stream::iter((0..PIECES).map(|_| piece()))),
        _ => HELLO.into(),
    })
}
