//! The accept loop against a scripted listener, in paused time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use greenroom_server::{
    AcceptPolicy, Backoff, Connection, ErrorClass, Limits, OnFatal, ServeError, StreamServer,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::scripted::{Answer, ScriptedListener, call_times, server, settle};
use Answer::{Connection as Accepted, Error};

/// Serves until the client closes.
async fn listen(mut conn: Connection) {
    let _ = conn.read_to_end(&mut Vec::new()).await;
}

fn burst(number: i32, n: usize) -> Vec<Answer> {
    std::iter::repeat_n(Error(number), n).chain([Accepted]).collect()
}

/// Errors that belong to one client.
const OF_A_CLIENT: [i32; 17] = [
    libc::ECONNABORTED,
    libc::ECONNRESET,
    libc::ECONNREFUSED,
    libc::EINTR,
    libc::EAGAIN,
    libc::EPERM,
    libc::EPROTO,
    libc::ENETDOWN,
    libc::ENOPROTOOPT,
    libc::EHOSTDOWN,
    libc::EHOSTUNREACH,
    libc::EOPNOTSUPP,
    libc::ENETUNREACH,
    libc::ETIMEDOUT,
    libc::ENOSR,
    libc::ESOCKTNOSUPPORT,
    libc::EPROTONOSUPPORT,
];
/// Exhaustion, and three that nobody knows from accept.
const BACKED_OFF_FROM: [i32; 7] =
    [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM, libc::EIO, libc::EACCES, 9999];
const DEAD: [i32; 4] = [libc::EBADF, libc::EINVAL, libc::ENOTSOCK, libc::EFAULT];
const BURSTS: [usize; 7] = [1, 2, 7, 99, 100, 101, 200];

/// When accept is called in a burst of `n` errors, of which the first `at_once` are retried at once.
fn expected_calls(n: usize, at_once: usize) -> Vec<u128> {
    let mut delays = (0..).map(|k| 1000.min(10 << 20.min(k)));
    let mut now = 0;
    let mut calls = vec![0];
    for error in 0..n {
        now += if error < at_once { 0 } else { delays.next().unwrap() };
        calls.push(now);
    }
    calls
}

/// Plays a burst to a server that has accepted before: each call, each delay and each count.
async fn play(number: i32, n: usize, at_once: usize) {
    let (server, mut stagehand) = server([Accepted].into_iter().chain(burst(number, n)));
    let server = server.start(listen).await.unwrap();
    let _clients = (stagehand.client().await, stagehand.client().await);
    settle().await;
    let calls = call_times(&stagehand);
    let expected = expected_calls(n, at_once);
    let what = format!("errno {number}, {n} times");
    assert_eq!(calls[1..calls.len() - 1], expected, "{what}");
    assert_eq!(calls.last(), expected.last(), "{what}: and then it waits in accept");
    let stats = server.stats();
    assert_eq!(stats.accept_errors_by_number, [(number, n as u64)].into(), "{what}");
    assert_eq!((stats.accept_errors, stats.accepted, stats.active), (n as u64, 2, 2), "{what}");
    assert_eq!((stats.shed, stats.setup_failed), (0, 0), "{what}");
}

