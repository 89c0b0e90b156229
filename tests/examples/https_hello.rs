//! The `https_hello` example.

#[path = "../../examples/https_hello.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{HttpServer, ServerHandle, TlsClient, connect_tls};

use crate::browser::get_by_http2;
use crate::client::Client;

async fn server() -> ServerHandle {
    let tls = example::made_up().expect("one can be made");
    HttpServer::bind("127.0.0.1:0").tls(tls).start(example::hello).await.expect("a free port")
}

fn client(protocol: &str) -> TlsClient {
    TlsClient::dangerous_accept_any_certificate().expect("there is a provider").alpn([protocol])
}

#[tokio::test]
async fn a_client_that_agrees_to_it_is_served_by_http2() {
    let server = server().await;
    let stream = connect_tls(&server.local_addrs()[0], &client("h2")).await.expect("a handshake");
    let hello = get_by_http2(stream, "https://localhost/").await;
    assert_eq!((hello.status, hello.text.as_str()), (200, "<b>hello world</b>, over HTTP/2.0 and TLSv1.3\n"));
    server.stop().await;
}

#[tokio::test]
async fn another_is_served_by_http1() {
    let server = server().await;
    let stream = connect_tls(&server.local_addrs()[0], &client("http/1.1")).await.expect("a handshake");
    let mut client = Client::over(stream);
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    client.line_with("<b>hello world</b>, over HTTP/1.1 and TLSv1.3").await;
    client.send("GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    client.line_with("404 Not Found").await;
    assert_eq!(client.end().await.last().map(String::as_str), Some("<h1>Not Found</h1>"));
    server.stop().await;
}

#[tokio::test]
async fn one_that_speaks_nothing_newer_is_served_by_http_1_0() {
    let server = server().await;
    let stream = connect_tls(&server.local_addrs()[0], &client("http/1.0")).await.expect("a handshake");
    let mut client = Client::over(stream);
    client.send("GET / HTTP/1.0\r\n\r\n").await;
    client.line_with("<b>hello world</b>, over HTTP/1.0 and TLSv1.3").await;
    server.stop().await;
}
