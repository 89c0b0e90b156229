//! By hand: accept, spawn, and hyper on the stream.

use std::convert::Infallible;
use std::io;

use futures::stream;
use http_body_util::{Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::line::hello::{HELLO, PIECES, piece};
use crate::line::raw::accept::accept;
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    accept(async |stream| {
        let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(hello));
        served.await.map_err(io::Error::other)
    })
    .await
}

pub async fn start_stream() -> Serving {
    accept(async |stream| {
        let pieces = service_fn(async |_: Request<Incoming>| {
            let pieces = (0..PIECES).map(|_| Ok::<_, Infallible>(Frame::data(piece())));
            Ok::<_, Infallible>(Response::new(StreamBody::new(stream::iter(pieces))))
        });
        let served = http1::Builder::new().serve_connection(TokioIo::new(stream), pieces);
        served.await.map_err(io::Error::other)
    })
    .await
}

pub async fn start_http2() -> Serving {
    accept(async |stream| {
        let builder = http2::Builder::new(TokioExecutor::new());
        builder.serve_connection(TokioIo::new(stream), service_fn(hello)).await.map_err(io::Error::other)
    })
    .await
}

async fn hello(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::new(Bytes::from_static(HELLO.as_bytes()))))
}
