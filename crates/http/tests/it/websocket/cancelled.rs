//! Futures of a socket that are dropped at any point.

use greenroom_core::Queue;
use greenroom_http::{WebSocket, WebSocketSender, WebSocketUpgrade};
use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};

use crate::websocket::peer::{PING, PONG, Peer, TEXT, frame, open};

/// A socket in the hands of the test, and its client.
async fn socket() -> (greenroom_server::ServerHandle, Peer, WebSocket, WebSocketSender) {
    let lobby = Queue::unbounded();
    let give = lobby.clone();
    let (server, peer) = open(WebSocketUpgrade::new(), move |socket: WebSocket| {
        let give = give.clone();
        async move { give.put(socket).await.map_err(|_| "nobody is there") }
    })
    .await;
    let socket = lobby.get().await.unwrap();
    let sender = socket.sender();
    (server, peer, socket, sender)
}

#[tokio::test(start_paused = true)]
async fn a_next_that_is_dropped_loses_no_message_in_either_direction() {
    let polls = cancel_at_every_poll(
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
            let mut loan = Loan { socket: Some(socket), home: sockets.clone() };
            let next = async move { loan.socket.as_mut().unwrap().next().await.unwrap().unwrap() };
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
    .await;
    assert!(polls > 5, "{polls}");
}

#[tokio::test(start_paused = true)]
async fn a_send_that_is_dropped_sends_a_message_whole_or_not_at_all() {
    let polls = cancel_at_every_poll(
        async || {
            let (server, mut peer, socket, sender) = socket().await;
            sender.push(vec![1; 70 * 1024]).unwrap();
            let sockets = Queue::unbounded();
            let mut loan = Loan { socket: Some(socket), home: sockets.clone() };
            let send = async move { loan.socket.as_mut().unwrap().send(vec![2; 150 * 1024]).await.unwrap() };
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
    .await;
    assert!(polls > 2, "{polls}");
}

struct Loan {
    socket: Option<WebSocket>,
    home: Queue<WebSocket>,
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(socket) = self.socket.take() {
            self.home.try_put(socket).unwrap();
        }
    }
}
