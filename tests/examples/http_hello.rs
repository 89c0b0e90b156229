//! The `http_hello` example.

#[path = "../../examples/http_hello.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use std::io::{Read, Write};
use std::time::Duration;

use greenroom::{HttpServer, ServerHandle};

use crate::browser::{ask, ask_by_http2, connect, get, get_by_http2};
use crate::client::Client;

async fn server() -> ServerHandle {
    HttpServer::bind("127.0.0.1:0").start(example::hello).await.expect("a free port")
}

#[tokio::test]
async fn it_says_hello_by_both_versions_and_knows_no_other_page() {
    let server = server().await;
    let hello = get(&server, "/").await;
    assert_eq!((hello.status, hello.text.as_str()), (200, "<b>hello world</b>"));
    assert_eq!((hello.header("content-type"), hello.header("content-length")), ("text/html", "18"));
    let missing = get(&server, "/elsewhere").await;
    assert_eq!((missing.status, missing.text.as_str()), (404, "<h1>Not Found</h1>"));
    let hello = get_by_http2(connect(&server).await, "http://localhost/").await;
    assert_eq!((hello.status, hello.text.as_str()), (200, "<b>hello world</b>"));
    server.stop().await;
}

#[tokio::test]
async fn head_is_the_same_without_the_body() {
    let server = server().await;
    let head = ask(&server, "HEAD", "/", "").await;
    assert_eq!((head.status, head.header("content-length"), head.text.as_str()), (200, "18", ""));
    // A client that is sent a body here takes it for a breach of the protocol.
    let head = ask_by_http2(connect(&server).await, "HEAD", "http://localhost/").await;
    assert_eq!((head.status, head.header("content-length"), head.text.as_str()), (200, "18", ""));
    server.stop().await;
}

#[tokio::test]
async fn health_is_ready_until_the_server_is_told_to_stop() {
    let server = HttpServer::bind("127.0.0.1:0")
        .line(|line| line.lame_duck(Duration::from_secs(60)))
        .start(example::hello)
        .await
        .expect("a free port");
    assert_eq!(get(&server, "/ready").await.status, 200);
    // Each poll of a stop goes on with it; a lame duck still accepts.
    let stop = tokio::spawn(server.stop());
    while get(&server, "/ready").await.status == 200 {
        tokio::task::yield_now().await;
    }
    let leaving = get(&server, "/ready").await;
    assert_eq!((leaving.status, leaving.text.as_str()), (503, "leaving\n"));
    stop.abort();
}

#[tokio::test]
async fn an_old_client_without_a_host_is_answered_and_closed() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    client.send("GET / HTTP/1.0\r\n\r\n").await;
    let lines = client.end().await;
    assert_eq!(lines[0], "HTTP/1.0 200 OK");
    assert_eq!(lines.last().map(String::as_str), Some("<b>hello world</b>"));
    server.stop().await;
}

/// The bytes lie in the socket, and the runtime has not looked since: the stop is the first thing it hears of.
#[tokio::test]
async fn a_request_that_has_come_before_the_stop_is_answered_though_nobody_has_noticed_it() {
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for earlier_requests in [0, 1] {
        let server = server().await;
        let mut client = Client::connect(&server).await;
        for _ in 0..earlier_requests {
            client.send(REQUEST).await;
            while client.line().await.is_some_and(|line| !line.is_empty()) {}
            client.bytes("<b>hello world</b>".len()).await;
        }
        while server.stats().active == 0 {
            tokio::task::yield_now().await;
        }
        // A blocking socket, so that nothing else runs between the request and the stop.
        let mut client = client.into_std();
        client.write_all(REQUEST).expect("the server is there");
        server.stop().await;
        let mut answer = String::new();
        client.read_to_string(&mut answer).expect("it is closed well");
        assert!(answer.contains("connection: close") && answer.ends_with("<b>hello world</b>"), "{answer}");
    }
}
