//! Replies: their order, and their errors.

use std::sync::{Arc, Mutex};

use greenroom_core::spawn;
use greenroom_server::{DatagramServer, Packet, Reply, ReplyError};

use super::client::{Client, address, echo, until, with};

#[tokio::test]
async fn replies_to_a_peer_leave_in_the_order_in_which_they_were_handed_over() {
    // Some wait before they reply, so that some reply from tasks of their own while others are being gathered.
    let order = Arc::new(Mutex::new(Vec::new()));
    let handler = with(Arc::clone(&order), async |order, packet: Packet| {
        let n = packet[0];
        for _ in 0..n % 3 {
            tokio::task::yield_now().await;
        }
        order.lock().unwrap().push(n);
        if n.is_multiple_of(5) {
            packet.reply_now([n].to_vec()).await
        } else {
            packet.reply([n].to_vec()).await
        }
    });
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    let client = Client::new(&server).await;
    for n in 0..100 {
        // The server has no turn before the last is sent.
        client.push([n]);
    }
    let mut got = Vec::new();
    for _ in 0..100 {
        got.extend(client.recv().await);
    }
    assert_eq!(got, *order.lock().unwrap());
    assert!(!got.is_sorted(), "some were overtaken before they replied");
}

#[tokio::test]
async fn a_reply_may_be_sent_by_anybody_and_later() {
    let kept: Arc<Mutex<Vec<Reply>>> = Arc::default();
    let handler = with(Arc::clone(&kept), async |kept, packet: Packet| {
        kept.lock().unwrap().push(packet.replier());
    });
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    let clients = [Client::new(&server).await, Client::new(&server).await];
    for client in &clients {
        client.send(b"subscribe").await;
    }
    until(|| kept.lock().unwrap().len() == 2).await;
    assert_eq!(server.stats().active, 0);
    for reply in kept.lock().unwrap().drain(..) {
        assert_eq!(reply.local_addr().as_socket(), Some(address(&server)));
        drop(spawn(async move { reply.send("news").await.unwrap() }));
    }
    for client in &clients {
        assert_eq!(client.text().await, "news");
    }
}

#[tokio::test]
async fn row_43_too_long_a_reply_is_an_error_to_its_sender_alone() {
    let handler = async |packet: Packet| {
        let error = packet.reply(vec![0; 70_000]).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert_eq!(error.into_payload().len(), 70_000);
        packet.reply("it is 70,000 bytes long").await
    };
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    let client = Client::new(&server).await;
    for _ in 0..3 {
        client.send(b"?").await;
        assert_eq!(client.text().await, "it is 70,000 bytes long");
    }
    assert_eq!((server.stats().panicked, server.stats().failed), (0, 0));
}

#[tokio::test]
async fn row_44_a_peer_is_sent_no_more_than_its_bytes_allow() {
    let handler = async |packet: Packet| -> Result<(), ReplyError> {
        packet.reply(vec![b'a'; 20]).await?;
        let error = packet.reply(vec![b'b'; 11]).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
        packet.reply(vec![b'c'; 10]).await
    };
    let server = DatagramServer::bind("127.0.0.1:0").reply_ratio(3).start(handler).await.unwrap();
    let client = Client::new(&server).await;
    client.send([0; 10]).await;
    assert_eq!(client.recv().await, [b'a'; 20]);
    assert_eq!(client.recv().await, [b'c'; 10]);
    let stats = server.stats();
    assert_eq!((stats.replies_over_ratio, stats.panicked, stats.failed), (1, 0, 0));
}

#[tokio::test]
async fn a_burst_is_answered_whole() {
    let server = DatagramServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let client = Client::new(&server).await;
    for round in 0..20_u8 {
        for n in 0..100_u8 {
            client.push([round, n]);
        }
        for n in 0..100 {
            assert_eq!(client.recv().await, [round, n]);
        }
    }
    assert_eq!(server.stats().sent, 2000);
}
