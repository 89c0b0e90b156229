//! HTTP/2 as it should be, with a client that is not ours.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use greenroom_core::{Event, finally};
use greenroom_http::{Body, BodyWriter, Http, Request, Response};
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::stage::{Stage, echo, settle};

type Sender = SendRequest<Bytes>;

/// A client, and its connection's own task.
pub(crate) async fn connect<S>(io: S) -> (Sender, JoinHandle<Result<(), h2::Error>>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = h2::client::handshake(io).await.unwrap();
    (sender, tokio::spawn(connection))
}

pub(crate) fn request(method: &str, path: &str) -> http::Request<()> {
    http::Request::builder().method(method).uri(format!("http://a{path}")).body(()).unwrap()
}

/// The whole body.
pub(crate) async fn whole(mut body: RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut all = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        all.extend(data);
    }
    Ok(all)
}

/// Asks, with a body, and has the answer.
pub(crate) async fn ask(
    sender: &mut Sender,
    request: http::Request<()>,
    body: Option<&'static [u8]>,
) -> Result<(StatusCode, Vec<u8>), h2::Error> {
    std::future::poll_fn(|context| sender.poll_ready(context)).await?;
    let (answer, mut stream) = sender.send_request(request, body.is_none())?;
    if let Some(body) = body {
        stream.send_data(body.into(), true)?;
    }
    let (head, body) = answer.await?.into_parts();
    Ok((head.status, whole(body).await?))
}

async fn get(sender: &mut Sender, path: &str) -> Result<(StatusCode, Vec<u8>), h2::Error> {
    ask(sender, request("GET", path), None).await
}

