//! Where a request ends, and what is no request: bytes in, and bytes out.

use greenroom_http::Http;

use crate::raw::Client;
use crate::stage::{Stage, echo};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A request that is answered with this status and a reason, and is the last on its connection: what stands behind it is never
/// looked at.
async fn refused(stage: &Stage, name: &str, request: &[u8], status: u16) {
    let mut client = stage.connect().await;
    client.send([request, b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"].concat()).await;
    let answer = client.answer().await;
    assert_eq!(answer.status, status, "{name}: {answer:?}");
    assert!(answer.says_close(), "{name}: {answer:?}");
    assert!(answer.header("date").is_some() && answer.header("content-type").is_some(), "{name}: {answer:?}");
    assert!(answer.text().ends_with('\n') && answer.body.len() > 10, "{name}: {answer:?}");
    client.closed_at_once().await;
}

async fn all_refused(status: u16, table: &[(&str, &[u8])]) {
    let stage = Stage::new(echo).await;
    for (name, request) in table {
        refused(&stage, name, request, status).await;
    }
    stage.close().await;
}

fn post(fields: &str, body: &str) -> Vec<u8> {
    format!("POST /x HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}").into_bytes()
}

/// Each as the fields of a POST, with a body of five bytes behind it.
async fn fields_refused(status: u16, fields: &[&str]) {
    let requests: Vec<_> = fields.iter().map(|fields| (*fields, post(fields, "hello"))).collect();
    let table: Vec<_> = requests.iter().map(|(name, request)| (*name, &request[..])).collect();
    all_refused(status, &table).await;
}

#[tokio::test(start_paused = true)]
async fn row_112_a_length_that_is_doubtful_is_refused() {
    fields_refused(
        400,
        &[
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "content-length: 5\r\ntransfer-encoding: CHUNKED\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: 5, 6\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: -5\r\n",
            "Content-Length: 5a\r\n",
            "Content-Length: 0x5\r\n",
            "Content-Length: 5 5\r\n",
            "Content-Length: 1_0\r\n",
            "Content-Length: 5.0\r\n",
            "Content-Length: \r\n",
            "Content-Length: abc\r\n",
            "Content-Length: 18446744073709551615\r\n",
            "Content-Length: 18446744073709551616\r\n",
            "Content-Length: 99999999999999999999999999\r\n",
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn row_112_the_same_length_twice_is_one_length() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    client.send(post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")).await;
    assert_eq!(client.answer().await.text(), "POST /x hello");
    assert_eq!(client.get("/next").await.text(), "GET /next ");
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_113_a_coding_other_than_chunked_once_is_refused() {
    fields_refused(
        400,
        &[
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding: chunkedx\r\n",
            "Transfer-Encoding: chunked, identity\r\n",
            "Transfer-Encoding: identity, chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: chunked, chunked\r\n",
            "Transfer-Encoding: chunked;q=1\r\n",
            "Transfer-Encoding: \"chunked\"\r\n",
            "Transfer-Encoding: chunked,\r\n",
            "Transfer-Encoding: ,chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "Transfer-Encoding: \r\n",
            "Transfer-Encoding: \x0bchunked\r\n",
            "Transfer-Encoding:\x0cchunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Transfer-Encoding\t: chunked\r\n",
            " Transfer-Encoding: chunked\r\n",
            "Transfer\u{2010}Encoding: chunked\r\n",
            "X: y\nTransfer-Encoding: chunked\r\n",
            "X: y\rTransfer-Encoding: chunked\r\n",
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn row_113_blanks_around_the_coding_are_allowed() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    for field in ["Transfer-Encoding:chunked", "transfer-encoding: \t Chunked \t"] {
        client.send(post(&format!("{field}\r\n"), "5\r\nhello\r\n0\r\n\r\n")).await;
        assert_eq!(client.answer().await.text(), "POST /x hello", "{field}");
    }
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_113_no_chunks_in_http_1_0() {
    all_refused(
        400,
        &[
            ("1.0", b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            (
                "1.0, kept alive",
                b"POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            ),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn row_114_chunks_that_are_none_are_refused() {
    let extension = format!("5;{}\r\nhello\r\n0\r\n\r\n", "x".repeat(20 * 1024));
    let bodies = [
        "g\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5\rhello\r\n0\r\n\r\n",
        "5;x\nhello\r\n0\r\n\r\n",
        "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
        "5\r\nhelloX0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r0\r\n\r\n",
        "5\r\nhello world\r\n0\r\n\r\n",
        "10000000000000000\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nX y\r\n\r\n",
        "5\r\nhello\r\n0\r\n: y\r\n\r\n",
        &extension,
    ];
    let requests: Vec<_> = bodies
        .iter()
        .map(|body| (&body[..body.len().min(40)], post("Transfer-Encoding: chunked\r\n", body)))
        .collect();
    let table: Vec<_> = requests.iter().map(|(name, request)| (*name, &request[..])).collect();
    all_refused(400, &table).await;
}

#[tokio::test(start_paused = true)]
async fn row_114_a_chunk_of_any_size_that_can_be_written_is_too_large() {
    let body = "fffffffffffffff\r\nhello";
    let stage = Stage::with(Http::new().max_body(4), echo).await;
    refused(&stage, body, &post("Transfer-Encoding: chunked\r\n", body), 413).await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn chunks_are_read_as_they_are_written() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    for body in [
        "5\r\nhello\r\n0\r\n\r\n",
        "005\r\nhello\r\n000\r\n\r\n",
        "2\r\nhe\r\n3;ext=1;b=\"x\"\r\nllo\r\n0;last\r\n\r\n",
        "1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n1\r\nl\r\n1\r\no\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n",
    ] {
        client.send(post("Transfer-Encoding: chunked\r\n", body)).await;
        assert_eq!(client.answer().await.text(), "POST /x hello", "{body:?}");
    }
    assert_eq!(client.get("/next").await.text(), "GET /next ");
    drop(client);
    stage.close().await;
}

/// Says which headers it has at the end, and which trailers it saw.
async fn fields(request: greenroom_http::Request) -> greenroom_http::Response {
    use http_body_util::BodyExt;
    let (head, body) = request.into_parts();
    let trailers = body.collect().await.map(|it| it.trailers().cloned().unwrap_or_default());
    let names =
        |map: &http::HeaderMap| map.keys().map(|it| it.as_str().to_owned()).collect::<Vec<_>>().join(" ");
    let trailers = trailers.as_ref().map_or_else(|_| "broken".to_owned(), names);
    greenroom_http::Response::new(format!("{} | {trailers}", names(&head.headers)).into())
}

#[tokio::test(start_paused = true)]
async fn row_115_trailers_stay_trailers() {
    let stage = Stage::new(fields).await;
    let mut client = stage.connect().await;
    let trailers =
        "Host: b\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nAuthorization: x\r\nX-Sum: 1\r\n";
    client
        .send(post("Transfer-Encoding: chunked\r\n", &format!("5\r\nhello\r\n0\r\n{trailers}\r\n{GET}")))
        .await;
    let said = client.answer().await;
    let (headers, seen) = said.text().split_once(" | ").unwrap();
    assert_eq!(headers, "host transfer-encoding");
    // Those that would say how to read the message are for nobody.
    assert_eq!(seen, "x-sum");
    assert_eq!(client.answer().await.text(), "host | ", "the request behind them is what it is");
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_115_trailers_without_end_are_refused() {
    let long = format!("X: {}\r\n", "y".repeat(40 * 1024));
    let many: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    for trailers in [&long, &many] {
        let body = format!("5\r\nhello\r\n0\r\n{trailers}\r\n");
        all_refused(400, &[(&body[..20], &post("Transfer-Encoding: chunked\r\n", &body))]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn row_116_heads_that_are_written_carelessly_are_refused() {
    all_refused(
        400,
        &[
            ("bare line feeds", b"GET / HTTP/1.1\nHost: a\n\n"),
            ("a bare line feed behind the first line", b"GET / HTTP/1.1\nHost: a\r\n\r\n"),
            ("a bare line feed behind a field", b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
            ("a bare line feed at the end", b"GET / HTTP/1.1\r\nHost: a\r\n\n"),
            ("a bare carriage return in a value", b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
            ("a folded line", b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"),
            ("a line folded by a tab", b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n"),
            ("a folded first line", b"GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
            ("a space before the colon", b"GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
            ("a tab before the colon", b"GET / HTTP/1.1\r\nHost\t: a\r\n\r\n"),
            ("a NUL in a value", b"GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n"),
            ("a NUL in a name", b"GET / HTTP/1.1\r\nHost: a\r\nX\0: y\r\n\r\n"),
            ("a NUL in the target", b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("a control character in a value", b"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n"),
            ("no name", b"GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n"),
            ("no colon", b"GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"),
            ("no version", b"GET /\r\nHost: a\r\n\r\n"),
            ("a version too many", b"GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("two spaces", b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("a tab", b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("a version in small letters", b"GET / http/1.1\r\nHost: a\r\n\r\n"),
            ("HTTP/2 without its preface", b"GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
            ("HTTP/1.2", b"GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
            ("HTTP/0.9", b"GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
            ("HTTP/1.1.1", b"GET / HTTP/1.1.1\r\nHost: a\r\n\r\n"),
            ("a method that is none", b"G\x80T / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("a target that is none", b"GET a b HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("a space before the method", b" GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("TLS", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_written_unusually_and_rightly_is_served() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    for request in [
        "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \t a \t \r\n\r\n",
        "GET / HTTP/1.1\r\nhOST: a\r\nX:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: \u{e9}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
    ] {
        client.send(request).await;
        assert_eq!(client.answer().await.text(), "GET / ", "{request:?}");
    }
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_117_what_is_too_long_is_refused_by_what_it_is() {
    let target = |n: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(n - 1)).into_bytes();
    let field = |n: usize| format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "y".repeat(n)).into_bytes();
    let fields = |n: usize| {
        let fields: String = (1..n).map(|n| format!("X-{n}: y\r\n")).collect();
        format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").into_bytes()
    };
    const HEAD: usize = 32 * 1024;
    let stage = Stage::new(echo).await;
    for (name, request, status) in [
        ("a long target", target(8 * 1024 + 1), 414),
        ("a target longer than a head may be", target(HEAD * 2), 414),
        ("a target without an end", target(1024 * 1024), 414),
        ("a long field", field(HEAD), 431),
        ("a field without an end", field(1024 * 1024), 431),
        ("many fields", fields(101), 431),
        ("fields without end", fields(20_000), 431),
    ] {
        refused(&stage, name, &request, status).await;
    }
    for (name, request) in [
        ("a target as long as may be", target(8 * 1024)),
        ("a field as long as may be", field(HEAD - 50)),
        ("as many fields as may be", fields(100)),
    ] {
        let mut client = stage.connect().await;
        client.send(request).await;
        assert_eq!(client.answer().await.status, 200, "{name}");
        assert_eq!(client.get("/next").await.status, 200, "{name}");
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_117_limits_are_those_that_were_set() {
    let http = Http::new().max_head(100).max_headers(3).max_target(10);
    let stage = Stage::with(http, echo).await;
    refused(&stage, "target", b"GET /1234567890 HTTP/1.1\r\nHost: a\r\n\r\n", 414).await;
    refused(&stage, "headers", b"GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", 431).await;
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "y".repeat(100));
    refused(&stage, "head", long.as_bytes(), 431).await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_121_whom_a_request_is_for_is_said_once() {
    all_refused(
        400,
        &[
            ("no host", b"GET / HTTP/1.1\r\n\r\n"),
            ("two hosts", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
            ("the same host twice", b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
            ("two hosts in one", b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
            ("a host with a path", b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
            ("a host with a user", b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
            ("a host with a blank", b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
            ("another host", b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("another port", b"GET http://a:81/ HTTP/1.1\r\nHost: a:80\r\n\r\n"),
            ("another host in HTTP/1.0", b"GET http://b/ HTTP/1.0\r\nHost: a\r\n\r\n"),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn row_121_the_whole_target_and_its_host_may_be_the_same() {
    let stage = Stage::new(echo).await;
    let mut client = stage.connect().await;
    for request in [
        "GET http://a/p HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/p HTTP/1.1\r\nHost: A\r\n\r\n",
        "GET http://a:80/p HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    ] {
        client.send(request).await;
        assert_eq!(client.answer().await.status, 200, "{request:?}");
    }
    drop(client);
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 200, "HTTP/1.0 knows no host");
    client.closed_at_once().await;
    stage.close().await;
}

/// Two answers at most: the first, and what became of what stood behind it.
async fn two(client: &mut Client<tokio::io::DuplexStream>) -> (u16, u16) {
    let (first, second) = (client.answer().await, client.answer().await);
    assert!(second.says_close(), "{second:?}");
    client.closed_at_once().await;
    (first.status, second.status)
}

#[tokio::test(start_paused = true)]
async fn what_stands_behind_a_request_is_judged_like_the_first() {
    let stage = Stage::new(echo).await;
    for bad in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "nonsense\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        for first in [
            GET,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        ] {
            let mut client = stage.connect().await;
            client.send(format!("{first}{bad}")).await;
            assert_eq!(two(&mut client).await, (200, 400), "{first:?} {bad:?}");
        }
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_found_wrong_late_is_refused_like_what_is_found_wrong_at_once() {
    let bytes = b"GAT / HTTP/1.5\nHost: a\x1a\n: a\x1a\n";
    for size in 1..bytes.len() {
        let stage = Stage::new(echo).await;
        let mut client = stage.connect().await;
        for part in bytes.chunks(size) {
            client.send(part).await;
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        client.half_close().await;
        let said = String::from_utf8(client.rest().await.unwrap()).unwrap();
        assert!(said.starts_with("HTTP/1.1 400 "), "in parts of {size}: {said:?}");
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn http_2_where_only_http_1_is_spoken_is_refused_as_such_however_it_comes() {
    let bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let stage = Stage::with(Http::new().http1_only(), echo).await;
    for cut in 1..=bytes.len() {
        let mut client = stage.connect().await;
        client.send(&bytes[..cut]).await;
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        client.send(&bytes[cut..]).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.says_close()), (505, true), "cut at {cut}: {answer:?}");
        client.closed_at_once().await;
    }
    drop(stage);
    let stage = Stage::with(Http::new().http2_only(), echo).await;
    let mut client = stage.connect().await;
    client.send(GET).await;
    assert_eq!(client.answer().await.status, 505);
    client.closed_at_once().await;
    stage.close().await;
}
