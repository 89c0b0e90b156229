//! The `websocket_random` example.

#[path = "../../examples/websocket_random.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{HttpServer, ServerHandle};
use serde_json::Value;

use crate::browser::{ask, get};
use crate::websocket::{Heard, Socket};

async fn server() -> ServerHandle {
    HttpServer::bind("127.0.0.1:0").start(example::answer).await.expect("a free port")
}

#[tokio::test]
async fn values_are_counted_and_lie_between_one_and_five() {
    let server = server().await;
    let mut socket = Socket::open(&server, "/data").await;
    for x in 0..4_u64 {
        let value: Value = serde_json::from_str(&socket.text().await).expect("it is JSON");
        assert_eq!(value["x"], x);
        assert!((1..=5).contains(&value["y"].as_u64().expect("it has a value")), "{value}");
        // Whatever is said to it is passed over.
        socket.send("hello").await;
    }
    socket.close().await;
    while server.stats().active > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.stop().await.cut_off, 0);
}

#[tokio::test]
async fn each_client_has_values_of_its_own_and_a_stop_is_told_to_all() {
    let server = server().await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        let mut socket = Socket::open(&server, "/data").await;
        assert!(socket.text().await.starts_with(r#"{"x":0,"y":"#));
        sockets.push(socket);
    }
    let stop = tokio::spawn(server.stop());
    for mut socket in sockets {
        loop {
            match socket.next().await {
                Heard::Text(_) => {}
                Heard::Closed(code, _) => break assert_eq!(code, 1001),
                Heard::Gone => panic!("it went without a word"),
            }
        }
    }
    let report = stop.await.expect("it ends");
    assert!(report.is_clean(), "{report}");
}

#[tokio::test]
async fn a_client_that_goes_away_is_noticed() {
    let server = server().await;
    let mut socket = Socket::open(&server, "/data").await;
    socket.text().await;
    socket.reset();
    while server.stats().active > 0 {
        tokio::task::yield_now().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_request_for_a_websocket_is_told_so() {
    let server = server().await;
    assert_eq!(get(&server, "/data").await.status, 426);
    assert_eq!(Socket::open_from(&server, "/data", Some("http://evil.example")).await.err(), Some(403));
    let page = get(&server, "/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let post = ask(&server, "POST", "/", "").await;
    assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD"));
    assert_eq!(get(&server, "/elsewhere").await.status, 404);
    server.stop().await;
}
