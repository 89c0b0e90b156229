//! Server-sent events.

use std::time::Duration;

use futures_util::stream;
use greenroom_core::Queue;
use greenroom_http::{HttpServer, Incoming, Request, Response, Sse, SseEvent, last_event_id};
use greenroom_server::{MemoryListener, ServerHandle};
use greenroom_testkit::until_idle;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::time::{Instant, sleep};

const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A client over HTTP/1.1 that takes chunks apart.
struct Listener(BufReader<DuplexStream>);

impl Listener {
    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        assert!(line.ends_with("\r\n"), "{line:?}");
        line.trim_end().to_owned()
    }

    /// The next chunk; `None` at the end of the body.
    async fn chunk(&mut self) -> Option<String> {
        let length = usize::from_str_radix(&self.line().await, 16).unwrap();
        let mut chunk = vec![0; length + 2];
        self.0.read_exact(&mut chunk).await.unwrap();
        chunk.truncate(length);
        (length > 0).then(|| String::from_utf8(chunk).unwrap())
    }
}

async fn serve<F>(respond: F) -> (ServerHandle, Listener, String)
where
    F: Fn(&Request) -> Response + Send + Sync + 'static,
{
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let service = move |request: Request| {
        let response = respond(&request);
        async move { response }
    };
    let server = HttpServer::on(listener).start(service).await.unwrap();
    let mut stream = connector.connect().await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut listener = Listener(BufReader::new(stream));
    let mut head = String::new();
    loop {
        match listener.line().await {
            line if line.is_empty() => break,
            line => head = head + &line + "\n",
        }
    }
    (server, listener, head)
}

async fn queue() -> (ServerHandle, Listener, Queue<SseEvent>) {
    let events = Queue::bounded(4);
    let source = events.clone();
    let (server, listener, _) = serve(move |request| Sse::queue(request, source.clone()).response()).await;
    (server, listener, events)
}

#[tokio::test(start_paused = true)]
async fn events_come_as_the_stream_gives_them() {
    let (_server, mut listener, head) = serve(|request| {
        Sse::new(request, stream::iter([SseEvent::new("a\nb"), SseEvent::named("tick", "8")])).response()
    })
    .await;
    for header in [
        "HTTP/1.1 200 OK",
        "content-type: text/event-stream",
        "cache-control: no-cache",
        "x-accel-buffering: no",
        "transfer-encoding: chunked",
    ] {
        assert!(head.lines().any(|line| line == header), "{header}: {head}");
    }
    // What is there together goes together.
    assert_eq!(listener.chunk().await.unwrap(), "data: a\ndata: b\n\nevent: tick\ndata: 8\n\n");
    assert_eq!(listener.chunk().await, None);
}

#[tokio::test(start_paused = true)]
async fn what_is_put_into_the_queue_comes_until_it_is_shut_down() {
    let (_server, mut listener, events) = queue().await;
    for n in 0..3 {
        until_idle().await;
        events.put(SseEvent::new(n.to_string()).id(n.to_string()).unwrap()).await.unwrap();
        assert_eq!(listener.chunk().await.unwrap(), format!("data: {n}\nid: {n}\n\n"));
    }
    events.shutdown();
    assert_eq!(listener.chunk().await, None);
}

