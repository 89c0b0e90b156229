//! Listening in memory, and what stands on listeners.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use greenroom_server::{
    Connection, Limits, Listener, ListenerExt, MemoryListener, SockAddr, StreamServer, connect,
};
use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};
use tokio::io::{AsyncReadExt, AsyncWriteExt, join, split};

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_server_in_memory_serves_and_drains_like_any_other() {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let server = StreamServer::on(listener).start(echo).await.unwrap();
    assert!(matches!(server.local_addrs(), [SockAddr::Memory(_)]));
    let mut client = connector.connect().await.unwrap();
    client.write_all(b"hello\n").await.unwrap();
    let mut answer = [0; 6];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"hello\n");
    assert_eq!(server.stop().await.drained, 1);
    assert_eq!(client.read(&mut answer).await.unwrap(), 0);
    assert_eq!(connector.connect().await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test(start_paused = true)]
async fn connecting_waits_while_the_backlog_is_full() {
    let mut listener = MemoryListener::with_backlog(1);
    let connector = listener.connector();
    let _first = connector.connect().await.unwrap();
    let mut second = Box::pin(connector.connect());
    assert!((&mut second).now_or_never().is_none());
    listener.accept().await.unwrap();
    second.await.unwrap();
    listener.accept().await.unwrap();
    assert!(listener.accept().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn an_accept_that_is_dropped_loses_no_connection() {
    let polls = cancel_at_every_poll(
        async || {
            let listener = MemoryListener::new();
            let connector = listener.connector();
            tokio::spawn(async move { connector.connect().await.unwrap() });
            let listener = Arc::new(tokio::sync::Mutex::new(listener));
            let accept = {
                let listener = Arc::clone(&listener);
                async move { listener.lock().await.accept().await.unwrap() }
            };
            (listener, accept)
        },
        async |listener, outcome| {
            until_idle().await;
            let left = usize::from(listener.lock().await.accept().now_or_never().is_some());
            let taken = usize::from(matches!(outcome, Outcome::Completed(_)));
            assert_eq!(left + taken, 1);
        },
    )
    .await;
    assert!(polls > 1);
}

#[tokio::test(start_paused = true)]
async fn a_connect_that_is_dropped_takes_no_place() {
    let polls = cancel_at_every_poll(
        async || {
            let mut listener = MemoryListener::with_backlog(1);
            let connector = listener.connector();
            let first = connector.connect().await.unwrap();
            let later = tokio::spawn(async move {
                until_idle().await;
                listener.accept().await.unwrap();
                listener
            });
            ((later, first), async move { connector.connect().await.unwrap() })
        },
        async |(later, _first), outcome| {
            let mut listener = later.await.unwrap();
            let queued = listener.accept().now_or_never().is_some();
            assert_eq!(queued, matches!(outcome, Outcome::Completed(_)));
            listener.connector().connect().now_or_never().unwrap().unwrap();
        },
    )
    .await;
    assert!(polls > 1);
}

#[tokio::test(start_paused = true)]
async fn those_in_the_backlog_of_a_listener_that_goes_read_to_the_end() {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let mut queued = connector.connect().await.unwrap();
    drop(listener);
    assert_eq!(queued.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_connectors_are_gone_goes_on_until_it_is_stopped() {
    let listener = MemoryListener::new();
    let mut client = listener.connector().connect().await.unwrap();
    let server = StreamServer::on(listener).start(echo).await.unwrap();
    until_idle().await;
    client.write_all(b"still\n").await.unwrap();
    client.read_exact(&mut [0; 6]).await.unwrap();
    let report = server.stop().await;
    assert!(!report.ended_by_itself && report.lost_listeners.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_client_comes_from_where_the_test_says() {
    let mut listener = MemoryListener::new();
    let connector = listener.connector();
    let peer: std::net::SocketAddr = "[::ffff:192.0.2.7]:5000".parse().unwrap();
    let _clients =
        (connector.connect_from(peer).await.unwrap(), connector.connect().await, connector.connect().await);
    let mut peers = Vec::new();
    for _ in 0..3 {
        peers.push(listener.accept().await.unwrap().1);
    }
    assert_eq!(peers[0].to_string(), "192.0.2.7:5000");
    assert!(matches!(peers[1], SockAddr::Memory(_)));
    assert_ne!(peers[1], peers[2]);
}

#[tokio::test]
async fn one_server_on_several_listeners_has_one_budget() {
    let memory = MemoryListener::new();
    let connector = memory.connector();
    let server = StreamServer::bind("127.0.0.1:0")
        .and_on(memory)
        .limits(Limits::new().connections(1))
        .start(echo)
        .await
        .unwrap();
    assert_eq!(server.local_addrs().len(), 2);
    let mut one = connect(&server.local_addrs()[0]).await.unwrap();
    one.write_all(b"one\n").await.unwrap();
    one.read_exact(&mut [0; 4]).await.unwrap();
    let mut two = connector.connect().await.unwrap();
    two.write_all(b"two\n").await.unwrap();
    assert_eq!(server.stats().accepted, 1);
    drop(one);
    two.read_exact(&mut [0; 4]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn adaptors_see_each_stream_and_may_replace_it() {
    let memory = MemoryListener::new();
    let connector = memory.connector();
    let tapped = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&tapped);
    let listener = memory
        .tap_io(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        })
        .map_io(|io| {
            let (reader, writer) = split(io);
            join(b"first\n".chain(reader), writer)
        });
    let address = listener.local_addr().unwrap();
    let server = StreamServer::on(listener).start(echo).await.unwrap();
    assert_eq!(server.local_addrs(), [address]);
    for n in 1..=3 {
        let mut client = connector.connect().await.unwrap();
        client.write_all(b"second\n").await.unwrap();
        client.shutdown().await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "first\nsecond\n");
        assert_eq!(tapped.load(Ordering::Relaxed), n);
    }
}

#[tokio::test]
async fn listeners_of_tokio_are_listeners() {
    let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server =
        StreamServer::on(tcp.tap_io(|tcp| tcp.set_nodelay(true).unwrap())).start(echo).await.unwrap();
    let mut client = connect(&server.local_addrs()[0]).await.unwrap();
    client.write_all(b"tcp\n").await.unwrap();
    client.read_exact(&mut [0; 4]).await.unwrap();
    #[cfg(unix)]
    {
        let folder = crate::folder::Folder::new();
        let unix = tokio::net::UnixListener::bind(folder.path("app.sock")).unwrap();
        let server = StreamServer::on(unix).start(echo).await.unwrap();
        let mut client = connect(folder.path("app.sock")).await.unwrap();
        client.write_all(b"unix\n").await.unwrap();
        client.read_exact(&mut [0; 5]).await.unwrap();
        server.stop().await;
        assert_eq!(folder.names(), ["app.sock"]);
    }
}
