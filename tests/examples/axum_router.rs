//! The `axum_router` example.

#[path = "../../examples/axum_router.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{HttpServer, ServerHandle};

use crate::browser::{ask, connect, get, get_by_http2};

async fn server() -> ServerHandle {
    HttpServer::bind("127.0.0.1:0").start(example::router()).await.expect("a free port")
}

#[tokio::test]
async fn its_routes_are_served_by_both_versions() {
    let server = server().await;
    assert_eq!(get(&server, "/hello/ann").await.text, "hello ann\n");
    assert_eq!(ask(&server, "POST", "/shout", "some words").await.text, "SOME WORDS");
    assert_eq!(get_by_http2(connect(&server).await, "http://localhost/hello/bob").await.text, "hello bob\n");
    assert_eq!(get(&server, "/ready").await.text, "ready\n");
    server.stop().await;
}

#[tokio::test]
async fn what_it_refuses_it_refuses_as_axum_does() {
    let server = server().await;
    assert_eq!(get(&server, "/elsewhere").await.status, 404);
    assert_eq!(get(&server, "/shout").await.status, 405);
    assert_eq!(ask(&server, "POST", "/shout", vec![b'x'; 1025]).await.status, 413);
    assert_eq!(ask(&server, "POST", "/shout", vec![0xff]).await.status, 400);
    server.stop().await;
}

#[tokio::test]
async fn facts_reach_extractors_and_layers() {
    let server = server().await;
    let answer = get(&server, "/whoami").await;
    let id = answer.header("x-request-id");
    assert!(answer.text.starts_with("you are 127.0.0.1:"), "{}", answer.text);
    assert!(answer.text.ends_with(&format!("this is request {id}\n")), "{id}: {}", answer.text);
    let other = get(&server, "/elsewhere").await;
    assert!(!other.header("x-request-id").is_empty() && other.header("x-request-id") != id);
    server.stop().await;
}
