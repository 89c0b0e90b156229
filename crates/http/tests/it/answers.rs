//! What answers look like, and what comes after them.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use greenroom_http::{Body, BodyWriter, Http, Request, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use tokio::io::DuplexStream;
use tokio::time::timeout;

use crate::raw::Client;
use crate::stage::{Stage, deaf, echo};

/// A body of each kind, by the path.
async fn bodies(request: Request) -> Response {
    let mut response = Response::new(match request.uri().path() {
        "/whole" => "hello".into(),
        "/empty" => Body::empty(),
        "/stream" => Body::stream(stream::iter(["he", "", "llo"])),
        "/produce" => Body::produce(|mut body: BodyWriter| async move {
            body.write("he").await?;
            body.write("").await?;
            body.write("llo").await?;
            io::Result::Ok(())
        }),
        "/channel" => {
            let (mut writer, body) = Body::channel();
            tokio::spawn(async move {
                writer.write("hel").await?;
                writer.write("lo").await
            });
            body
        }
        _ => "204".into(),
    });
    if let Some(status) = request.uri().query() {
        *response.status_mut() = status.parse().unwrap();
    }
    response
}

const KINDS: [(&str, bool); 4] =
    [("/whole", false), ("/stream", true), ("/produce", true), ("/channel", true)];

