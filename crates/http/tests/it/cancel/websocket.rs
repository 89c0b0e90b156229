//! WebSockets: what is said in either direction.

use greenroom_core::Queue;
use greenroom_http::{WebSocket, WebSocketSender, WebSocketUpgrade};
use greenroom_server::ServerHandle;
use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};

use super::bodies::Loan;
use crate::websocket::peer::{PING, PONG, Peer, TEXT, frame, open};

rows! {
    "WebSocket::next" => next,
    "WebSocket::send" => send,
    "WebSocketSender::send" => send_from_elsewhere,
}

/// A socket in the hands of the test, and its client.
async fn socket() -> (ServerHandle, Peer, WebSocket, WebSocketSender) {
    socket_of(WebSocketUpgrade::new()).await
}

async fn socket_of(upgrade: WebSocketUpgrade) -> (ServerHandle, Peer, WebSocket, WebSocketSender) {
    let lobby = Queue::unbounded();
    let give = lobby.clone();
    let (server, peer) = open(upgrade, move |socket: WebSocket| {
        let give = give.clone();
        async move { give.put(socket).await.map_err(|_| "nobody is there") }
    })
    .await;
    let socket = lobby.get().await.unwrap();
    let sender = socket.sender();
    (server, peer, socket, sender)
}

/// No message is lost, in neither direction.
async fn next() -> usize {
    cancel_at_every_poll(
        async || {
            let (server, mut peer, socket, sender) = socket().await;
            let (sockets, peers) = (Queue::unbounded(), Queue::unbounded());
            let done = peers.clone();
            tokio::spawn(async move {
                let message = [frame(0x01, b"wh"), frame(PING, b"!"), frame(0x80, b"ole")].concat();
                for (n, byte) in message.iter().enumerate() {
                    peer.write(&[*byte]).await;
                    sender.push(vec![n as u8]).unwrap();
                    tokio::task::yield_now().await;
                }
                done.put((peer, message.len())).await.unwrap();
            });
            // Whatever becomes of the future, the socket is given back.
            let mut loan = Loan { lent: Some(socket), home: sockets.clone() };
            let next = async move { loan.lent.as_mut().unwrap().next().await.unwrap().unwrap() };
            ((server, peers, sockets), next)
        },
        async |(_server, peers, sockets), outcome: Outcome<_>| {
            let (mut peer, pushed) = peers.get().await.unwrap();
            until_idle().await;
            let mut socket = sockets.try_get().unwrap();
            if outcome.completed().is_none() {
                assert_eq!(socket.next().await.unwrap().unwrap().text(), Some("whole"));
            }
            socket.send("end").await.unwrap();
            let mut heard = Vec::new();
            loop {
                match peer.hear().await {
                    (TEXT, end) => break assert_eq!(end, b"end"),
                    (PONG, payload) => assert_eq!(payload, b"!"),
                    (_, payload) => heard.extend(payload),
                }
            }
            assert_eq!(heard, (0..pushed).map(|n| n as u8).collect::<Vec<_>>());
        },
    )
    .await
}

/// A message is sent whole or not at all.
async fn send() -> usize {
    cancel_at_every_poll(
        async || {
            let (server, mut peer, socket, sender) = socket().await;
            sender.push(vec![1; 70 * 1024]).unwrap();
            let sockets = Queue::unbounded();
            let mut loan = Loan { lent: Some(socket), home: sockets.clone() };
            let send = async move { loan.lent.as_mut().unwrap().send(vec![2; 150 * 1024]).await.unwrap() };
            let heard = tokio::spawn(async move {
                until_idle().await;
                let mut heard = Vec::new();
                loop {
                    match peer.hear().await {
                        (TEXT, _) => break heard,
                        (_, payload) => heard.push((payload[0], payload.len())),
                    }
                    tokio::task::yield_now().await;
                }
            });
            ((server, sockets, heard), send)
        },
        async |(_server, sockets, heard), outcome| {
            let mut socket = sockets.get().await.unwrap();
            socket.send("end").await.unwrap();
            let heard = heard.await.unwrap();
            let (first, second) = ((1, 70 * 1024), (2, 150 * 1024));
            if outcome.is_completed() {
                assert_eq!(heard, [first, second]);
            } else {
                assert!(heard == [first] || heard == [first, second], "{heard:?}");
            }
        },
    )
    .await
}

/// A message whose turn in the outbox did not come is not sent.
async fn send_from_elsewhere() -> usize {
    cancel_at_every_poll(
        async || {
            let upgrade = WebSocketUpgrade::new().outbox(1);
            let (server, peer, mut socket, sender) = socket_of(upgrade).await;
            sender.push("first").unwrap();
            let later = tokio::spawn(async move {
                until_idle().await;
                while let Ok(Some(_)) = socket.next().await {}
            });
            ((server, peer, sender.clone(), later), async move { sender.send("second").await.unwrap() })
        },
        async |(_server, mut peer, sender, _later), outcome| {
            until_idle().await;
            sender.send("end").await.unwrap();
            let mut heard = vec![peer.hear().await.1, peer.hear().await.1];
            if outcome.is_completed() || matches!(outcome, Outcome::Dropped { polls: 1.., woken: true, .. }) {
                heard.push(peer.hear().await.1);
                assert_eq!(heard, [&b"first"[..], b"second", b"end"]);
            } else {
                assert_eq!(heard, [&b"first"[..], b"end"]);
            }
        },
    )
    .await
}
