//! Requests that wait for news.

use std::sync::Arc;
use std::time::Duration;

use greenroom_core::{Event, Queue};
use greenroom_http::{Body, HttpServer, Incoming, Request, Response, Tidings, long_poll};
use greenroom_server::{MemoryConnector, MemoryListener, ServerHandle};
use greenroom_testkit::until_idle;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;

const LIMIT: Duration = Duration::from_secs(10);

fn request() -> Request {
    Request::new(Incoming::empty())
}

async fn words(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn serve(news: Queue<String>) -> (ServerHandle, MemoryConnector) {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let service = move |request: Request| {
        let news = news.clone();
        async move { long_poll(&request, LIMIT, news.get()).await }
    };
    (HttpServer::on(listener).start(service).await.unwrap(), connector)
}

async fn ask(connector: &MemoryConnector) -> DuplexStream {
    let mut stream = connector.connect().await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    stream
}

async fn answer(mut stream: DuplexStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn news_is_answered_when_it_comes() {
    let news = Queue::unbounded();
    let (_server, connector) = serve(news.clone()).await;
    let asked = ask(&connector).await;
    until_idle().await;
    news.put("it rains".to_owned()).await.unwrap();
    let answer = answer(asked).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("\r\ncache-control: no-store\r\n") && answer.ends_with("\r\n\r\nit rains"),
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_news_the_client_is_to_ask_again() {
    let (_server, connector) = serve(Queue::unbounded()).await;
    let begun = Instant::now();
    let answer = answer(ask(&connector).await).await;
    assert!(answer.starts_with("HTTP/1.1 204 No Content\r\n"), "{answer}");
    assert!(begun.elapsed() >= LIMIT && begun.elapsed() < LIMIT * 2);
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_sent_away_when_the_server_stops() {
    let (server, connector) = serve(Queue::unbounded()).await;
    let asked = ask(&connector).await;
    until_idle().await;
    let report = server.stop().await;
    assert!(report.is_clean() && report.drained == 1 && report.took < Duration::from_secs(1), "{report}");
    assert!(answer(asked).await.starts_with("HTTP/1.1 204 No Content\r\n"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_to_clients_that_waited_in_vain_or_went_away() {
    let news = Queue::unbounded();
    let (server, connector) = serve(news.clone()).await;
    // Each of these has been a getter of the queue.
    let in_vain = ask(&connector).await;
    assert!(answer(in_vain).await.contains(" 204 "));
    let gone = ask(&connector).await;
    until_idle().await;
    drop(gone);
    until_idle().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(server.stats().active, 0);
    for n in 0..3 {
        news.put(format!("news {n}")).await.unwrap();
        assert!(answer(ask(&connector).await).await.ends_with(&format!("\r\n\r\nnews {n}")));
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_wakes_all_who_wait_also_if_it_is_cleared_at_once() {
    let event = Event::new();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let event = event.clone();
            tokio::spawn(async move { words(long_poll(&request(), LIMIT, event.wait()).await).await })
        })
        .collect();
    until_idle().await;
    event.set();
    event.clear();
    for waiting in waiting {
        assert_eq!(waiting.await.unwrap(), (200, String::new()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_news_and_what_is_none() {
    async fn of(tidings: impl Tidings) -> (u16, String) {
        words(long_poll(&request(), LIMIT, async { tidings }).await).await
    }
    assert_eq!(of("text").await, (200, "text".into()));
    assert_eq!(of(String::from("text")).await, (200, "text".into()));
    assert_eq!(of(b"bytes".to_vec()).await, (200, "bytes".into()));
    assert_eq!(of(bytes::Bytes::from("bytes")).await, (200, "bytes".into()));
    assert_eq!(of(Body::from("body")).await, (200, "body".into()));
    assert_eq!(of(()).await, (200, String::new()));
    assert_eq!(of("").await, (200, String::new()));
    assert_eq!(of(Some("text")).await, (200, "text".into()));
    assert_eq!(of(None::<String>).await, (204, String::new()));
    assert_eq!(of(Ok::<_, ()>(Some("text"))).await, (200, "text".into()));
    assert_eq!(of(Err::<String, _>("shut down")).await, (204, String::new()));
    let shut: Queue<String> = Queue::unbounded();
    shut.shutdown();
    assert_eq!(words(long_poll(&request(), LIMIT, shut.get()).await).await, (204, String::new()));
}

/// It can be spawned, whatever the request's body is.
#[tokio::test(start_paused = true)]
async fn its_future_may_go_to_another_thread() {
    struct NotSync(#[expect(dead_code, reason = "it is here for what it is not")] std::cell::Cell<u8>);
    let request = Arc::new(std::sync::Mutex::new(Some(http::Request::new(NotSync(std::cell::Cell::new(0))))));
    let taken = request.lock().unwrap().take().unwrap();
    let answer = tokio::spawn(async move { long_poll(&taken, LIMIT, async { "x" }).await.status() });
    assert_eq!(answer.await.unwrap(), 200);
}