#[tokio::test(start_paused = true)]
async fn a_body_has_a_length_or_comes_in_chunks() {
    let stage = Stage::new(bodies).await;
    let mut client = stage.connect().await;
    for (path, chunked) in KINDS {
        let answer = client.get(path).await;
        assert_eq!(answer.text(), "hello", "{path}");
        assert_eq!(answer.header("transfer-encoding"), chunked.then_some("chunked"), "{path}");
        assert_eq!(answer.header("content-length"), (!chunked).then_some("5"), "{path}");
        assert!(answer.header("date").is_some() && answer.header("connection").is_none(), "{answer:?}");
    }
    let answer = client.get("/empty").await;
    assert_eq!((answer.header("content-length"), answer.text()), (Some("0"), ""));
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn no_body_is_sent_where_none_may_be() {
    let stage = Stage::new(bodies).await;
    let mut client = stage.connect().await;
    for (path, _) in KINDS {
        client.send(format!("HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        let answer = client.answer_to("HEAD").await.unwrap();
        assert_eq!(answer.status, 200);
        for status in [204, 304] {
            let answer = client.get(&format!("{path}?{status}")).await;
            assert_eq!(answer.status, status, "{path}");
            assert_eq!(answer.header("transfer-encoding"), None, "{path}");
        }
        // Nothing is left over that could be taken for an answer.
        assert_eq!(client.get("/whole").await.text(), "hello", "after {path}");
    }
    client.send("HEAD /whole HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.answer_to("HEAD").await.unwrap().header("content-length"), Some("5"));
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn http_1_0_closes_unless_it_was_asked_not_to() {
    let stage = Stage::new(bodies).await;
    for (path, chunked) in KINDS {
        let mut client = stage.connect().await;
        client.send(format!("GET {path} HTTP/1.0\r\n\r\n")).await;
        let answer = client.answer().await;
        assert_eq!((&*answer.version, answer.text()), ("HTTP/1.0", "hello"), "{path}");
        assert_eq!(answer.header("transfer-encoding"), None, "{path}");
        client.closed_at_once().await;
        let mut client = stage.connect().await;
        client.send(format!("GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")).await;
        let answer = client.answer().await;
        assert_eq!(answer.text(), "hello", "{path}");
        if chunked {
            // Its end is that of the connection.
            client.closed_at_once().await;
        } else {
            assert_eq!(answer.header("connection"), Some("keep-alive"));
            client.send(format!("GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")).await;
            assert_eq!(client.answer().await.text(), "hello");
        }
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn http_1_1_closes_when_either_side_says_so() {
    let stage = Stage::new(async |request: Request| {
        let mut response = Response::new("hello".into());
        if request.uri().path() == "/last" {
            response.headers_mut().insert("connection", HeaderValue::from_static("close"));
        }
        response
    })
    .await;
    for (path, fields) in [("/", "Connection: close\r\n"), ("/", "Connection: TE, Close\r\n"), ("/last", "")]
    {
        let mut client = stage.connect().await;
        client
            .send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"))
            .await;
        let answer = client.answer().await;
        assert!(answer.says_close(), "{path} {fields:?}: {answer:?}");
        client.closed_at_once().await;
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_123_requests_in_a_row_are_answered_in_order() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    let requests: String = (0..200)
        .map(|n| match n % 3 {
            0 => format!("GET /{n} HTTP/1.1\r\nHost: a\r\n\r\n"),
            1 => format!("POST /{n} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
            _ => format!(
                "PUT /{n} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
            ),
        })
        .collect();
    client.send(requests).await;
    for n in 0..200 {
        let said = match n % 3 {
            0 => format!("GET /{n} "),
            1 => format!("POST /{n} hello"),
            _ => format!("PUT /{n} hi"),
        };
        assert_eq!(client.answer().await.text(), said);
    }
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_123_who_sends_requests_without_end_and_reads_nothing_is_not_read_from_without_end() {
    use tokio::io::AsyncWriteExt;
    let stage = Stage::new(async |_: Request| Response::new(Bytes::from(vec![b'x'; 10_000]).into())).await;
    let mut client: Client<DuplexStream> = stage.connect().await;
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100);
    let mut taken = 0;
    let second = Duration::from_secs(1);
    while let Ok(Ok(())) = timeout(second, client.io.write_all(&request)).await {
        taken += request.len();
    }
    assert!(taken < 512 * 1024, "{taken} bytes of requests were taken");
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_holds_up_those_behind_it_and_none_is_lost() {
    let stage = Stage::new(async |request: Request| {
        if request.uri().path() == "/slow" {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        deaf(request).await
    })
    .await;
    let mut client = stage.connect().await;
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    for path in ["/slow", "/1", "/2"] {
        assert_eq!(client.answer().await.text(), format!("GET {path}"));
    }
    drop(client);
    stage.close().await;
}

#[test]
fn row_122_no_header_can_end_its_line() {
    for value in ["a\r\nSet-Cookie: x", "a\nb", "a\rb", "a\0b", "a\r\n\r\n<html>"] {
        assert!(HeaderValue::from_str(value).is_err(), "{value:?}");
        assert!(HeaderValue::from_bytes(value.as_bytes()).is_err(), "{value:?}");
    }
    for name in ["a:b", "a b", "a\r\nb", "", "a\n"] {
        assert!(HeaderName::from_bytes(name.as_bytes()).is_err(), "{name:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_122_a_client_cannot_have_its_own_bytes_split_an_answer() {
    async fn redirect(request: Request) -> Result<Response, http::Error> {
        let target = request.uri().query().unwrap_or_default().replace("%0d", "\r").replace("%0a", "\n");
        http::Response::builder().status(StatusCode::FOUND).header("location", target).body(Body::empty())
    }
    let stage = Stage::new(redirect).await;
    let mut client = stage.connect().await;
    assert_eq!(client.get("/?/there").await.header("location"), Some("/there"));
    let answer = client.get("/?/there%0d%0aSet-Cookie:x").await;
    assert_eq!((answer.status, answer.header("set-cookie")), (500, None));
    assert_eq!(client.get("/?/there").await.status, 302);
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_finished_sending_is_answered() {
    let stage = Stage::new(async |request: Request| {
        tokio::time::sleep(Duration::from_millis(500)).await;
        echo(request).await
    })
    .await;
    for (request, said) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / "),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", "POST / hi"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "POST / hi"),
        ("GET / HTTP/1.0\r\n\r\n", "GET / "),
    ] {
        let mut client = stage.connect().await;
        client.send(request).await;
        client.half_close().await;
        assert_eq!(client.answer().await.text(), said);
        client.closed_at_once().await;
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_finished_sending_long_ago_counts_as_gone() {
    let gone = greenroom_core::Event::new();
    let told = gone.clone();
    let stage = Stage::with(Http::new(), move |_: Request| {
        let told = told.clone();
        greenroom_core::finally(std::future::pending::<Response>(), async move {
            told.set();
        })
    })
    .await;
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.half_close().await;
    assert_eq!(client.closed().await, Duration::from_secs(1));
    gone.wait().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_service_may_refuse_and_its_own_words_are_sent() {
    let stage = Stage::new(async |request: Request| {
        let mut response = Response::new(request.uri().path().to_owned().into());
        *response.status_mut() = request.uri().path()[1..].parse().unwrap();
        response
    })
    .await;
    let mut client = stage.connect().await;
    for status in [400, 404, 408, 413, 414, 417, 429, 431, 499, 500, 503, 505] {
        let answer = client.get(&format!("/{status}")).await;
        assert_eq!((answer.status, answer.text()), (status, &*format!("/{status}")));
        assert!(!answer.says_close());
    }
    let row: String = (0..100).map(|_| "GET /400 HTTP/1.1\r\nHost: a\r\n\r\n").collect();
    client.send(row).await;
    for _ in 0..100 {
        assert_eq!(client.answer().await.text(), "/400");
    }
    client
        .send("GET /404 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nHEAD /404 HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.text(), "/404");
    assert_eq!(client.answer_to("HEAD").await.unwrap().status, 404);
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_by_a_service_that_the_client_takes_slowly_is_its_own_and_one_behind_it_is_the_engines() {
    let stage = Stage::new(async |_: Request| {
        let mut response = Response::new(Bytes::from(vec![b'x'; 300_000]).into());
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    })
    .await;
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhinonsense\r\n\r\n").await;
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.body.len()), (404, 300_000));
    }
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.says_close()), (400, true), "{answer:?}");
    client.closed_at_once().await;
    stage.close().await;
}