#[tokio::test(start_paused = true)]
async fn errors_of_single_clients_are_retried_at_once_a_hundred_in_a_row() {
    for number in OF_A_CLIENT {
        for n in BURSTS {
            play(number, n, 100).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn exhaustion_and_unknown_errors_back_off_from_10_ms_to_a_second() {
    assert_eq!(expected_calls(9, 0), [0, 10, 30, 70, 150, 310, 630, 1270, 2270, 3270]);
    for number in BACKED_OFF_FROM {
        for n in BURSTS {
            play(number, n, 0).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn classes_batch_retries_and_delays_are_the_policy_s() {
    let policy = AcceptPolicy::new()
        .backoff(Backoff::new(1).min(Duration::from_millis(5)).factor(3.0).jitter(0.0))
        .retries_in_a_row(2)
        .class(libc::EMFILE, ErrorClass::Retry)
        .class_by(|error| (error.raw_os_error() == Some(libc::EBADF)).then_some(ErrorClass::BackOff));
    let script = [
        vec![Error(libc::EMFILE); 4],
        vec![Accepted],
        vec![Error(libc::EBADF); 3],
        vec![Accepted, Answer::Kind(std::io::ErrorKind::Other), Error(libc::ENOTSOCK)],
    ];
    let (server, stagehand) = server(script.concat());
    let report = server.accept_policy(policy).start(listen).await.unwrap().wait().await;
    assert_eq!(call_times(&stagehand), [0, 0, 0, 5, 20, 20, 25, 40, 85, 85, 90]);
    assert_eq!(report.lost_listeners.len(), 1, "ENOTSOCK is fatal as ever");
}

#[tokio::test(start_paused = true)]
async fn errors_of_one_listener_never_touch_another() {
    let limits = Limits::new().connections(10);
    for number in [OF_A_CLIENT.as_slice(), &BACKED_OFF_FROM, &DEAD].concat() {
        let (failing, failing_stagehand) = server(std::iter::repeat(Error(number)));
        let (other, stagehand) = server([]);
        let failing = failing.limits(limits.clone()).start(listen).await.unwrap();
        let other = other.limits(limits.clone()).start(listen).await.unwrap();
        // Between its tries as well as in them.
        for _ in 0..20 {
            let before = stagehand.elapsed();
            let _client = stagehand.connect(16);
            let served = other.stats().accepted + 1;
            while other.stats().accepted < served {
                tokio::task::yield_now().await;
            }
            assert_eq!(stagehand.elapsed(), before, "errno {number}");
            tokio::time::sleep(Duration::from_millis(77)).await;
        }
        assert_eq!(failing.stats().accepted, 0);
        assert_eq!(other.stats().accept_errors, 0);
        // Ten milliseconds, doubled, for as long: with the hundred that are retried at once, and those after a close.
        assert!(
            failing_stagehand.calls() <= 100 + 20 + 8,
            "{} calls, errno {number}",
            failing_stagehand.calls()
        );
        drop((failing, other));
        settle().await;
        assert_eq!(limits.open_connections(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_accept_resets_the_delay() {
    let script = [Error(libc::EMFILE), Error(libc::EMFILE), Accepted, Error(libc::EMFILE), Accepted];
    let (server, mut stagehand) = server(script);
    let _server = server.start(listen).await.unwrap();
    let _clients = (stagehand.client().await, stagehand.client().await);
    assert_eq!(call_times(&stagehand)[..5], [0, 10, 30, 30, 40]);
}

#[tokio::test(start_paused = true)]
async fn a_dead_listener_ends_the_server_with_the_error() {
    for number in DEAD {
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
async fn the_policy_decides_what_becomes_of_the_server() {
    let asked = Arc::new(AtomicUsize::new(0));
    let seen = asked.clone();
    let policy = AcceptPolicy::new().on_fatal_by(move |error| {
        assert_eq!(error.address().port(), Some(7000));
        seen.fetch_add(1, Ordering::SeqCst);
        OnFatal::DrainServer
    });
    let (server, mut stagehand) = server([Accepted, Error(libc::EBADF)]);
    let serving = tokio::spawn(server.accept_policy(policy).serve_forever(listen));
    let client = stagehand.client().await;
    settle().await;
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(!serving.is_finished(), "the connection is drained first");
    drop(client);
    assert!(matches!(serving.await.unwrap(), Err(ServeError::Accept(_))));
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
    let (quiet, _quiet_stagehand) = ScriptedListener::new([]);
    let (busy, stagehand) = ScriptedListener::new([]);
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
    assert_eq!(accepted_when_the_first_handler_runs(AcceptPolicy::new()).await, 64);
}

#[tokio::test(start_paused = true)]
async fn how_many_accepts_in_a_row_is_the_policy_s() {
    assert_eq!(accepted_when_the_first_handler_runs(AcceptPolicy::new().batch(7)).await, 7);
    assert_eq!(accepted_when_the_first_handler_runs(AcceptPolicy::new().batch(0)).await, 1);
}

async fn accepted_when_the_first_handler_runs(policy: AcceptPolicy) -> usize {
    let (server, stagehand) = server([Accepted; 200]);
    let server = server.accept_policy(policy);
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
    settle().await;
    assert_eq!(stagehand.calls(), 201, "in the end all are accepted");
    accepted.load(Ordering::SeqCst)
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
