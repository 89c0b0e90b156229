//! Clients that take their time over an answer.

use std::time::Duration;

use bytes::Bytes;
use greenroom_http::{Http, Request, Response};
use greenroom_server::{MemoryListener, StreamServer};
use tokio::time::{Instant, sleep};

use crate::raw::Client;
use crate::stage::{Stage, deaf};

const MIB: usize = 1024 * 1024;

async fn large(_: Request) -> Response {
    Response::new(Bytes::from(vec![b'x'; MIB]).into())
}

/// Takes an answer of a mebibyte in 64 parts, a second and a half after one another.
async fn take_slowly(client: &mut Client<tokio::io::DuplexStream>) {
    let head = client.head().await.unwrap();
    assert_eq!(head.header("content-length"), Some("1048576"));
    for part in 0..64 {
        sleep(Duration::from_millis(1500)).await;
        let bytes = client.take(MIB / 64).await.unwrap_or_else(|error| panic!("after {part} parts: {error}"));
        assert!(bytes.iter().all(|byte| *byte == b'x'), "after {part} parts");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_may_take_longer_than_a_connection_may_be_idle() {
    let stage = Stage::new(large).await;
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    take_slowly(&mut client).await;
    // Counted from when the server had written it.
    let idle = client.closed().await;
    assert!((50..=60).contains(&idle.as_secs()), "{idle:?}");
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_next_head_that_has_begun_does_not_cut_the_answer_before_it() {
    let stage = Stage::new(large).await;
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /ne").await;
    take_slowly(&mut client).await;
    let began = Instant::now();
    assert_eq!(client.answer().await.status, 408);
    assert!(began.elapsed() <= Duration::from_secs(10));
    client.closed_at_once().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_finished_sending_may_take_its_answer_slowly() {
    let stage = Stage::new(large).await;
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.half_close().await;
    take_slowly(&mut client).await;
    client.closed_at_once().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_given_up() {
    let stage = Stage::new(large).await;
    let client = stage.connect().await;
    let mut client = client;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(Duration::from_secs(29)).await;
    assert_eq!(stage.server.limits().open_connections(), 1);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(stage.server.limits().open_connections(), 0);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_before_its_request_was_read_is_whole_if_the_connection_closes_after_it() {
    async fn service(_: Request) -> Response {
        Response::new(Bytes::from(vec![b'x'; MIB]).into())
    }
    let stage = Stage::with(Http::new().max_unread(10), service).await;
    let mut client = stage.connect().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n").await;
    client.send([b'y'; 500]).await;
    take_slowly(&mut client).await;
    client.closed().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_given_to_another_task_is_read_to_its_end_when_that_task_lets_it_go() {
    async fn service(request: Request) -> Response {
        let mut body = request.into_body();
        tokio::spawn(async move {
            let _ = body.chunk().await;
            sleep(Duration::from_secs(5)).await;
        });
        Response::new("thanks".into())
    }
    let stage = Stage::with(Http::new().max_unread(1024 * 1024), service).await;
    let mut client = stage.connect().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n").await;
    client.send(vec![b'y'; 30_000]).await;
    assert_eq!(client.answer().await.text(), "thanks");
    let began = Instant::now();
    let (mut read, mut write) = tokio::io::split(client.io);
    let sending = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        write.write_all(&[b'y'; 170_000]).await?;
        write.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await
    });
    let mut buffer = [0; 8];
    use tokio::io::AsyncReadExt;
    read.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"HTTP/1.1");
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    sending.await.unwrap().unwrap();
    drop(read);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_on_a_line_without_deadlines_serves_slow_readers() {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let server = StreamServer::on(listener).start(Http::new().handler(large)).await.unwrap();
    let mut client = Client::new(connector.connect().await.unwrap());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    take_slowly(&mut client).await;
    drop(client);
    assert!(server.stop().await.is_clean());
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_a_body_may_come_slowly_but_not_for_ever() {
    let stage = Stage::new(deaf).await;
    let mut client = stage.connect().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nxxx").await;
    assert_eq!(client.answer().await.status, 200);
    assert_eq!(client.closed().await, Duration::from_secs(30));
    stage.close().await;
}