#[tokio::test(start_paused = true)]
async fn the_head_comes_at_once_and_a_comment_when_there_is_nothing_else() {
    let begun = Instant::now();
    let (_server, mut listener, events) = queue().await;
    assert!(begun.elapsed() < Duration::from_secs(1));
    for n in 1..4 {
        assert_eq!(listener.chunk().await.unwrap(), ":\n\n");
        let expected = KEEP_ALIVE * n;
        assert!((expected..expected + KEEP_ALIVE / 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    }
    // An event puts it off.
    sleep(Duration::from_secs(10)).await;
    events.put("x".into()).await.unwrap();
    assert_eq!(listener.chunk().await.unwrap(), "data: x\n\n");
    let last = Instant::now();
    assert_eq!(listener.chunk().await.unwrap(), ":\n\n");
    assert!(last.elapsed() >= KEEP_ALIVE - Duration::from_millis(10), "{:?}", last.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_it_and_the_report_is_clean() {
    let (server, mut listener, events) = queue().await;
    until_idle().await;
    let report = server.stop().await;
    assert!(report.is_clean() && report.drained == 1 && report.took < Duration::from_secs(1), "{report}");
    assert_eq!(listener.chunk().await, None);
    assert!(events.put("too late".into()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_pauses_ends_at_a_stop_too() {
    let (server, mut listener, _) =
        serve(|request| Sse::new(request, stream::repeat("again")).response()).await;
    // The clock stands still meanwhile: nobody ever waits.
    for _ in 0..100 {
        assert!(listener.chunk().await.is_some());
    }
    let reader = tokio::spawn(async move { while listener.chunk().await.is_some() {} });
    let report = server.stop().await;
    assert!(report.is_clean() && report.took < Duration::from_secs(1), "{report}");
    reader.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn whoever_puts_learns_that_the_client_has_gone() {
    let (server, listener, events) = queue().await;
    drop(listener);
    until_idle().await;
    sleep(KEEP_ALIVE * 2).await;
    assert!(events.put("for nobody".into()).await.is_err());
    assert_eq!(server.stats().active, 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_makes_the_source_wait() {
    let (_server, mut listener, events) = queue().await;
    let large = SseEvent::new("x".repeat(16 * 1024));
    let mut put = 0;
    while events.try_put(large.clone()).is_ok() {
        put += 1;
        until_idle().await;
    }
    // The engine holds some 400 KiB of what it has been given.
    assert!(put < 40, "{put} events of 16 KiB were taken");
    while put > 0 {
        put -= listener.chunk().await.unwrap().matches("data").count();
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_holds_a_stop_no_longer_than_its_grace() {
    let (server, listener, _) = serve(|request| Sse::new(request, stream::repeat("again")).response()).await;
    // It takes nothing from now on, and the source never pauses: the engine is full.
    until_idle().await;
    let grace = Duration::from_secs(5);
    let begun = Instant::now();
    let report = server.stop_within(grace).await;
    let took = begun.elapsed();
    assert_eq!((report.drained, report.killed, report.cut_off), (0, 1, 0), "{report}");
    assert!(took >= grace && took < grace * 2, "{took:?}");
    assert_eq!(server.stats().active, 0);
    drop(listener);
}

#[test]
fn a_client_that_comes_back_says_where_it_was() {
    let mut request = Request::new(Incoming::empty());
    assert_eq!(last_event_id(&request), None);
    request.headers_mut().insert("last-event-id", "7é".try_into().unwrap());
    assert_eq!(last_event_id(&request), Some("7é"));
    request.headers_mut().insert("last-event-id", http::HeaderValue::from_bytes(b"\xFF").unwrap());
    assert_eq!(last_event_id(&request), None);
}

#[tokio::test(start_paused = true)]
async fn a_stop_says_the_farewell_last_and_once() {
    let (server, mut listener, _) = serve(|request| {
        Sse::new(request, stream::pending::<SseEvent>()).farewell(SseEvent::named("leaving", "x")).response()
    })
    .await;
    until_idle().await;
    let report = server.stop().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(listener.chunk().await.as_deref(), Some("event: leaving\ndata: x\n\n"));
    assert_eq!(listener.chunk().await, None);
}

#[tokio::test(start_paused = true)]
async fn events_that_end_by_themselves_say_no_farewell() {
    let (server, mut listener, _) = serve(|request| {
        Sse::new(request, stream::iter([SseEvent::new("y").numbered(1)])).farewell("x").response()
    })
    .await;
    assert_eq!(listener.chunk().await.as_deref(), Some("data: y\nid: 1\n\n"));
    assert_eq!(listener.chunk().await, None);
    server.stop().await;
}
