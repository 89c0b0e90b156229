//! What is said of requests: the access log, their facts, their spans, and what is logged when they fail.

use std::convert::Infallible;
use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;
use greenroom_http::{AccessLog, Body, BodyWriter, Http, HttpFunction, Request, RequestFacts, Response};
use greenroom_server::SockAddr;
use greenroom_testkit::LogCapture;
use http_body_util::{BodyExt, Full};
use tower_layer::Layer;
use tower_service::Service;

use crate::http2::{ask, connect, request};
use crate::raw::Client;
use crate::stage::{Stage, echo, settle};

const ACCESS: &str = "greenroom::access";

/// What was logged since this was last asked.
fn said(log: &LogCapture) -> Vec<String> {
    log.take().into_iter().map(|line| line.text).collect()
}

/// Without what differs each time: the date, and how long it took.
fn steady(lines: Vec<String>) -> Vec<String> {
    lines
        .into_iter()
        .map(|line| {
            let (client, rest) = line.split_once(" - - [").unwrap_or_else(|| panic!("{line:?}"));
            let (_, rest) = rest.split_once("] ").unwrap();
            let (rest, id) = rest.rsplit_once(" id=").unwrap_or_else(|| panic!("{line:?}"));
            let (rest, took) = rest.rsplit_once(' ').unwrap();
            assert!(took.parse::<f64>().is_ok() && id.contains('-'), "{line:?}");
            format!("{client} {rest}")
        })
        .collect()
}

async fn connect_from(stage: &Stage, address: &str) -> Client<tokio::io::DuplexStream> {
    let address: std::net::SocketAddr = address.parse().unwrap();
    Client::new(stage.connector.connect_from(SockAddr::from(address)).await.unwrap())
}

