//! Bodies of requests: too large, unread, promised and not sent.

use std::time::Duration;

use greenroom_http::{BodyError, Http, Request, Response};
use http::StatusCode;
use tokio::time::Instant;

use crate::stage::{Stage, deaf, echo};

fn post(fields: &str, body: &str) -> String {
    format!("POST /x HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
}

#[tokio::test(start_paused = true)]
async fn row_118_a_body_over_the_limit_is_refused_and_its_connection_closed() {
    let stage = Stage::with(Http::new().max_body(10), echo).await;
    for (name, request) in [
        ("said beforehand", post("Content-Length: 11\r\n", "")),
        ("said beforehand, and sent", post("Content-Length: 11\r\n", "hello world")),
        ("said beforehand, without end", post("Content-Length: 18446744073709551613\r\n", "")),
        ("in one chunk", post("Transfer-Encoding: chunked\r\n", "b\r\nhello world\r\n0\r\n\r\n")),
        ("in two chunks", post("Transfer-Encoding: chunked\r\n", "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n")),
        ("in chunks without end", post("Transfer-Encoding: chunked\r\n", &"3\r\nxxx\r\n".repeat(1000))),
        ("promised", post("Content-Length: 11\r\nExpect: 100-continue\r\n", "")),
    ] {
        let mut client = stage.connect().await;
        client.send(request).await;
        let answer = client.answer().await;
        assert_eq!(answer.status, 413, "{name}: {answer:?}");
        assert!(answer.says_close(), "{name}: {answer:?}");
        assert_eq!(answer.text(), "the request's body has more than 10 bytes\n");
        client.closed_at_once().await;
    }
    for request in [
        post("Content-Length: 10\r\n", "helloworld"),
        post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n"),
    ] {
        let mut client = stage.connect().await;
        client.send(request).await;
        assert_eq!(client.answer().await.text(), "POST /x helloworld");
        assert_eq!(client.get("/next").await.status, 200);
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_118_what_a_service_says_of_a_body_that_is_too_large_stands_and_what_it_makes_of_half_does_not() {
    async fn service(request: Request) -> Response {
        let (head, body) = request.into_parts();
        let mut response = Response::new("whatever".into());
        if body.bytes().await.is_err() && head.uri.path() == "/own" {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        response
    }
    let stage = Stage::with(Http::new().max_body(10), service).await;
    for (path, status) in [("/own", 422), ("/half", 413)] {
        let mut client = stage.connect().await;
        client
            .send(format!(
                "POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n"
            ))
            .await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.says_close()), (status, true));
        client.closed_at_once().await;
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_119_a_body_that_nobody_read_is_passed_over_and_the_connection_goes_on() {
    let stage = Stage::with(Http::new().max_unread(100_000), deaf).await;
    let mut client = stage.connect().await;
    let chunks = "64\r\n".to_owned() + &"x".repeat(100) + "\r\n";
    for request in [
        post("Content-Length: 5\r\n", "hello"),
        post("Content-Length: 100000\r\n", &"x".repeat(100_000)),
        post("Transfer-Encoding: chunked\r\n", &format!("{}0\r\n\r\n", chunks.repeat(1000))),
        post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\nX: y\r\n\r\n"),
    ] {
        client.send(format!("{request}GET /next HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        assert_eq!(client.answer().await.text(), "POST /x");
        assert_eq!(client.answer().await.text(), "GET /next");
    }
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_119_a_body_of_which_too_much_was_not_read_ends_the_connection() {
    let stage = Stage::with(Http::new().max_unread(100_000), deaf).await;
    let chunks = "64\r\n".to_owned() + &"x".repeat(100) + "\r\n";
    for (name, request) in [
        ("a length", post("Content-Length: 2000000\r\n", &"x".repeat(300_000))),
        ("chunks", post("Transfer-Encoding: chunked\r\n", &chunks.repeat(3000))),
        ("broken chunks", post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\nnonsense")),
    ] {
        let mut client = stage.connect().await;
        let (mut read, mut write) = tokio::io::split(client.io);
        let sending = tokio::spawn(async move {
            use tokio::io::AsyncWriteExt;
            // It may be closed while this goes on.
            let _ = write.write_all(request.as_bytes()).await;
        });
        let began = Instant::now();
        let mut answers = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut read, &mut answers).await.unwrap();
        let answers = String::from_utf8(answers).unwrap();
        assert!(answers.starts_with("HTTP/1.1 200 OK\r\n"), "{name}: {answers}");
        assert!(answers.ends_with("\r\n\r\nPOST /x"), "{name}: {answers}");
        assert!(began.elapsed() < Duration::from_secs(1), "{name}");
        sending.await.unwrap();
        client = stage.connect().await;
        assert_eq!(client.get("/").await.status, 200);
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_119_what_is_left_of_a_body_that_was_read_in_part_is_passed_over() {
    async fn first(request: Request) -> Result<Response, BodyError> {
        let chunk = request.into_body().chunk().await?.unwrap_or_default();
        Ok(Response::new(chunk.slice(..1).into()))
    }
    let stage = Stage::new(first).await;
    let mut client = stage.connect().await;
    for _ in 0..3 {
        client.send(post("Content-Length: 100000\r\n", &"x".repeat(10))).await;
        assert_eq!(client.answer().await.text(), "x");
        client.send("y".repeat(99_990)).await;
    }
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_120_a_client_that_waits_is_told_to_go_on_when_its_body_is_read() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    for expectation in ["100-continue", "100-CONTINUE"] {
        client.send(post(&format!("Content-Length: 5\r\nExpect: {expectation}\r\n"), "")).await;
        assert_eq!(client.head().await.unwrap().status, 100);
        client.send("hello").await;
        assert_eq!(client.answer().await.text(), "POST /x hello");
    }
    client.send(post("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", "")).await;
    assert_eq!(client.head().await.unwrap().status, 100);
    client.send("5\r\nhello\r\n0\r\n\r\n").await;
    assert_eq!(client.answer().await.text(), "POST /x hello");
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_120_a_client_that_does_not_wait_is_answered_like_any_other() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    client.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", "hello")).await;
    assert_eq!(client.head().await.unwrap().status, 100);
    assert_eq!(client.answer().await.text(), "POST /x hello");
    client.send(post("Expect: 100-continue\r\n", "")).await;
    assert_eq!(client.answer().await.text(), "POST /x ", "there is nothing to wait for");
    assert_eq!(client.get("/next").await.status, 200);
    drop(client);
    let mut client = stage.connect().await;
    client.send("POST /x HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello").await;
    assert_eq!(client.answer().await.text(), "POST /x hello", "HTTP/1.0 knows no such thing");
    client.closed_at_once().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_120_a_body_that_was_never_asked_for_is_not_taken_for_a_request() {
    let stage = Stage::new(deaf).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    // As long as what a client sends that took the answer for a no.
    let length = smuggled.len();
    for sent in ["", smuggled] {
        let mut client = stage.connect().await;
        client.send(post(&format!("Content-Length: {length}\r\nExpect: 100-continue\r\n"), "")).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.text()), (200, "POST /x"));
        assert!(answer.says_close(), "{answer:?}");
        client.send(sent).await;
        client.closed_at_once().await;
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_120_an_expectation_that_is_not_known_is_refused() {
    let stage = Stage::new(echo).await;
    for fields in [
        "Expect: 200-ok\r\n",
        "Expect: 100-continue, x\r\n",
        "Expect: 100-continue\r\nExpect: y\r\n",
        "Expect:\r\n",
    ] {
        let mut client = stage.connect().await;
        client.send(post(&format!("Content-Length: 5\r\n{fields}"), "hello")).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.says_close()), (417, true), "{fields}");
        client.closed_at_once().await;
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_off_is_a_bad_request() {
    let stage = Stage::new(echo).await;
    for request in [
        post("Content-Length: 5\r\n", "hel"),
        post("Transfer-Encoding: chunked\r\n", "5\r\nhel"),
        post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n"),
        post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n"),
    ] {
        let mut client = stage.connect().await;
        client.send(&request).await;
        client.half_close().await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.says_close()), (400, true), "{request:?}");
        client.closed_at_once().await;
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_makes_no_progress_is_given_up() {
    let stage = Stage::new(echo).await;
    for (sent, fields) in [
        ("hel", "Content-Length: 5\r\n"),
        ("5\r\nhel", "Transfer-Encoding: chunked\r\n"),
        ("", "Content-Length: 5\r\nExpect: 100-continue\r\n"),
    ] {
        let mut client = stage.connect().await;
        client.send(post(fields, sent)).await;
        if sent.is_empty() {
            assert_eq!(client.head().await.unwrap().status, 100);
        }
        let began = Instant::now();
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.says_close()), (408, true), "{answer:?}");
        assert_eq!(began.elapsed(), Duration::from_secs(30));
        client.closed_at_once().await;
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_makes_progress_may_take_its_time() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    client.send(post("Content-Length: 5\r\n", "")).await;
    assert!(client.drip(b"hello", 1, Duration::from_secs(29)).await);
    assert_eq!(client.answer().await.text(), "POST /x hello");
    drop(client);
    stage.close().await;
}
