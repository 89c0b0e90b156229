//! axum's own server.

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::line::hello::HELLO;
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    use axum::serve::ListenerExt;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let address = listener.local_addr().expect("an address");
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let router = Router::new().route("/", get(async || HELLO));
    Serving::new(address, tokio::spawn(axum::serve(listener, router).into_future()))
}
