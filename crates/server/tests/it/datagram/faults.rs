//! What goes wrong around a datagram.

use std::net::UdpSocket;

use greenroom_core::current;
use greenroom_server::{DatagramServer, Packet};

use super::client::{Client, address, echo, until};

/// Connected to its peer, a socket hears what ICMP says of it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn row_39_a_port_that_is_unreachable_is_counted_and_harms_nobody() {
    let (socket, peer) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let local = peer.local_addr().unwrap();
    socket.connect(local).unwrap();
    let server = DatagramServer::on(socket).start(echo).await.unwrap();
    peer.send_to(b"gone before the answer", address(&server)).unwrap();
    drop(peer);
    until(|| server.stats().sent == 1).await;

    let client = Client::at(local, address(&server)).await;
    for _ in 0..3 {
        assert_eq!(client.exchange(b"back again").await, b"back again");
    }
    // It came before the next datagram.
    let errors = server.stats().receive_errors_by_number;
    assert_eq!(errors.into_iter().collect::<Vec<_>>(), [(ECONNREFUSED, 1)]);
}

#[cfg(target_os = "linux")]
const ECONNREFUSED: i32 = 111;

#[tokio::test]
async fn a_handler_that_panics_takes_nobody_along() {
    let handler = async |packet: Packet| {
        assert!(&packet[..] != b"panic", "as told");
        if &packet[..] == b"panic later" {
            tokio::task::yield_now().await;
            panic!("as told");
        }
        packet.reply(packet.payload().clone()).await
    };
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    let client = Client::new(&server).await;
    // In one batch: those behind the panic are handled too.
    for payload in ["one", "panic", "two", "panic later", "three", "panic"] {
        client.push(payload);
    }
    for expected in ["one", "two", "three"] {
        assert_eq!(client.text().await, expected);
    }
    until(|| server.stats().panicked == 3).await;
    assert_eq!(client.exchange(b"still there").await, b"still there");
    until(|| server.stats().active == 0).await;
}

#[tokio::test]
async fn a_handler_that_kills_its_task_takes_nobody_along() {
    let handler = async |packet: Packet| {
        if &packet[..] == b"kill" {
            current().unwrap().kill().nowait();
        }
        packet.reply(packet.payload().clone()).await
    };
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    let client = Client::new(&server).await;
    for _ in 0..5 {
        // It acts at the next suspension, and this handler has none.
        assert_eq!(client.exchange(b"kill").await, b"kill");
        assert_eq!(client.exchange(b"still there").await, b"still there");
    }
}

#[tokio::test]
async fn a_handler_s_error_is_counted_and_that_is_all() {
    let handler = async |packet: Packet| if packet.is_empty() { Err("empty") } else { Ok(()) };
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    let client = Client::new(&server).await;
    for payload in ["", "full", ""] {
        client.send(payload).await;
    }
    until(|| server.stats().received == 3).await;
    assert_eq!(server.stats().failed, 2);
}

#[tokio::test]
async fn a_handler_that_waits_is_a_task_that_can_be_looked_at_and_killed() {
    let handler = async |packet: Packet| {
        packet.reply(current().unwrap().id().to_string()).await.unwrap();
        std::future::pending::<()>().await;
    };
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    let client = Client::new(&server).await;
    client.send(b"1").await;
    let first = client.text().await;
    client.send(b"2").await;
    let second = client.text().await;
    assert_ne!(first, second, "each has a task of its own");
    until(|| server.stats().active == 2).await;
    let peers = server.peers();
    assert!(peers.iter().all(|guest| guest.peer.as_socket() == client.0.local_addr().ok()), "{peers:?}");

    let task =
        greenroom_core::Registry::tasks().into_iter().find(|task| task.id().to_string() == first).unwrap();
    assert!(task.kill().await.is_killed());
    assert_eq!((server.stats().active, server.stats().killed), (1, 1));
}
