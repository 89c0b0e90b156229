//! Stopping a datagram server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use greenroom_core::finally;
use greenroom_server::{DatagramHandle, DatagramServer, Overflow, Packet, Reply, ReplyError};
use tokio::net::UdpSocket;

use super::client::{Client, address, echo, until, with};

const SECOND: Duration = Duration::from_secs(1);

async fn stuck(_packet: Packet) {
    std::future::pending::<()>().await;
}

/// One datagram is being handled.
async fn busy(server: &DatagramHandle) -> Client {
    let client = Client::new(server).await;
    client.send(b"hello").await;
    until(|| server.stats().active == 1).await;
    client
}

#[tokio::test(start_paused = true)]
async fn a_handler_at_work_may_finish_and_reply_within_the_grace() {
    let handler = async |packet: Packet| -> Result<(), ReplyError> {
        tokio::time::sleep(3 * SECOND).await;
        packet.reply("done").await
    };
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    let client = busy(&server).await;
    let report = server.stop().await;
    assert_eq!(report.to_string(), "stopped in 3.0 s: 1 handler drained, 0 killed, 0 cut off");
    assert_eq!(client.text().await, "done");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_finish_is_killed_when_the_grace_is_over() {
    let server = DatagramServer::bind("127.0.0.1:0").start(stuck).await.unwrap();
    let _client = busy(&server).await;
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed, report.cut_off), (0, 1, 0));
    assert_eq!(report.took, 25 * SECOND);
    assert_eq!(server.stats().killed, 1);
    assert_eq!(server.stats().active, 0);
}

#[tokio::test(start_paused = true)]
async fn a_clean_up_that_does_not_end_is_cut_off() {
    let handler = |_| finally(std::future::pending::<()>(), std::future::pending::<()>());
    let server = DatagramServer::bind("127.0.0.1:0").grace(4 * SECOND).kill_grace(2 * SECOND);
    let server = server.start(handler).await.unwrap();
    let _client = busy(&server).await;
    let report = server.stop().await;
    assert_eq!((report.killed, report.cut_off, report.took), (0, 1, 6 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_second_stop_may_shorten_the_grace() {
    let server = DatagramServer::bind("127.0.0.1:0").start(stuck).await.unwrap();
    let _client = busy(&server).await;
    let first = server.stop_within(10 * SECOND);
    drop(server.stop_within(100 * SECOND));
    let second = server.stop_within(SECOND);
    assert_eq!((first.await.took, second.await.took), (SECOND, SECOND));
}

#[tokio::test]
async fn when_a_server_is_over_its_port_is_free_and_replies_are_refused() {
    let kept: Arc<Mutex<Vec<Reply>>> = Arc::default();
    let handler = with(Arc::clone(&kept), async |kept, packet: Packet| {
        kept.lock().unwrap().push(packet.replier());
    });
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    Client::new(&server).await.send("hello").await;
    until(|| kept.lock().unwrap().len() == 1).await;
    server.stop().await;
    UdpSocket::bind(address(&server)).await.unwrap();
    let reply = kept.lock().unwrap().pop().unwrap();
    let error = reply.send("too late").await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotConnected);
}

#[tokio::test]
async fn dropping_the_last_handle_ends_it() {
    let server = DatagramServer::bind("127.0.0.1:0").start(stuck).await.unwrap();
    let address = address(&server);
    let _client = busy(&server).await;
    let other = server.clone();
    drop(server);
    UdpSocket::bind(address).await.unwrap_err();
    drop(other);
    while UdpSocket::bind(address).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_room() {
    let server = DatagramServer::bind("127.0.0.1:0").max_handlers(1).overflow(Overflow::Wait);
    let server = server.start(stuck).await.unwrap();
    let client = busy(&server).await;
    client.send("there is no room for this one").await;
    until(|| server.stats().received == 2).await;
    let report = server.stop_within(SECOND).await;
    assert_eq!((report.killed, report.took), (1, SECOND));
    assert_eq!(server.stats().dropped_stopping, 1);
}

#[tokio::test]
async fn a_handler_may_stop_its_server() {
    let slot: Arc<Mutex<Option<DatagramHandle>>> = Arc::default();
    let handler = with(Arc::clone(&slot), async |slot, packet: Packet| {
        let server = slot.lock().unwrap().take();
        if let Some(server) = server {
            drop(server.stop());
        }
        packet.reply("stopping").await
    });
    let server = DatagramServer::bind("127.0.0.1:0").start(handler).await.unwrap();
    *slot.lock().unwrap() = Some(server.clone());
    let client = Client::new(&server).await;
    client.send("stop").await;
    let report = server.wait().await;
    assert_eq!((report.killed, report.cut_off), (0, 0));
    assert_eq!(client.text().await, "stopping");
}

#[tokio::test]
async fn it_serves_until_it_is_told() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let told = Arc::new(tokio::sync::Notify::new());
    let until = Arc::clone(&told);
    let serving = DatagramServer::on(socket).serve_until(async move { until.notified().await }, echo);
    let serving = tokio::spawn(serving);
    let client = Client::at("127.0.0.1:0".parse().unwrap(), address).await;
    assert_eq!(client.exchange(b"hello").await, b"hello");
    told.notify_one();
    assert!(!serving.await.unwrap().unwrap().ended_by_itself);
}
