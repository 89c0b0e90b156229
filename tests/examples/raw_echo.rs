//! The `raw_echo` example.

#[path = "../../examples/raw_echo.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::StreamServer;

use crate::client::Client;

#[tokio::test]
async fn bytes_come_back_as_they_are_also_after_the_client_has_sent_all() {
    let server = StreamServer::bind("127.0.0.1:0").start(example::echo).await.expect("a free port");
    let mut client = Client::connect(&server).await;
    client.send("no line").await;
    assert_eq!(client.bytes(7).await, b"no line");
    client.send(b"\0\xff\r\n\r\n").await;
    client.hang_up().await;
    assert_eq!(client.bytes(6).await, b"\0\xff\r\n\r\n");
    assert!(client.end().await.is_empty());
    let report = server.stop().await;
    assert_eq!(report.killed, 0);
}

#[tokio::test]
async fn an_idle_client_is_let_go_when_the_server_stops() {
    let server = StreamServer::bind("127.0.0.1:0").start(example::echo).await.expect("a free port");
    let mut client = Client::connect(&server).await;
    client.send("x").await;
    assert_eq!(client.bytes(1).await, b"x");
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed), (1, 0));
    assert!(client.end().await.is_empty());
}
