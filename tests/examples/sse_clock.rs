//! The `sse_clock` example.

#[path = "../../examples/sse_clock.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{HttpServer, ServerHandle};

use crate::browser::{ask, get};
use crate::client::Client;

async fn server() -> ServerHandle {
    let clock = example::Clock::start();
    let server = HttpServer::bind("127.0.0.1:0");
    server.start(move |request| example::answer(request, clock)).await.expect("a free port")
}

async fn listen(server: &ServerHandle, seen: Option<u32>) -> Client {
    let mut client = Client::connect(server).await;
    let seen = seen.map_or_else(String::new, |id| format!("Last-Event-ID: {id}\r\n"));
    client.send(format!("GET /clock HTTP/1.1\r\nHost: localhost\r\n{seen}\r\n")).await;
    client.line_with("text/event-stream").await;
    client
}

/// The number of the next tick.
async fn tick(client: &mut Client) -> u32 {
    client.line_with("event: tick").await;
    let time = client.line().await.expect("it has a time");
    assert!(time.starts_with("data: ") && time.ends_with(" UTC") && time.len() == 18, "{time}");
    let id = client.line().await.expect("it has an id");
    id.strip_prefix("id: ").and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("{id:?} is no id"))
}

#[tokio::test(start_paused = true)]
async fn each_second_has_its_number() {
    let server = server().await;
    let mut client = listen(&server, None).await;
    for number in 1..=5 {
        assert_eq!(tick(&mut client).await, number);
    }
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn one_who_comes_back_hears_what_was_missed() {
    let server = server().await;
    let mut client = listen(&server, None).await;
    while tick(&mut client).await < 9 {}
    let mut back = listen(&server, Some(3)).await;
    for number in 4..=11 {
        assert_eq!(tick(&mut back).await, number);
    }
    // A number of another start lies ahead.
    let mut other = listen(&server, Some(1000)).await;
    assert!(tick(&mut other).await < 30);
    let mut confused = listen(&server, Some(u32::MAX)).await;
    assert!(tick(&mut confused).await < 60);
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn no_more_than_a_minute_is_made_good() {
    let server = server().await;
    let mut client = listen(&server, None).await;
    while tick(&mut client).await < 200 {}
    let mut back = listen(&server, Some(1)).await;
    assert!(tick(&mut back).await >= 140);
    server.stop().await;
}

#[tokio::test]
async fn a_stop_says_goodbye_and_ends_the_events() {
    let server = server().await;
    let mut client = listen(&server, None).await;
    let report = server.stop().await;
    assert!(report.is_clean(), "{report}");
    client.line_with("event: leaving").await;
    assert_eq!(client.line().await.as_deref(), Some("data: the server is going away"));
    let end = client.end().await;
    assert_eq!(end.iter().filter(|line| !line.is_empty()).collect::<Vec<_>>(), ["0"], "the last chunk");
}

#[tokio::test]
async fn the_page_is_there_and_other_methods_are_not() {
    let server = server().await;
    assert!(get(&server, "/").await.text.contains("new EventSource(\"/clock\")"));
    let head = ask(&server, "HEAD", "/clock", "").await;
    assert_eq!((head.status, head.header("content-type")), (200, "text/event-stream"));
    let post = ask(&server, "POST", "/clock", "").await;
    assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD"));
    assert_eq!(get(&server, "/elsewhere").await.status, 404);
    server.stop().await;
}
