//! The `echo` example.

#[path = "../../examples/echo.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{ServerHandle, StreamServer};

use crate::client::Client;

const GREETING: &str = "Welcome to the echo server! Type quit to exit.";

async fn server() -> ServerHandle {
    StreamServer::bind("127.0.0.1:0").start(example::echo).await.expect("a free port")
}

#[tokio::test]
async fn it_greets_echoes_and_ends_at_quit_in_any_case() {
    let server = server().await;
    for quit in ["quit\r\n", "QUIT\n", " Quit \n"] {
        let mut client = Client::connect(&server).await;
        assert_eq!(client.line().await.as_deref(), Some(GREETING));
        client.send("hello\r\ngr\u{fc}\u{df} dich\n").await;
        assert_eq!(client.line().await.as_deref(), Some("hello"));
        assert_eq!(client.line().await.as_deref(), Some("gr\u{fc}\u{df} dich"));
        client.send(quit).await;
        assert!(client.end().await.is_empty());
    }
}

#[tokio::test]
async fn what_is_no_line_of_text_is_named_and_ends_the_connection() {
    let server = server().await;
    let table = [
        (vec![b'x'; 100_000], "error: line longer than 65536 bytes"),
        (b"ab\xff\n".to_vec(), "error: line is not valid UTF-8 at byte 2"),
    ];
    for (bytes, expected) in table {
        let mut client = Client::connect(&server).await;
        client.send(bytes).await;
        assert_eq!(client.end().await, [GREETING, expected]);
    }
}

#[tokio::test]
async fn idle_clients_are_let_go_when_the_server_stops() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    assert_eq!(client.line().await.as_deref(), Some(GREETING));
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed), (1, 0));
    assert!(client.end().await.is_empty());
}
