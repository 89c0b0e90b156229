//! Rows of the catalogue of faults that are about the end of a server. Those about signals are in `tests/terminate.rs`.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use greenroom_server::{Connection, Fate, ServerHandle, StreamServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::scripted::{one_client, server, settle};

const SECOND: Duration = Duration::from_secs(1);

async fn stubborn(_conn: Connection) {
    std::future::pending::<()>().await;
}

/// Row 80.
#[tokio::test]
async fn a_server_dropped_without_a_stop_refuses_new_clients_and_kills_the_old() {
    let server = StreamServer::bind("127.0.0.1:0").start(stubborn).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    while server.connections().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(server);
    assert!(matches!(client.read(&mut [0]).await, Ok(0) | Err(_)), "killed");
    // The listener had been closed before that.
    assert_eq!(TcpStream::connect(address).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
}

/// Row 85.
#[tokio::test(start_paused = true)]
async fn a_handler_that_ignores_the_drain_is_killed_at_the_deadline_and_named() {
    let (server, _client) = one_client(stubborn).await;
    tokio::time::sleep(10 * SECOND).await;
    let report = server.stop().await;
    assert_eq!((report.killed, report.took), (1, 25 * SECOND));
    let [straggler] = &*report.slowest else { panic!("{:?}", report.slowest) };
    assert_eq!((straggler.outcome, straggler.took), (Fate::Killed, 25 * SECOND));
    assert_eq!(straggler.guest.age, 35 * SECOND);
}

/// Row 86.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_meets_the_stop_is_served_whole_or_not_at_all() {
    const LINE: &[u8] = b"a line that is answered\n";
    for _ in 0..20 {
        let server = StreamServer::bind("127.0.0.1:0")
            .start(async |mut conn: Connection| -> io::Result<()> {
                let line = conn.lines().next().await?.unwrap_or_default();
                conn.send_line(line).await
            })
            .await
            .unwrap();
        let address = server.local_addrs()[0].as_socket().unwrap();
        let clients: Vec<_> = (0..4).map(|_| tokio::spawn(knock_until_refused(address, LINE))).collect();
        while server.stats().accepted < 20 {
            tokio::task::yield_now().await;
        }
        let report = server.stop().await;
        assert!(report.is_clean(), "{report}");
        let mut served = 0;
        for client in clients {
            served += client.await.unwrap();
        }
        let stats = server.stats();
        assert!(served > 0 && served <= stats.accepted, "{served} of {}", stats.accepted);
        assert_eq!((stats.active, stats.panicked, stats.killed), (0, 0, 0));
    }
}

/// Asks again and again; how often it was answered. Panics when an answer was half.
async fn knock_until_refused(address: std::net::SocketAddr, line: &[u8]) -> u64 {
    let mut served = 0;
    loop {
        let Ok(mut client) = TcpStream::connect(address).await else { return served };
        if client.write_all(line).await.is_err() {
            continue;
        }
        let mut answer = Vec::new();
        let end = client.read_to_end(&mut answer).await;
        if end.is_ok() && answer == line {
            served += 1;
        } else {
            // An empty line is what a handler answers that was told to stop before it had read.
            assert!(answer.is_empty() || answer == b"\n", "half an answer: {:?}", answer.escape_ascii());
        }
    }
}

/// Row 88.
#[tokio::test(start_paused = true)]
async fn stopping_twice_or_at_once_or_from_a_handler_comes_to_one_end() {
    // Before it has run, twice, by one who waits and one who does not.
    let (first, stagehand) = server([]);
    let first = first.start(stubborn).await.unwrap();
    drop(first.stop());
    let (one, two) = tokio::join!(first.stop(), first.clone().wait());
    assert_eq!((one.took, two.took), (Duration::ZERO, Duration::ZERO));
    assert!(stagehand.is_closed());
    // After its end.
    assert_eq!(first.stop_within(Duration::MAX).await.took, Duration::ZERO);

    // A start that is dropped before it is done leaves nothing.
    let (second, stagehand) = server([]);
    drop(second.start(stubborn));
    assert!(stagehand.is_closed());

    // By several handlers at once, each of which waits for the end.
    let cell = Arc::new(OnceLock::<ServerHandle>::new());
    let itself = Arc::clone(&cell);
    let (third, stagehand) = server([]);
    let third = third
        .start(move |mut conn: Connection| {
            let itself = Arc::clone(&itself);
            async move {
                conn.read_u8().await.unwrap();
                let server = itself.get().unwrap();
                tokio::join!(server.stop(), server.wait());
            }
        })
        .await
        .unwrap();
    cell.set(third.clone()).unwrap();
    let mut clients = [stagehand.connect(64), stagehand.connect(64)];
    for client in &mut clients {
        client.write_all(b"x").await.unwrap();
    }
    settle().await;
    let report = third.wait().await;
    assert_eq!((report.killed, report.took), (2, Duration::ZERO), "nobody waits for himself");
}
