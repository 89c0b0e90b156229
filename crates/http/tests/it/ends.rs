//! How requests and connections end: by failure, by the client, by a kill, by a stop.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::stream;
use greenroom_core::{Event, Queue, finally};
use greenroom_http::{Body, BodyWriter, ClientGone, Http, Request, Response, readiness};
use tokio::time::{Instant, sleep};

use crate::stage::{Stage, settle};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn path(request: &Request) -> &str {
    request.uri().path()
}

#[tokio::test(start_paused = true)]
async fn a_failure_and_a_panic_are_answered_with_500_and_the_next_request_is_served() {
    async fn service(request: Request) -> Result<Response, io::Error> {
        match path(&request) {
            "/error" => Err(io::Error::other("secret reason")),
            "/panic" => panic!("secret reason"),
            "/later" => {
                tokio::task::yield_now().await;
                panic!("secret reason")
            }
            _ => Ok(Response::new("hello".into())),
        }
    }
    let stage = Stage::new(service).await;
    let mut client = stage.connect().await;
    for target in ["/error", "/panic", "/later"] {
        let answer = client.get(target).await;
        assert_eq!((answer.status, answer.text()), (500, "internal server error\n"), "{target}");
        assert!(!answer.says_close());
        assert_eq!(client.get("/").await.text(), "hello", "after {target}");
        client.send(format!("POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")).await;
        assert_eq!(client.answer().await.status, 500);
        assert_eq!(client.get("/").await.text(), "hello", "after {target} with a body");
    }
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_panics_when_it_is_called_is_answered_with_500() {
    #[derive(Clone)]
    struct Panics;
    impl tower_service::Service<Request> for Panics {
        type Response = Response;
        type Error = io::Error;
        type Future = std::future::Ready<io::Result<Response>>;

        fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<io::Result<()>> {
            std::task::Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request) -> Self::Future {
            panic!("at once")
        }
    }
    let stage = Stage::new(Panics).await;
    let mut client = stage.connect().await;
    assert_eq!(client.get("/").await.status, 500);
    assert_eq!(client.get("/").await.status, 500);
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_breaks_off_is_not_taken_for_a_whole_one() {
    async fn service(request: Request) -> Response {
        let failure = || io::Error::other("broken");
        Response::new(match path(&request) {
            "/stream" => Body::try_stream(stream::iter([Ok("hello"), Err(failure())])),
            "/produce" => Body::produce(move |mut body: BodyWriter| async move {
                body.write("hello").await?;
                Err::<(), _>(failure())
            }),
            "/panic" => Body::produce(move |mut body: BodyWriter| async move {
                body.write("hello").await.unwrap();
                panic!("broken")
            }),
            _ => {
                let (mut writer, body) = Body::channel();
                tokio::spawn(async move {
                    writer.write("hello").await.unwrap();
                    writer.fail(failure()).await;
                });
                body
            }
        })
    }
    let stage = Stage::new(service).await;
    for target in ["/stream", "/produce", "/panic", "/channel"] {
        let mut client = stage.connect().await;
        client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n{GET}")).await;
        let error = client.answer_to("GET").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{target}");
        let rest = client.rest().await.unwrap();
        assert!(!rest.windows(4).any(|it| it == b"HTTP"), "{target}: {}", rest.escape_ascii());
    }
    settle().await;
    assert_eq!(stage.server.limits().open_connections(), 0);
    stage.close().await;
}

/// Counts clean-ups.
#[derive(Clone, Default)]
struct Cleaned(Arc<AtomicUsize>, Event);

impl Cleaned {
    async fn up(self) {
        // A clean-up may take its time.
        sleep(Duration::from_millis(10)).await;
        self.0.fetch_add(1, Ordering::SeqCst);
        self.1.set();
    }

    async fn once(&self) {
        self.1.wait().await;
        settle().await;
        assert_eq!(self.0.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_client_goes_its_service_is_dropped_and_cleans_up() {
    let (cleaned, begun) = (Cleaned::default(), Event::new());
    let (clean, begin) = (cleaned.clone(), begun.clone());
    let stage = Stage::with(Http::new().half_closed(Duration::ZERO), move |_: Request| {
        let (clean, begin) = (clean.clone(), begin.clone());
        finally(
            async move {
                begin.set();
                std::future::pending::<Response>().await
            },
            clean.up(),
        )
    })
    .await;
    let mut client = stage.connect().await;
    client.send(GET).await;
    begun.wait().await;
    drop(client);
    cleaned.once().await;
    settle().await;
    assert_eq!(stage.server.limits().open_connections(), 0);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn when_the_client_goes_every_kind_of_body_learns_of_it() {
    let cleaned = Cleaned::default();
    let queue: Queue<String> = Queue::bounded(1);
    let writer = Arc::new(Mutex::new(None));
    let (clean, items, given) = (cleaned.clone(), queue.clone(), writer.clone());
    let stage = Stage::with(Http::new().half_closed(Duration::ZERO), move |request: Request| {
        let (clean, items, given) = (clean.clone(), items.clone(), given.clone());
        async move {
            Response::new(match path(&request) {
                "/produce" => Body::produce(move |mut body: BodyWriter| {
                    finally(
                        async move {
                            loop {
                                body.write("x").await?;
                                sleep(Duration::from_secs(1)).await;
                            }
                            #[expect(unreachable_code, reason = "it names the type")]
                            io::Result::Ok(())
                        },
                        clean.up(),
                    )
                }),
                "/queue" => Body::queue(items),
                _ => {
                    let (writer, body) = Body::channel();
                    *given.lock().unwrap() = Some(writer);
                    body
                }
            })
        }
    })
    .await;
    let mut client = stage.connect().await;
    client.send("GET /produce HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.head().await.unwrap().status, 200);
    assert_eq!(client.line().await.unwrap(), "1");
    drop(client);
    cleaned.once().await;

    let mut client = stage.connect().await;
    client.send("GET /queue HTTP/1.1\r\nHost: a\r\n\r\n").await;
    queue.put("one".to_owned()).await.unwrap();
    assert_eq!(client.head().await.unwrap().status, 200);
    assert_eq!(client.line().await.unwrap(), "3");
    drop(client);
    settle().await;
    assert!(queue.try_put("two".to_owned()).is_err());

    let mut client = stage.connect().await;
    client.send("GET /channel HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.head().await.unwrap().status, 200);
    let mut writer = writer.lock().unwrap().take().unwrap();
    drop(client);
    writer.client_gone().await;
    let _: ClientGone = writer.write("x").await.unwrap_err();
    settle().await;
    assert_eq!(stage.server.limits().open_connections(), 0);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_producer_waits_while_its_client_takes_nothing() {
    let written = Arc::new(AtomicUsize::new(0));
    let count = written.clone();
    let stage = Stage::new(move |_: Request| {
        let count = count.clone();
        async move {
            Response::new(Body::produce(|mut body: BodyWriter| async move {
                for _ in 0..1000 {
                    body.write(vec![b'x'; 10_000]).await?;
                    count.fetch_add(1, Ordering::SeqCst);
                }
                io::Result::Ok(())
            }))
        }
    })
    .await;
    let mut client = stage.connect().await;
    client.send(GET).await;
    sleep(Duration::from_secs(5)).await;
    let ahead = written.load(Ordering::SeqCst);
    assert!(ahead < 100, "{ahead} pieces of 10 kB wait for a client that takes none");
    let answer = client.answer().await;
    assert_eq!(answer.body.len(), 10_000_000);
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_kill_of_the_server_runs_the_clean_ups_of_its_services() {
    let (cleaned, begun) = (Cleaned::default(), Event::new());
    let (clean, begin) = (cleaned.clone(), begun.clone());
    let stage = Stage::new(move |_: Request| {
        let (clean, begin) = (clean.clone(), begin.clone());
        finally(
            async move {
                begin.set();
                std::future::pending::<Response>().await
            },
            clean.up(),
        )
    })
    .await;
    let mut client = stage.connect().await;
    client.send(GET).await;
    begun.wait().await;
    let report = stage.server.stop_within(Duration::from_secs(1)).await;
    assert_eq!((report.killed, report.cut_off), (1, 0), "{report:?}");
    assert_eq!(cleaned.0.load(Ordering::SeqCst), 1, "before the stop is over");
    client.closed_at_once().await;
    assert_eq!(stage.server.limits().open_connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stop_closes_who_is_idle_and_lets_who_is_busy_finish() {
    let stage = Stage::new(async |_: Request| {
        sleep(Duration::from_secs(5)).await;
        Response::new("done".into())
    })
    .await;
    let mut fresh = stage.connect().await;
    let mut idle = stage.connect().await;
    assert_eq!(idle.get("/").await.text(), "done");
    let mut half = stage.connect().await;
    half.send("GET / HT").await;
    let mut busy = stage.connect().await;
    busy.send(GET.repeat(2)).await;
    settle().await;
    let began = Instant::now();
    let end = tokio::spawn(stage.server.stop());
    idle.closed_at_once().await;
    fresh.closed_at_once().await;
    let answer = busy.answer().await;
    assert!(answer.says_close(), "{answer:?}");
    assert_eq!(began.elapsed().as_secs(), 4);
    busy.closed_at_once().await;
    // What has begun to come may come, in its time.
    half.send("TP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(half.answer().await.says_close());
    half.closed_at_once().await;
    let report = end.await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lame_duck_serves_and_says_that_it_is_leaving() {
    let stage = Stage::on_line(
        Http::new(),
        |line| line.lame_duck(Duration::from_secs(5)),
        async |request: Request| match path(&request) {
            "/ready" => readiness(&request),
            _ => Response::new("hello".into()),
        },
    )
    .await;
    let mut client = stage.connect().await;
    let ready = client.get("/ready").await;
    assert_eq!((ready.status, ready.text()), (200, "ready\n"));
    let mut silent = stage.connect().await;
    assert_eq!(silent.get("/").await.text(), "hello");
    let end = tokio::spawn(stage.server.stop());
    settle().await;
    // Whoever asks is answered, and asked not to stay.
    let ready = client.get("/ready").await;
    assert_eq!((ready.status, ready.text()), (503, "leaving\n"));
    client.closed_at_once().await;
    let mut other = stage.connect().await;
    assert_eq!(other.get("/").await.text(), "hello");
    other.closed_at_once().await;
    let took = silent.closed().await;
    assert!(took > Duration::from_secs(4), "{took:?}");
    assert!(end.await.unwrap().is_clean());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_on_its_way_when_the_server_stops_arrives_whole() {
    let stage = Stage::new(async |_: Request| {
        Response::new(Body::produce(|mut body: BodyWriter| async move {
            for n in 0..10 {
                body.write(format!("{n}")).await?;
                sleep(Duration::from_secs(1)).await;
            }
            io::Result::Ok(())
        }))
    })
    .await;
    let mut client = stage.connect().await;
    client.send(GET).await;
    sleep(Duration::from_secs(3)).await;
    let end = tokio::spawn(stage.server.stop());
    assert_eq!(client.answer().await.text(), "0123456789");
    client.closed_at_once().await;
    assert!(end.await.unwrap().is_clean());
}

#[tokio::test(start_paused = true)]
async fn every_fault_gives_its_place_back() {
    let stage = Stage::on_line(
        Http::new(),
        |line| line.max_connections(1),
        async |request: Request| {
            match path(&request) {
                "/panic" => panic!("oh"),
                "/hang" => std::future::pending().await,
                _ => {}
            }
            Response::new("hello".into())
        },
    )
    .await;
    for fault in [
        "",
        "G",
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\nhel",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense nonsense nonsense",
    ] {
        let mut client = stage.connect().await;
        client.send(fault).await;
        settle().await;
        drop(client);
        // There is one place.
        let mut client = stage.connect().await;
        assert_eq!(client.get("/").await.text(), "hello", "after {fault:?}");
    }
    stage.close().await;
}
