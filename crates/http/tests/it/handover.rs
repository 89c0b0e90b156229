//! Connections that become something else.

use greenroom_http::{Body, Http, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::stage::Stage;

/// Says yes, and then speaks bytes in another task: whatever it is told, it says `HTTP/1.1 404` first.
async fn tunnel(mut request: Request) -> Response {
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut io = TokioIo::new(upgrade.await.unwrap());
        io.write_all(b"HTTP/1.1 404 no refusal of ours\r\n\r\n").await.unwrap();
        let mut said = [0; 5];
        io.read_exact(&mut said).await.unwrap();
        io.write_all(&said).await.unwrap();
        io.shutdown().await.unwrap();
    });
    let mut response = Response::new(Body::empty());
    if request.method() != http::Method::CONNECT {
        *response.status_mut() = http::StatusCode::SWITCHING_PROTOCOLS;
        response.headers_mut().insert("connection", "upgrade".parse().unwrap());
        response.headers_mut().insert("upgrade", "bytes".parse().unwrap());
    }
    response
}

const CONNECT: &str = "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n";
const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: bytes\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn what_passes_through_a_tunnel_is_not_taken_for_a_refusal() {
    for (request, status) in [(CONNECT, 200), (UPGRADE, 101)] {
        let stage = Stage::new(tunnel).await;
        let mut client = stage.connect().await;
        client.send(request).await;
        assert_eq!(client.head().await.unwrap().status, status);
        assert_eq!(client.head().await.unwrap().status, 404, "{request}");
        client.send("hello").await;
        assert_eq!(client.rest().await.unwrap(), b"hello");
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_request_of_a_connection_may_be_an_upgrade() {
    let stage = Stage::with(Http::new().max_requests(1), tunnel).await;
    for (request, connection) in [(UPGRADE, Some("upgrade")), (CONNECT, None)] {
        for _ in 0..3 {
            let mut client = stage.connect().await;
            client.send(request).await;
            let head = client.head().await.unwrap();
            assert_eq!(head.header("connection"), connection, "{head:?}");
            drop(client);
        }
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_120_an_upgrade_that_nobody_asked_for_is_ignored() {
    let stage = Stage::new(crate::stage::echo).await;
    let mut client = stage.connect().await;
    for fields in [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c\r\n",
        "Upgrade: websocket\r\n",
    ] {
        client.send(format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n")).await;
        assert_eq!(client.answer().await.status, 200, "{fields}");
        assert_eq!(client.get("/next").await.text(), "GET /next ", "{fields}");
    }
    drop(client);
    stage.close().await;
}
