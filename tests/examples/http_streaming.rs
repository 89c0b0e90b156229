//! The `http_streaming` example.

#[path = "../../examples/http_streaming.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{Http, HttpServer, ServerHandle};

use crate::browser::{ask, ask_by_http2, connect, get};
use crate::client::Client;

async fn server_with(http: Http) -> ServerHandle {
    HttpServer::bind("127.0.0.1:0").http(http).start(example::answer).await.expect("a free port")
}

async fn server() -> ServerHandle {
    server_with(Http::new()).await
}

#[tokio::test]
async fn what_is_produced_and_what_is_streamed_comes_whole_and_in_chunks() {
    let server = server().await;
    let count = get(&server, "/count/1000").await;
    assert_eq!(count.header("transfer-encoding"), "chunked");
    assert_eq!(count.text.lines().map(|n| n.parse::<u32>().expect("a number")).sum::<u32>(), 500_500);
    let squares = get(&server, "/squares").await;
    assert!(squares.text.ends_with("\n9 squared is 81\n10 squared is 100\n"), "{}", squares.text);
    server.stop().await;
}

#[tokio::test]
async fn head_has_no_body_though_it_would_not_end() {
    let server = server().await;
    for path in ["/ticks", "/squares"] {
        let head = ask(&server, "HEAD", path, "").await;
        assert_eq!((head.status, head.header("content-length"), head.text.as_str()), (200, "", ""));
        let url = format!("http://localhost{path}");
        let head = ask_by_http2(connect(&server).await, "HEAD", &url).await;
        assert_eq!((head.status, head.header("content-length"), head.text.as_str()), (200, "", ""));
    }
    server.stop().await;
}

#[tokio::test]
async fn ticks_come_as_they_are_made_and_end_well_when_the_server_stops() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    client.send("GET /ticks HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    client.line_with("tick 0").await;
    client.line_with("tick 1").await;
    let stop = tokio::spawn(server.stop());
    client.line_with("goodbye").await;
    let end = client.end().await;
    assert_eq!(end.iter().filter(|line| !line.is_empty()).collect::<Vec<_>>(), ["0"], "the last chunk");
    let report = stop.await.expect("it ends");
    assert_eq!((report.killed, report.cut_off), (0, 0));
}

#[tokio::test]
async fn ticks_stop_when_their_client_goes() {
    let server = server().await;
    let mut client = Client::connect(&server).await;
    client.send("GET /ticks HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    client.line_with("tick 0").await;
    client.reset();
    // Its place is free again only when its body is gone.
    while server.stats().active > 0 {
        tokio::task::yield_now().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn an_upload_is_measured_however_it_is_cut() {
    let server = server().await;
    let whole = ask(&server, "PUT", "/upload", "123456789").await;
    assert_eq!((whole.status, whole.text.as_str()), (200, "9 bytes, crc32 cbf43926\n"));
    let mut client = Client::connect(&server).await;
    client.send("POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n").await;
    client.send("5\r\n56789\r\n0\r\n\r\n").await;
    client.line_with("9 bytes, crc32 cbf43926").await;
    server.stop().await;
}

#[tokio::test]
async fn an_upload_that_is_too_large_or_not_wanted_is_told_so() {
    let server = server_with(Http::new().max_body(8)).await;
    let large = ask(&server, "PUT", "/upload", "123456789").await;
    assert_eq!((large.status, large.text.as_str()), (413, "the request's body has more than 8 bytes\n"));
    assert_eq!(ask(&server, "PUT", "/count/1", "12").await.status, 405);
    assert_eq!(get(&server, "/upload").await.status, 404);
    assert_eq!(get(&server, "/count/many").await.status, 404);
    server.stop().await;
}

#[test]
fn the_checksum_is_that_of_gzip_in_whatever_pieces() {
    let mut sum = example::Crc32::default();
    assert_eq!(sum.0, 0);
    for piece in [b"1234".as_slice(), b"", b"56789"] {
        sum.add(piece);
    }
    assert_eq!(sum.0, 0xCBF4_3926);
}
