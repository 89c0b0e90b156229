//! The `fetch_per_line` example.

#[path = "../../examples/fetch_per_line.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use std::time::Duration;

use example::fetch::FetchLimits;
use greenroom::{HttpServer, Request, Response, ServerHandle, StreamServer, with};

use crate::client::Client;

const LIMITS: FetchLimits = FetchLimits { time: Duration::from_secs(600), size: 1000 };

/// As many bytes as the path says, and never an answer to others.
async fn pages(request: Request) -> Response {
    match request.uri().path()[1..].parse() {
        Ok(n) => Response::new("x".repeat(n).into()),
        Err(_) => std::future::pending().await,
    }
}

/// Both servers, and how the pages' URLs begin.
async fn both(limits: FetchLimits) -> (ServerHandle, ServerHandle, String) {
    let pages = HttpServer::bind("127.0.0.1:0").start(pages).await.expect("a free port");
    let server =
        StreamServer::bind("127.0.0.1:0").start(with(limits, example::sizes)).await.expect("a free port");
    let url = format!("http://{}/", pages.local_addrs()[0]);
    (server, pages, url)
}

#[tokio::test]
async fn each_line_is_answered_with_its_pages_size_or_an_error_that_names_it() {
    let (server, pages, url) = both(LIMITS).await;
    let mut client = Client::connect(&server).await;
    client.send(format!("{url}0\r\n{url}1000\n{url}1001\nnonsense \x07\n\n{url}7\n")).await;
    assert_eq!(client.line().await.as_deref(), Some("0"));
    assert_eq!(client.line().await.as_deref(), Some("1000"));
    let large = client.line().await.expect("an answer");
    assert_eq!(large, format!("error: {url}1001: the page has more than 1000 bytes"));
    let nonsense = client.line().await.expect("an answer");
    assert!(nonsense.starts_with("error: nonsense") && !nonsense.contains('\x07'), "{nonsense:?}");
    assert!(client.line().await.expect("an answer").starts_with("error: "));
    assert_eq!(client.line().await.as_deref(), Some("7"));
    client.hang_up().await;
    assert!(client.end().await.is_empty());
    pages.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_costs_its_own_line_only() {
    let (server, pages, url) = both(LIMITS).await;
    pages.stop().await;
    let mut client = Client::connect(&server).await;
    client.send(format!("{url}1\nhttps://localhost/\n")).await;
    let gone = client.line().await.expect("an answer");
    assert!(gone.starts_with(&format!("error: {url}1: ")), "{gone}");
    let answer = client.line().await.expect("an answer");
    assert_eq!(answer, "error: https://localhost/: only http:// is fetched here");
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_never_comes_is_given_up() {
    let (server, pages, url) = both(FetchLimits { time: Duration::from_secs(5), size: 1 }).await;
    let mut client = Client::connect(&server).await;
    client.send(format!("{url}never\n")).await;
    let answer = client.line().await.expect("an answer");
    assert_eq!(answer, format!("error: {url}never: the page was not there after 5 s"));
    server.stop().await;
    pages.stop().await;
}
