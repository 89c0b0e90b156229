//! The accept loop against a scripted listener, in paused time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use greenroom_server::{Connection, Limits, ServeError, StreamServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::scripted::{Answer, scripted, server, settle};
use Answer::{Connection as Accepted, Error};

/// Serves until the client closes.
async fn listen(mut conn: Connection) {
    let _ = conn.read_to_end(&mut Vec::new()).await;
}

fn burst(number: i32, n: usize) -> Vec<Answer> {
    std::iter::repeat_n(Error(number), n).chain([Accepted]).collect()
}

#[tokio::test(start_paused = true)]
async fn errors_of_single_clients_are_retried_at_once() {
    for number in
        [libc::ECONNABORTED, libc::EPERM, libc::EPROTO, libc::EINTR, libc::ENETDOWN, libc::ETIMEDOUT]
    {
        for n in [1, 3, 100] {
            let (server, mut stagehand) = server(burst(number, n));
            let server = server.start(listen).await.unwrap();
            let _client = stagehand.client().await;
            assert_eq!(stagehand.elapsed(), Duration::ZERO, "errno {number}, {n} times");
            assert_eq!(server.stats().accept_errors_by_number[&number], n as u64);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn more_than_a_hundred_errors_of_single_clients_back_off() {
    let (server, mut stagehand) = server(burst(libc::ECONNABORTED, 103));
    let _server = server.start(listen).await.unwrap();
    let _client = stagehand.client().await;
    assert_eq!(stagehand.call_times()[99..104], [0, 0, 10, 30, 70]);
}

#[tokio::test(start_paused = true)]
async fn exhaustion_and_unknown_errors_back_off_from_10_ms_to_a_second() {
    for number in [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM, libc::EIO, libc::EACCES] {
        let (server, mut stagehand) = server(burst(number, 9));
        let server = server.start(listen).await.unwrap();
        let _client = stagehand.client().await;
        assert_eq!(
            stagehand.call_times()[..10],
            [0, 10, 30, 70, 150, 310, 630, 1270, 2270, 3270],
            "errno {number}"
        );
        assert_eq!(server.stats().accept_errors, 9);
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_accept_resets_the_delay() {
    let script = [Error(libc::EMFILE), Error(libc::EMFILE), Accepted, Error(libc::EMFILE), Accepted];
    let (server, mut stagehand) = server(script);
    let _server = server.start(listen).await.unwrap();
    let _clients = (stagehand.client().await, stagehand.client().await);
    assert_eq!(stagehand.call_times()[..5], [0, 10, 30, 30, 40]);
}

#[tokio::test(start_paused = true)]
async fn a_dead_listener_ends_the_server_with_the_error() {
    for number in [libc::EBADF, libc::EINVAL, libc::ENOTSOCK, libc::EFAULT] {
        let (server, mut stagehand) = server([Accepted, Error(number)]);
        let serving = tokio::spawn(server.serve_forever(listen));
        let client = stagehand.client().await;
        settle().await;
        assert!(stagehand.is_closed(), "the listener is closed");
        assert!(!serving.is_finished(), "the connection is drained first");
        drop(client);
        let error = serving.await.unwrap().unwrap_err();
        assert!(
            matches!(&error, ServeError::Accept(error) if error.address().port() == Some(7000)),
            "{error}"
        );
        assert_eq!(stagehand.calls(), 2);
        assert_eq!(stagehand.elapsed(), Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_never_could_accept_ends_the_server() {
    let (first, _stagehand) = server([Error(libc::EOPNOTSUPP)]);
    assert!(first.serve_forever(listen).await.is_err());

    let (later, mut stagehand) = server([Accepted, Error(libc::EOPNOTSUPP), Accepted]);
    let _server = later.start(listen).await.unwrap();
    let _clients = (stagehand.client().await, stagehand.client().await);
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_panics_ends_the_server() {
    let (server, _stagehand) = server([Answer::Panic]);
    let report = server.start(listen).await.unwrap().wait().await;
    assert!(report.ended_by_itself);
    assert!(
        report.to_string().ends_with("no longer listening on 192.0.2.2:7000: its loop panicked"),
        "{report}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_back_off() {
    let (server, stagehand) = server(vec![Error(libc::EMFILE); 100]);
    let server = server.start(listen).await.unwrap();
    // In the middle of a wait of a second.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let stopping = tokio::time::Instant::now();
    server.stop().await;
    assert_eq!(stopping.elapsed(), Duration::ZERO);
    assert!(stagehand.is_closed());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_closes_ends_the_back_off() {
    let script = [vec![Accepted], vec![Error(libc::EMFILE); 20]].concat();
    let (server, mut stagehand) = server(script);
    let _server = server.start(listen).await.unwrap();
    let first = stagehand.client().await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let calls = stagehand.calls();
    drop(first);
    settle().await;
    assert_eq!(stagehand.calls(), calls + 1);
    assert_eq!(stagehand.elapsed(), Duration::from_millis(2500));
}

#[tokio::test(start_paused = true)]
async fn the_permit_is_taken_before_accept_is_asked() {
    let (server, mut stagehand) = server([Accepted, Accepted, Accepted, Accepted]);
    let server = server.max_connections(2).start(listen).await.unwrap();
    let first = stagehand.client().await;
    let second = stagehand.client().await;
    settle().await;
    assert_eq!(stagehand.calls(), 2);
    assert_eq!(server.limits().open_connections(), 2);

    drop(first);
    let third = stagehand.client().await;
    settle().await;
    assert_eq!(stagehand.calls(), 3);

    server.limits().set_connections(3);
    let fourth = stagehand.client().await;
    drop((second, third, fourth));
    settle().await;
    // The loop waits in accept now, and holds no permit meanwhile.
    assert_eq!(server.limits().open_connections(), 0);
    assert_eq!(server.stats().active, 0);
}

#[tokio::test(start_paused = true)]
async fn a_lowered_limit_holds_back_until_enough_have_gone() {
    let (server, mut stagehand) = server([Accepted; 4]);
    let server = server.max_connections(3).start(listen).await.unwrap();
    let mut clients = vec![stagehand.client().await, stagehand.client().await, stagehand.client().await];
    server.limits().set_connections(1);
    for _ in 0..2 {
        clients.pop();
        settle().await;
        assert_eq!(stagehand.calls(), 3);
    }
    clients.pop();
    settle().await;
    assert_eq!(stagehand.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_waits_keeps_no_permit_from_others_of_the_budget() {
    let limits = Limits::new().connections(1);
    let (quiet, _quiet_stagehand) = scripted([]);
    let (busy, stagehand) = scripted([]);
    let _quiet = StreamServer::on(quiet).limits(limits.clone()).start(listen).await.unwrap();
    settle().await;
    let _busy = StreamServer::on(busy).limits(limits.clone()).start(listen).await.unwrap();
    let mut client = stagehand.connect(64);
    client.write_all(b"x").await.unwrap();
    settle().await;
    assert_eq!(limits.open_connections(), 1);
    drop(client);
    settle().await;
    assert_eq!(limits.open_connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn after_64_accepts_in_a_row_others_have_their_turn() {
    let (server, stagehand) = server([Accepted; 200]);
    let accepted = Arc::new(AtomicUsize::new(0));
    let seen = accepted.clone();
    let stagehand = Arc::new(stagehand);
    let watcher = stagehand.clone();
    let _server = server
        .start(move |_| {
            let (seen, watcher) = (seen.clone(), watcher.clone());
            async move {
                let _ = seen.compare_exchange(0, watcher.calls(), Ordering::SeqCst, Ordering::SeqCst);
            }
        })
        .await
        .unwrap();
    settle().await;
    assert_eq!(accepted.load(Ordering::SeqCst), 64, "when the first handler runs");
    assert_eq!(stagehand.calls(), 201, "in the end all are accepted");
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_errors_lets_others_have_their_turn() {
    let (server, stagehand) = server(burst(libc::ECONNABORTED, 99));
    let _server = server.start(listen).await.unwrap();
    while stagehand.calls() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stagehand.calls(), 64);
}
