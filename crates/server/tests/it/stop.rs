//! Stopping, in all the ways it may be asked for.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use greenroom_core::{Registry, finally};
use greenroom_server::{Connection, Limits, Listener, MemoryListener, ServerHandle, StreamServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

use tokio::net::TcpStream;

use crate::scripted::{one_client, server, settle};

const SECOND: Duration = Duration::from_secs(1);

/// Takes no notice of a stop.
async fn stubborn(_conn: Connection) {
    std::future::pending::<()>().await;
}

/// Ends so long after the word to stop.
fn slow(after: Duration) -> impl greenroom_server::Handler {
    move |conn: Connection| async move {
        conn.stopping().await;
        tokio::time::sleep(after).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_server_stops_at_once() {
    let (server, stagehand) = server([]);
    let server = server.start(stubborn).await.unwrap();
    let report = server.stop().await;
    assert_eq!(report.to_string(), "stopped in 0.0 s: 0 connections drained, 0 killed, 0 cut off");
    assert!(stagehand.is_closed());
    assert!(!report.ended_by_itself);
}

#[tokio::test(start_paused = true)]
async fn the_stop_is_over_when_the_last_connection_is() {
    let (server, stagehand) = server([]);
    let server = server.start(slow(3 * SECOND)).await.unwrap();
    let _clients = (stagehand.connect(64), stagehand.connect(64));
    settle().await;
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed, report.took), (2, 0, 3 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn listeners_close_before_connections_hear_of_the_stop() {
    let (server, stagehand) = server([]);
    let stagehand = Arc::new(stagehand);
    let watcher = stagehand.clone();
    let server = server
        .start(move |conn: Connection| {
            let watcher = watcher.clone();
            async move {
                conn.stopping().await;
                assert!(watcher.is_closed());
                assert!(conn.is_stopping());
            }
        })
        .await
        .unwrap();
    let _client = stagehand.connect(64);
    settle().await;
    server.stop().await;
    assert_eq!(server.stats().panicked, 0);
}

#[tokio::test(start_paused = true)]
async fn connections_that_ignore_the_stop_are_killed_when_the_grace_is_over() {
    let (server, stagehand) = server([]);
    let server = server.start(stubborn).await.unwrap();
    let _clients = (stagehand.connect(64), stagehand.connect(64));
    settle().await;
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed, report.cut_off), (0, 2, 0));
    assert_eq!(report.took, 25 * SECOND);
    assert_eq!(server.stats().killed, 2);
}

#[tokio::test(start_paused = true)]
async fn the_graces_are_those_of_the_builder() {
    let (server, stagehand) = server([]);
    let stuck = |_conn| finally(std::future::pending::<()>(), std::future::pending::<()>());
    let server = server.grace(4 * SECOND).kill_grace(2 * SECOND).start(stuck).await.unwrap();
    let _client = stagehand.connect(64);
    settle().await;
    let report = server.stop().await;
    assert_eq!((report.killed, report.cut_off), (0, 1), "its clean-up did not end in time");
    assert_eq!(report.took, 6 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn stopping_twice_gives_everybody_the_same_report() {
    let (server, mut client) = one_client(slow(2 * SECOND)).await;
    settle().await;
    let (first, second, waited) = tokio::join!(server.stop(), server.clone().stop(), server.wait());
    assert_eq!((first.took, second.took, waited.took), (2 * SECOND, 2 * SECOND, 2 * SECOND));
    let again = Instant::now();
    assert_eq!(server.stop().await.drained, 1);
    assert_eq!(again.elapsed(), Duration::ZERO);
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_stop_may_shorten_the_grace_but_not_lengthen_it() {
    let (server, _client) = one_client(stubborn).await;
    settle().await;
    let first = server.stop_within(10 * SECOND);
    drop(server.stop_within(100 * SECOND));
    tokio::time::sleep(2 * SECOND).await;
    drop(server.stop_within(SECOND));
    assert_eq!(first.await.took, 3 * SECOND);

    let (server, _client) = one_client(stubborn).await;
    settle().await;
    let first = server.stop_within(2 * SECOND);
    drop(server.stop_within(100 * SECOND));
    assert_eq!(first.await.took, 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_stop_begins_when_it_is_called_and_is_not_taken_back() {
    let (server, _client) = one_client(slow(SECOND)).await;
    settle().await;
    drop(server.stop());
    assert_eq!(server.wait().await.drained, 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_may_be_stopped_before_it_has_run() {
    let (server, stagehand) = server([]);
    let server = server.start(stubborn).await.unwrap();
    drop(server.stop());
    server.wait().await;
    assert!(stagehand.is_closed());
}

type Cell = Arc<OnceLock<ServerHandle>>;

async fn stopped_by(handler: impl greenroom_server::Handler, cell: Cell) -> greenroom_server::StopReport {
    let (server, stagehand) = server([]);
    let server = server.start(handler).await.unwrap();
    cell.set(server.clone()).unwrap();
    let mut client = stagehand.connect(64);
    client.write_all(b"x").await.unwrap();
    server.wait().await
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_stop_its_server_and_come_to_an_end() {
    let cell = Cell::default();
    let server = cell.clone();
    let handler = move |mut conn: Connection| {
        let server = server.clone();
        async move {
            conn.read_u8().await.unwrap();
            drop(server.get().unwrap().stop());
            assert_eq!(conn.lines().next().await.unwrap(), None);
        }
    };
    let report = stopped_by(handler, cell).await;
    assert_eq!((report.drained, report.took), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_awaits_the_stop_does_not_hold_it_up() {
    let cell = Cell::default();
    let server = cell.clone();
    let handler = move |mut conn: Connection| {
        let server = server.clone();
        async move {
            conn.read_u8().await.unwrap();
            server.get().unwrap().stop().await;
            unreachable!("the end of the server includes the end of this");
        }
    };
    let report = stopped_by(handler, cell).await;
    assert_eq!((report.killed, report.took), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_ends_the_server_at_once() {
    let (server, mut client) = one_client(stubborn).await;
    settle().await;
    let other = server.clone();
    drop(server);
    settle().await;
    assert_eq!(other.stats().active, 1, "one handle is left");
    drop(other);
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0, "killed without a grace");
}

#[tokio::test(start_paused = true)]
async fn dropping_a_serving_future_ends_its_server() {
    let (server, stagehand) = server([]);
    let serving = tokio::time::timeout(SECOND, server.serve_forever(stubborn));
    let (result, mut client) = tokio::join!(serving, async { stagehand.connect(64) });
    assert!(result.is_err());
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    settle().await;
    assert!(stagehand.is_closed());
}

#[tokio::test(start_paused = true)]
async fn a_future_that_waits_keeps_the_server() {
    let (server, mut client) = one_client(async |mut conn: Connection| {
        let line = conn.lines().next().await?.unwrap_or_default();
        conn.send_line(line).await
    })
    .await;
    let waiting = tokio::spawn(server.wait());
    drop(server);
    settle().await;
    client.write_all(b"still here\n").await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "still here\n");
    assert!(!waiting.is_finished());
}

#[tokio::test(start_paused = true)]
async fn stop_when_waits_for_its_future() {
    let (server, _client) = one_client(slow(SECOND)).await;
    let start = Instant::now();
    let report = server.stop_when(tokio::time::sleep(5 * SECOND)).await;
    assert_eq!((report.took, start.elapsed()), (SECOND, 6 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn stop_when_ends_with_a_server_that_others_stopped() {
    let (server, _client) = one_client(slow(SECOND)).await;
    let never = tokio::spawn(server.stop_when(std::future::pending::<()>()));
    settle().await;
    server.stop().await;
    assert_eq!(never.await.unwrap().drained, 1);
}

#[tokio::test(start_paused = true)]
async fn serve_until_drains_and_reports() {
    let (server, stagehand) = server([]);
    let serving = tokio::spawn(server.serve_until(tokio::time::sleep(5 * SECOND), slow(SECOND)));
    let _client = stagehand.connect(64);
    let report = serving.await.unwrap().unwrap();
    assert_eq!((report.drained, report.took), (1, SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_server_at_its_limit_stops_too() {
    let (server, stagehand) = server([]);
    let server = server.max_connections(1).start(slow(SECOND)).await.unwrap();
    let _client = stagehand.connect(64);
    let mut waiting = stagehand.connect(64);
    settle().await;
    let report = server.stop().await;
    assert_eq!(report.drained, 1);
    assert_eq!(server.stats().accepted, 1);
    assert_eq!(waiting.read(&mut [0]).await.unwrap(), 0, "what was not accepted is closed with the listener");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_in_the_line_for_a_shared_budget_passes_its_turn_on() {
    let limits = Limits::new().connections(1);
    let start = async || {
        let (server, stagehand) = server([]);
        (server.limits(limits.clone()).start(slow(Duration::ZERO)).await.unwrap(), stagehand)
    };
    let ((busy, busy_door), (first, first_door), (second, second_door)) =
        (start().await, start().await, start().await);
    let _client = busy_door.connect(64);
    settle().await;
    let _clients = (first_door.connect(64), second_door.connect(64));
    settle().await;
    assert_eq!((first.stats().accepted, second.stats().accepted), (0, 0));
    // Both were woken by their clients and wait for the one permit; the first in line goes away.
    first.stop().await;
    busy.stop().await;
    settle().await;
    assert_eq!(second.stats().accepted, 1);
}

#[tokio::test(start_paused = true)]
async fn a_killed_supervisor_leaves_nobody_waiting() {
    let (server, mut client) = one_client(stubborn).await;
    settle().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    // The supervisor is nobody's but the server's; its runtime may take it away.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.spawn(async move {
        let (server, _client) = one_client(stubborn).await;
        tell.send(server).unwrap();
        std::future::pending::<()>().await;
    });
    let orphan = told.await.unwrap();
    runtime.shutdown_background();
    orphan.wait().await;
    drop(server);
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn serving_for_ever_fails_when_the_task_that_leads_the_server_is_killed() {
    let listener = MemoryListener::new();
    let name = format!("server {}", listener.local_addr().unwrap());
    let serving = tokio::spawn(StreamServer::on(listener).serve_forever(stubborn));
    settle().await;
    let tasks = Registry::tasks();
    tasks.iter().find(|task| task.name() == Some(&*name)).unwrap().kill().await;
    let error = serving.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("the task that led its server is gone"), "{error}");
}

/// The reactor is given no time between what the clients do and the stop.
#[tokio::test]
async fn what_has_come_by_the_time_of_the_stop_is_answered() {
    let server = StreamServer::bind("127.0.0.1:0").start(echo).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let mut known = TcpStream::connect(address).await.unwrap();
    known.write_all(b"first\n").await.unwrap();
    let mut answer = [0; 6];
    known.read_exact(&mut answer).await.unwrap();
    let known = known.into_std().unwrap();
    known.set_nonblocking(false).unwrap();
    // In the backlog: the system has told it that it is connected.
    let fresh = std::net::TcpStream::connect(address).unwrap();
    for mut client in [&known, &fresh] {
        io::Write::write_all(&mut client, b"last\n").unwrap();
    }
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed), (2, 0), "{report}");
    for mut client in [&known, &fresh] {
        let mut rest = String::new();
        io::Read::read_to_string(&mut client, &mut rest).unwrap();
        assert_eq!(rest, "last\n");
    }
}

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}