#[tokio::test(start_paused = true)]
async fn a_client_that_knows_beforehand_speaks_it() {
    let stage = Stage::new(echo).await;
    let (mut sender, connection) = connect(stage.connector.connect().await.unwrap()).await;
    assert_eq!(get(&mut sender, "/x").await.unwrap(), (StatusCode::OK, b"GET http://a/x ".to_vec()));
    let (status, said) = ask(&mut sender, request("POST", "/x"), Some(b"hello")).await.unwrap();
    assert_eq!((status, &*said), (StatusCode::OK, &b"POST http://a/x hello"[..]));
    let large = vec![b'x'; 1_000_000].leak();
    let (_, said) = ask(&mut sender, request("PUT", "/"), Some(large)).await.unwrap();
    assert_eq!(said.len(), large.len() + "PUT http://a/ ".len());
    drop(sender);
    connection.await.unwrap().unwrap();
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn requests_are_served_side_by_side() {
    let stage = Stage::new(async |request: Request| {
        if request.uri().path() == "/slow" {
            sleep(Duration::from_secs(100)).await;
        }
        Response::new("done".into())
    })
    .await;
    let (mut sender, _connection) = connect(stage.connector.connect().await.unwrap()).await;
    let (slow, _) = sender.send_request(request("GET", "/slow"), true).unwrap();
    let began = Instant::now();
    for _ in 0..300 {
        assert_eq!(get(&mut sender, "/").await.unwrap().0, StatusCode::OK);
    }
    assert_eq!(began.elapsed().as_secs(), 0);
    assert_eq!(slow.await.unwrap().status(), StatusCode::OK);
    assert_eq!(began.elapsed().as_secs(), 100);
    drop(sender);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_may_not_pass_is_refused_and_the_connection_goes_on() {
    let http = Http::new().max_body(10).max_target(20);
    let stage = Stage::with(http, echo).await;
    let (mut sender, _connection) = connect(stage.connector.connect().await.unwrap()).await;
    let with = |method: &str, path: &str, name: &str, value: &str| {
        let mut request = request(method, path);
        request
            .headers_mut()
            .insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        request
    };
    for (name, request, body, status) in [
        ("another host", with("GET", "/", "host", "b"), None, 400),
        ("an expectation", with("POST", "/", "expect", "x"), None, 417),
        ("a long target", request("GET", "/12345678901234567890"), None, 414),
        ("a long body", request("POST", "/"), Some(&b"hello world"[..]), 413),
        (
            "a long body, said beforehand",
            with("POST", "/", "content-length", "11"),
            Some(&b"hello world"[..]),
            413,
        ),
        ("a long head", with("GET", "/", "x", &"y".repeat(40 * 1024)), None, 431),
    ] {
        let answer = ask(&mut sender, request, body).await;
        assert_eq!(
            answer.as_ref().map(|it| it.0.as_u16()).map_err(ToString::to_string),
            Ok(status),
            "{name}"
        );
        assert_eq!(get(&mut sender, "/").await.unwrap().0, StatusCode::OK, "after {name}");
    }
    drop(sender);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_given_up_and_the_connection_goes_on() {
    let stage = Stage::new(echo).await;
    let (mut sender, _connection) = connect(stage.connector.connect().await.unwrap()).await;
    let (answer, mut body) = sender.send_request(request("POST", "/"), false).unwrap();
    body.send_data("hel".into(), false).unwrap();
    let began = Instant::now();
    assert_eq!(answer.await.unwrap().status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(began.elapsed(), Duration::from_secs(30));
    assert_eq!(get(&mut sender, "/").await.unwrap().0, StatusCode::OK);
    drop((sender, body));
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn failures_end_their_stream_and_no_other() {
    let stage = Stage::new(async |request: Request| match request.uri().path() {
        "/panic" => panic!("oh"),
        "/error" => Err(io::Error::other("oh")),
        "/body" => Ok(Response::new(Body::produce(|mut body: BodyWriter| async move {
            body.write("hello").await?;
            Err::<(), _>(io::Error::other("oh"))
        }))),
        "/panics" => Ok(Response::new(Body::produce(|mut body: BodyWriter| async move {
            body.write("hello").await.unwrap();
            panic!("oh")
        }))),
        _ => {
            sleep(Duration::from_secs(1)).await;
            Ok(Response::new("hello".into()))
        }
    })
    .await;
    let (mut sender, _connection) = connect(stage.connector.connect().await.unwrap()).await;
    let (other, _) = sender.send_request(request("GET", "/"), true).unwrap();
    for path in ["/panic", "/error"] {
        let (status, said) = get(&mut sender, path).await.unwrap();
        assert_eq!((status.as_u16(), &*said), (500, &b"internal server error\n"[..]), "{path}");
    }
    for path in ["/body", "/panics"] {
        let error = get(&mut sender, path).await.unwrap_err();
        assert!(error.is_reset() && error.reason() != Some(Reason::NO_ERROR), "{path}: {error}");
    }
    let (head, body) = other.await.unwrap().into_parts();
    assert_eq!((head.status, whole(body).await.unwrap()), (StatusCode::OK, b"hello".to_vec()));
    drop(sender);
    stage.close().await;
}

/// Serves what never ends, and says when it was begun and when it was cleaned up.
async fn endless(begun: Event, over: Event, body: bool) -> Response {
    let work = finally(
        async move {
            begun.set();
            std::future::pending::<()>().await;
        },
        async move {
            sleep(Duration::from_millis(10)).await;
            over.set();
        },
    );
    if body {
        return Response::new(Body::produce(|mut body: BodyWriter| async move {
            let _ = body.write("x").await;
            work.await;
        }));
    }
    work.await;
    Response::new(Body::empty())
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_taken_back_drops_its_service_with_its_clean_ups() {
    for body in [false, true] {
        let (begun, over) = (Event::new(), Event::new());
        let (begin, end) = (begun.clone(), over.clone());
        let stage = Stage::new(move |_: Request| endless(begin.clone(), end.clone(), body)).await;
        let (mut sender, _connection) = connect(stage.connector.connect().await.unwrap()).await;
        let (answer, mut stream) = sender.send_request(request("GET", "/"), true).unwrap();
        begun.wait().await;
        stream.send_reset(Reason::CANCEL);
        over.wait().await;
        drop((sender, answer, stream));
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_takes_its_services_with_it_and_they_clean_up_before_its_place_is_free() {
    for body in [false, true] {
        let (begun, over) = (Event::new(), Event::new());
        let (begin, end) = (begun.clone(), over.clone());
        let stage = Stage::new(move |_: Request| endless(begin.clone(), end.clone(), body)).await;
        let (mut sender, connection) = connect(stage.connector.connect().await.unwrap()).await;
        let (answer, _) = sender.send_request(request("GET", "/"), true).unwrap();
        begun.wait().await;
        connection.abort();
        over.wait().await;
        settle().await;
        assert_eq!(stage.server.limits().open_connections(), 0);
        drop((sender, answer));
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_kill_of_the_server_runs_the_clean_ups_of_its_streams() {
    let (begun, over) = (Event::new(), Event::new());
    let (begin, end) = (begun.clone(), over.clone());
    let stage = Stage::new(move |_: Request| endless(begin.clone(), end.clone(), false)).await;
    let (mut sender, _connection) = connect(stage.connector.connect().await.unwrap()).await;
    let (_answer, _) = sender.send_request(request("GET", "/"), true).unwrap();
    begun.wait().await;
    let report = stage.server.stop_within(Duration::from_secs(1)).await;
    assert_eq!((report.killed, report.cut_off), (1, 0), "{report:?}");
    assert!(over.is_set(), "before the stop is over");
}

#[tokio::test(start_paused = true)]
async fn a_stop_says_goaway_and_answers_what_is_in_flight() {
    let stage = Stage::new(async |_: Request| {
        sleep(Duration::from_secs(5)).await;
        Response::new("done".into())
    })
    .await;
    let (idle, idle_connection) = connect(stage.connector.connect().await.unwrap()).await;
    let (mut sender, connection) = connect(stage.connector.connect().await.unwrap()).await;
    let (answer, _) = sender.send_request(request("GET", "/"), true).unwrap();
    settle().await;
    let began = Instant::now();
    let end = tokio::spawn(stage.server.stop());
    idle_connection.await.unwrap().unwrap();
    assert_eq!(began.elapsed().as_secs(), 0);
    let (head, body) = answer.await.unwrap().into_parts();
    assert_eq!((head.status, whole(body).await.unwrap()), (StatusCode::OK, b"done".to_vec()));
    let refused = get(&mut sender, "/").await.unwrap_err();
    assert!(refused.is_go_away() && refused.is_remote(), "{refused:?}");
    connection.await.unwrap().unwrap();
    assert!(end.await.unwrap().is_clean());
    drop(idle);
}

#[tokio::test(start_paused = true)]
async fn so_many_requests_and_then_goaway() {
    let stage = Stage::with(Http::new().max_requests(20), echo).await;
    for _ in 0..5 {
        let (mut sender, connection) = connect(stage.connector.connect().await.unwrap()).await;
        let mut served = 0;
        while let Ok((status, _)) = get(&mut sender, "/").await {
            assert_eq!(status, StatusCode::OK);
            served += 1;
        }
        // What was on its way when the client was told is served too.
        assert!((18..=23).contains(&served), "{served}");
        connection.await.unwrap().unwrap();
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn so_old_and_then_goaway() {
    let stage = Stage::with(Http::new().max_age(Duration::from_secs(10)), echo).await;
    let (mut sender, connection) = connect(stage.connector.connect().await.unwrap()).await;
    let began = Instant::now();
    get(&mut sender, "/").await.unwrap();
    connection.await.unwrap().unwrap();
    assert!((9..=11).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_after_a_minute_also_if_it_answers_pings() {
    let stage = Stage::new(echo).await;
    let (mut sender, connection) = connect(stage.connector.connect().await.unwrap()).await;
    get(&mut sender, "/").await.unwrap();
    let began = Instant::now();
    let _ = connection.await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_secs(60));
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_large_answer_may_take_longer_than_a_connection_may_be_idle() {
    const SIZE: usize = 1024 * 1024;
    let stage = Stage::new(async |_: Request| Response::new(vec![b'x'; SIZE].into())).await;
    let (mut sender, _connection) = connect(stage.connector.connect().await.unwrap()).await;
    let (answer, _) = sender.send_request(request("GET", "/"), true).unwrap();
    let mut body = answer.await.unwrap().into_body();
    let mut came = 0;
    while let Some(data) = body.data().await {
        let length = data.unwrap_or_else(|error| panic!("after {came} bytes: {error}")).len();
        came += length;
        // A hundred seconds for all of it.
        sleep(Duration::from_millis(100 * length as u64 / 1024)).await;
        body.flow_control().release_capacity(length).unwrap();
    }
    assert_eq!(came, SIZE);
    drop(sender);
    stage.close().await;
}
