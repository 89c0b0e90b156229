//! tungstenite's client as a peer, over TCP.

use futures_util::{SinkExt, StreamExt};
use greenroom_http::{HttpServer, Request, upgrade};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::websocket::peer::{assert_deserted, echo};

#[tokio::test]
async fn tungstenites_client_is_served_over_tcp() {
    let service = async |request: Request| upgrade(request, echo);
    let server = HttpServer::bind("127.0.0.1:0").start(service).await.unwrap();
    let address = server.local_addrs()[0].to_string();
    let stream = TcpStream::connect(&address).await.unwrap();
    let (mut socket, _) = client_async(format!("ws://{address}/"), stream).await.unwrap();
    for size in [0, 1, 125, 126, 65535, 65536, 1024 * 1024] {
        let text = Message::text("x".repeat(size));
        socket.send(text.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), text);
        let bytes = Message::binary(vec![0xFF; size]);
        socket.send(bytes.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), bytes);
    }
    socket.send(Message::Ping("there?".into())).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong("there?".into()));
    socket.close(None).await.unwrap();
    while let Some(message) = socket.next().await {
        assert!(message.unwrap().is_close());
    }
    let report = server.stop().await;
    assert!(report.is_clean() && report.drained <= 1, "{report}");
    assert_deserted(&server).await;
}

#[tokio::test]
async fn many_at_once_are_served_and_told_of_the_stop() {
    const CLIENTS: usize = 50;
    let service = async |request: Request| upgrade(request, echo);
    let server = HttpServer::bind("127.0.0.1:0").start(service).await.unwrap();
    let address = server.local_addrs()[0].to_string();
    let mut sockets = Vec::new();
    for _ in 0..CLIENTS {
        let stream = TcpStream::connect(&address).await.unwrap();
        sockets.push(client_async(format!("ws://{address}/"), stream).await.unwrap().0);
    }
    for socket in &mut sockets {
        socket.send(Message::text("hello")).await.unwrap();
    }
    for socket in &mut sockets {
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("hello"));
    }
    let stop = server.stop();
    for mut socket in sockets {
        let Message::Close(Some(farewell)) = socket.next().await.unwrap().unwrap() else {
            panic!("no close")
        };
        assert_eq!(u16::from(farewell.code), 1001);
        // It answers by itself.
        assert!(socket.next().await.is_none());
    }
    let report = stop.await;
    assert_eq!((report.drained, report.killed, report.cut_off), (CLIENTS, 0, 0));
}