#[tokio::test(start_paused = true)]
async fn every_request_leaves_a_line_and_so_does_what_was_none() {
    let log = LogCapture::of(ACCESS);
    let stage = Stage::new(echo).await;
    for (sent, line) in [
        ("GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n", r#"192.0.2.7 "GET /a?b=c HTTP/1.1" 200 11 "-" "-""#),
        (
            "GET / HTTP/1.0\r\nReferer: http://x/\r\nUser-Agent: curl/8 \"\\\r\n\r\n",
            r#"192.0.2.7 "GET / HTTP/1.0" 200 6 "http://x/" "curl/8 \"\\""#,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            r#"192.0.2.7 "POST / HTTP/1.1" 200 9 "-" "-""#,
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: \x1b[31m\u{e9}\r\n\r\n",
            "192.0.2.7 \"-\" 400 55 \"-\" \"-\"",
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: \u{e9}\u{202e}\r\n\r\n",
            r#"192.0.2.7 "GET / HTTP/1.1" 200 6 "-" "\xc3\xa9\xe2\x80\xae""#,
        ),
        ("GET / HTTP/1.1\r\n\r\n", r#"192.0.2.7 "GET / HTTP/1.1" 400 28 "-" "-""#),
        ("nonsense\r\n\r\n", "192.0.2.7 \"-\" 400 55 \"-\" \"-\""),
        ("GET / HTT", "192.0.2.7 \"-\" 408 36 \"-\" \"-\""),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n",
            r#"192.0.2.7 "POST / HTTP/1.1" 413 47 "-" "-""#,
        ),
    ] {
        let mut client = connect_from(&stage, "192.0.2.7:4711").await;
        client.send(sent).await;
        client.answer().await;
        drop(client);
        settle().await;
        assert_eq!(steady(said(&log)), [line], "{sent:?}");
    }
    // Nobody has said anything.
    drop(stage.connect().await);
    settle().await;
    assert_eq!(said(&log), [""; 0]);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_stands_behind_an_answered_request_leaves_its_line_too() {
    let log = LogCapture::of(ACCESS);
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n").await;
    for status in [200, 200, 400] {
        assert_eq!(client.answer().await.status, status);
    }
    settle().await;
    let lines = said(&log);
    let numbers: Vec<_> = lines.iter().map(|line| line.rsplit_once('-').unwrap().1).collect();
    assert_eq!(numbers, ["1", "2", "3"], "{lines:#?}");
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_waited_for_leaves_a_line_with_what_was_sent_of_it() {
    let log = LogCapture::of(ACCESS);
    let http = Http::new().half_closed(std::time::Duration::ZERO);
    let stage = Stage::with(http, async |request: Request| {
        if request.uri().path() == "/never" {
            std::future::pending::<()>().await;
        }
        Response::new(Body::produce(|mut body: BodyWriter| async move {
            body.write("hello").await?;
            std::future::pending::<io::Result<()>>().await
        }))
    })
    .await;
    for (path, end) in
        [("/never", r#""GET /never HTTP/1.1" - - "-" "-""#), ("/", r#""GET / HTTP/1.1" 200 5 "-" "-""#)]
    {
        let mut client = stage.connect().await;
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        settle().await;
        assert_eq!(said(&log), [""; 0], "it is not over");
        drop(client);
        settle().await;
        let lines = steady(said(&log));
        assert!(lines.len() == 1 && lines[0].ends_with(end), "{lines:?}");
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn streams_leave_their_lines_too() {
    let log = LogCapture::of(ACCESS);
    let stage = Stage::new(echo).await;
    let (mut sender, connection) = connect(stage.connector.connect().await.unwrap()).await;
    ask(&mut sender, request("POST", "/x"), Some(b"hi")).await.unwrap();
    drop(sender);
    connection.await.unwrap().unwrap();
    stage.close().await;
    assert_eq!(steady(said(&log)), [r#"- "POST http://a/x HTTP/2.0" 200 18 "-" "-""#]);
}

#[tokio::test(start_paused = true)]
async fn there_are_no_lines_where_they_are_off() {
    let log = LogCapture::of(ACCESS);
    let stage = Stage::with(Http::new().access_log(false), echo).await;
    let mut client = stage.connect().await;
    client.get("/").await;
    client.send("nonsense\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 400);
    drop(client);
    stage.close().await;
    assert_eq!(said(&log), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn as_a_layer_it_has_a_format_of_its_own_and_serves_for_others_than_us() {
    /// A service of any body, as any framework has it.
    #[derive(Clone)]
    struct Foreign;

    impl Service<http::Request<Full<Bytes>>> for Foreign {
        type Response = http::Response<Full<Bytes>>;
        type Error = Infallible;
        type Future = std::future::Ready<Result<http::Response<Full<Bytes>>, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: http::Request<Full<Bytes>>) -> Self::Future {
            std::future::ready(Ok(http::Response::new(Full::new("hello".into()))))
        }
    }

    let log = LogCapture::of(ACCESS);
    let layer = AccessLog::new().format(|entry| {
        format!("{} {} {} {:?} {}", entry.client, entry.method, entry.target, entry.status, entry.bytes)
    });
    let mut service = layer.layer(Foreign);
    let request = http::Request::get("/x?y").body(Full::default()).unwrap();
    let answer = service.call(request).await.unwrap();
    assert_eq!(said(&log), [""; 0], "it is not over");
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "hello");
    assert_eq!(said(&log), ["- GET /x?y Some(200) 5"]);

    // And on a server of ours, in place of its own.
    let service = layer.layer(HttpFunction::new(async |_: Request| Response::new("hi".into())));
    let stage = Stage::with(Http::new().access_log(false), service).await;
    let mut client = connect_from(&stage, "[2001:db8::1]:80").await;
    client.get("/z").await;
    drop(client);
    stage.close().await;
    let lines = said(&log);
    assert!(lines.len() == 1 && lines[0].starts_with("2001:db8::1 GET /z Some(200) 2 id="), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_knows_where_it_came_from_and_its_span_is_under_its_connections() {
    let log = LogCapture::of("greenroom");
    let stage = Stage::new(async |request: Request| {
        let facts = RequestFacts::of(&request).unwrap();
        tracing::info!(target: "greenroom_test", "served");
        Response::new(format!("{} {} {}", facts.id(), facts.peer_addr(), facts.is_stopping()).into())
    })
    .await;
    let mut client = connect_from(&stage, "192.0.2.7:4711").await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let answer = client.get("/x").await;
        let (id, rest) = answer.text().split_once(' ').unwrap();
        assert_eq!(rest, "192.0.2.7:4711 false");
        ids.push(id.to_owned());
    }
    let connection = ids[0].strip_suffix("-1").unwrap().to_owned();
    assert_eq!(ids[1], format!("{connection}-2"));
    drop(client);
    stage.close().await;
    let spans = log.spans();
    for id in ids {
        let end = format!(
            "connection{{id={connection} peer=192.0.2.7:4711}} > request{{id={id} method=GET path=\"/x\"}}"
        );
        assert!(spans.iter().any(|span| span.ends_with(&end)), "{end}: {spans:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_are_logged_with_the_requests_name_and_in_words_that_break_no_line() {
    let log = LogCapture::of("greenroom");
    let stage = Stage::new(async |request: Request| -> io::Result<Response> {
        match request.uri().path() {
            "/panic" => panic!("bad\nthing"),
            "/body" => Ok(Response::new(Body::produce(|_: BodyWriter| async {
                Err::<(), _>(io::Error::other("bad\nthing"))
            }))),
            _ => Err(io::Error::other("bad\nthing")),
        }
    })
    .await;
    for (path, word) in [("/panic", "panicked"), ("/error", "failed"), ("/body", "broke off")] {
        let mut client = stage.connect().await;
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        let _ = client.answer_to("GET").await;
        drop(client);
        settle().await;
        let lines: Vec<_> = said(&log).into_iter().filter(|line| line.contains("thing")).collect();
        assert_eq!(lines.len(), 1, "{path}: {lines:?}");
        assert!(lines[0].contains(word) && lines[0].contains("id="), "{path}: {lines:?}");
        assert!(!lines[0].contains('\n'), "{path}: {lines:?}");
    }
    stage.close().await;
}
