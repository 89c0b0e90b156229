//! Requests for a WebSocket, good and bad.

use greenroom_http::{Http, HttpServer, Incoming, Request, WebSocketUpgrade, upgrade};
use greenroom_server::MemoryListener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::websocket::peer::{Peer, REQUEST, TEXT, echo, frame, head, serve};

/// The whole answer to a request after which the connection closes.
async fn answer(upgrade: WebSocketUpgrade, request: &str) -> String {
    let (_server, connector) = serve(upgrade, echo).await;
    let mut stream = connector.connect().await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn the_answer_is_that_of_the_rfcs_own_example() {
    let (_server, connector) = serve(WebSocketUpgrade::new(), echo).await;
    let mut stream = connector.connect().await.unwrap();
    // What is not spoken here is not agreed to.
    let offer = REQUEST.replacen("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1);
    stream.write_all(offer.as_bytes()).await.unwrap();
    let head = head(&mut stream).await.to_lowercase();
    assert!(!head.contains("extensions"), "{head}");
    assert!(head.contains("\r\nsec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"), "{head}");
    assert!(head.contains("\r\nconnection: upgrade\r\n"), "{head}");
    assert!(head.contains("\r\nupgrade: websocket\r\n"), "{head}");
    assert!(!head.contains("sec-websocket-protocol") && !head.contains("content-length"), "{head}");
}

#[tokio::test(start_paused = true)]
async fn headers_are_lists_and_know_no_case() {
    for (from, to) in [
        ("keep-alive, Upgrade", "UPGRADE"),
        ("Upgrade: websocket", "Upgrade: h2c, WebSocket"),
        ("Connection: keep-alive, Upgrade", "Connection: keep-alive\r\nConnection: upgrade"),
    ] {
        let (_server, connector) = serve(WebSocketUpgrade::new(), echo).await;
        let request = REQUEST.replace(from, to);
        let mut peer = Peer::open_with(&connector, &request, &[]).await;
        peer.say(TEXT, b"hello").await;
        assert_eq!(peer.hear().await, (TEXT, b"hello".to_vec()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_with_the_request_is_not_lost() {
    let (_server, connector) = serve(WebSocketUpgrade::new(), echo).await;
    let early = [frame(TEXT, b"one"), frame(TEXT, b"two")].concat();
    let mut peer = Peer::open_with(&connector, REQUEST, &early).await;
    assert_eq!(peer.hear().await, (TEXT, b"one".to_vec()));
    assert_eq!(peer.hear().await, (TEXT, b"two".to_vec()));
}

#[tokio::test(start_paused = true)]
async fn a_bad_request_is_told_what_is_wrong_with_it() {
    const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (from, to, status, words) in [
        ("GET", "POST", "405 Method", "asked for by GET"),
        ("HTTP/1.1", "HTTP/1.0", "400 Bad", "over HTTP/1.1"),
        ("Upgrade: websocket\r\n", "", "426 Upgrade", "lacks `Upgrade: websocket`"),
        ("Upgrade: websocket", "Upgrade: h2c", "426 Upgrade", "lacks `Upgrade: websocket`"),
        (", Upgrade", "", "400 Bad", "lacks `Connection: upgrade`"),
        ("Version: 13", "Version: 8", "426 Upgrade", "known here is 13"),
        ("Sec-WebSocket-Version: 13\r\n", "", "426 Upgrade", "known here is 13"),
        (KEY, "", "400 Bad", "no good `Sec-WebSocket-Key`"),
        ("ZQ==", "", "400 Bad", "no good `Sec-WebSocket-Key`"),
        ("ZQ==", "ZQAAAA==", "400 Bad", "no good `Sec-WebSocket-Key`"),
        (KEY, &KEY.repeat(2), "400 Bad", "no good `Sec-WebSocket-Key`"),
        ("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\nhi", "400 Bad", "has no body"),
        ("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 Bad", "has no body"),
    ] {
        let answer = answer(WebSocketUpgrade::new(), &REQUEST.replacen(from, to, 1)).await;
        let (_version, rest) = answer.split_once(' ').unwrap();
        assert!(rest.starts_with(status), "{from:?} {to:?}: {answer}");
        assert!(answer.contains(words), "{from:?} {to:?}: {answer}");
        assert_eq!(
            answer.contains("sec-websocket-version: 13\r\n"),
            words.contains("13"),
            "{from:?} {to:?}: {answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_of_another_origin_is_refused_if_one_says_so() {
    let foreign = REQUEST.replacen("\r\n\r\n", "\r\nOrigin: https://evil.example\r\n\r\n", 1);
    let own = foreign.replace("evil.example", "example.com");
    let same = WebSocketUpgrade::new().same_origin();
    let listed = WebSocketUpgrade::new().origins(|origin| origin == "https://evil.example");
    for (upgrade, request, opens) in [
        (WebSocketUpgrade::new(), &*foreign, true),
        (same.clone(), &*foreign, false),
        (same.clone(), &*own, true),
        (same, REQUEST, true),
        (listed.clone(), &*foreign, true),
        (listed.clone(), &*own, false),
        (listed, REQUEST, true),
    ] {
        let answer = answer(upgrade, request).await;
        let status = if opens { "HTTP/1.1 101 " } else { "HTTP/1.1 403 " };
        assert!(answer.starts_with(status), "{request}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_protocol_of_ours_that_the_client_offers_is_spoken() {
    let ours = WebSocketUpgrade::new().protocols(["chat.2", "chat.1"]);
    for (offered, spoken) in [
        ("chat.1, chat.2", Some("chat.2")),
        ("x\r\nSec-WebSocket-Protocol: chat.1", Some("chat.1")),
        ("CHAT.1", None),
        ("x, y", None),
    ] {
        let (_server, connector) = serve(ours.clone(), async |mut socket: greenroom_http::WebSocket| {
            let spoken = format!("{:?}", socket.protocol());
            socket.send(spoken).await
        })
        .await;
        let header = format!("\r\nSec-WebSocket-Protocol: {offered}\r\n\r\n");
        let request = REQUEST.replacen("\r\n\r\n", &header, 1);
        let mut stream = connector.connect().await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let head = head(&mut stream).await;
        let said = head.lines().find_map(|line| line.strip_prefix("sec-websocket-protocol: "));
        assert_eq!(said, spoken, "{head}");
        assert_eq!(Peer(stream).hear().await, (TEXT, format!("{spoken:?}").into_bytes()));
    }
}

#[test]
#[should_panic(expected = "\"a b\" is no name of a protocol")]
fn a_protocol_without_a_proper_name_is_refused() {
    let _ = WebSocketUpgrade::new().protocols(["a b"]);
}

#[tokio::test]
async fn over_http2_and_elsewhere_the_answer_says_that_there_is_none() {
    let mut request = Request::new(Incoming::empty());
    *request.version_mut() = http::Version::HTTP_2;
    assert_eq!(upgrade(request, echo).status(), 501);
    // A request that no server of ours has received.
    let request = http::Request::get("/")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    assert_eq!(upgrade(request.body(()).unwrap(), echo).status(), 501);
}

#[tokio::test(start_paused = true)]
async fn the_last_request_of_a_connection_may_be_one_for_a_websocket() {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let service = async |request: Request| upgrade(request, echo);
    let server = HttpServer::on(listener).http(Http::new().max_requests(1)).start(service).await.unwrap();
    let mut stream = connector.connect().await.unwrap();
    stream.write_all(REQUEST.as_bytes()).await.unwrap();
    let head = head(&mut stream).await;
    assert!(head.contains("\r\nconnection: upgrade\r\n"), "{head}");
    let mut peer = Peer(stream);
    peer.say(TEXT, b"still here").await;
    assert_eq!(peer.hear().await, (TEXT, b"still here".to_vec()));
    drop(server);
}
