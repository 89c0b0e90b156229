//! The phases of a stop, and the lame duck before it.

use std::time::Duration;

use greenroom_core::finally;
use greenroom_server::{Connection, Phase};
use greenroom_testkit::until_idle;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep};

use crate::scripted::{Answer, server};

const SECOND: Duration = Duration::from_secs(1);
/// Later than what happens on the second.
const AFTER: Duration = Duration::from_millis(1);

async fn echo(mut conn: Connection) -> std::io::Result<()> {
    while let Some(line) = conn.lines().next().await? {
        conn.send_line(line).await?;
    }
    Ok(())
}

async fn stubborn(_conn: Connection) {
    std::future::pending::<()>().await;
}

#[tokio::test(start_paused = true)]
async fn the_phases_come_in_order() {
    let (server, stagehand) = server([]);
    let cleaning = |_conn| finally(std::future::pending::<()>(), async { sleep(2 * SECOND).await });
    let server = server.lame_duck(SECOND).grace(3 * SECOND).start(cleaning).await.unwrap();
    let _client = stagehand.connect(64);
    until_idle().await;
    assert_eq!(server.phase(), Phase::Running);
    let end = server.stop();
    assert_eq!(server.phase(), Phase::LameDuck, "from the call on");
    sleep(SECOND + AFTER).await;
    assert_eq!(server.phase(), Phase::Draining);
    sleep(2 * SECOND).await;
    assert_eq!(server.phase(), Phase::Killing);
    let report = end.await;
    assert_eq!(server.phase(), Phase::Done);
    assert_eq!((report.killed, report.took), (1, 5 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_lame_duck_serves_new_clients_and_tells_that_it_will_go() {
    let (server, stagehand) = server([]);
    let server = server.lame_duck(5 * SECOND).start(echo).await.unwrap();
    let signal = server.lame_duck_signal();
    assert!(!signal.is_stopped() && !server.is_stopping());
    let end = server.stop();
    assert!(signal.is_stopped() && server.is_stopping());
    sleep(4 * SECOND).await;
    let mut client = stagehand.connect(64);
    client.write_all(b"late\n").await.unwrap();
    let mut answer = [0; 5];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"late\n");
    assert!(!stagehand.is_closed());
    let report = end.await;
    assert!(stagehand.is_closed());
    assert_eq!((report.drained, report.took), (1, 5 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_lame_duck_lasts_its_time_without_anybody_to_serve() {
    let (server, _stagehand) = server([]);
    let server = server.lame_duck(5 * SECOND).start(echo).await.unwrap();
    assert_eq!(server.stop().await.took, 5 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn the_lame_duck_time_is_part_of_the_grace() {
    for (lame_duck, grace) in [(2, 6), (6, 6), (9, 6)] {
        let (server, stagehand) = server([]);
        let server = server.lame_duck(lame_duck * SECOND).start(stubborn).await.unwrap();
        let _client = stagehand.connect(64);
        until_idle().await;
        let report = server.stop_within(grace * SECOND).await;
        assert_eq!((report.killed, report.took), (1, grace * SECOND), "lame for {lame_duck} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_stop_shortens_the_lame_duck_too() {
    let (server, stagehand) = server([]);
    let server = server.lame_duck(5 * SECOND).start(stubborn).await.unwrap();
    let _client = stagehand.connect(64);
    let end = server.stop();
    sleep(SECOND).await;
    drop(server.stop());
    sleep(SECOND).await;
    assert_eq!(server.phase(), Phase::LameDuck, "the same stop again changes nothing");
    let report = server.stop_within(SECOND).await;
    assert_eq!((report.killed, report.took), (1, 3 * SECOND));
    assert_eq!(end.await.took, 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_in_the_lame_duck_closes_at_once() {
    let (server, stagehand) = server([]);
    let server = server.lame_duck(5 * SECOND).start(stubborn).await.unwrap();
    let mut client = stagehand.connect(64);
    until_idle().await;
    let start = Instant::now();
    drop(server.stop());
    drop(server);
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    assert!(stagehand.is_closed());
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_lame_duck_that_loses_its_last_listener_drains_at_once() {
    // The second accept is asked when the first connection is closed.
    let (server, mut stagehand) = server([Answer::Connection, Answer::Error(libc::EBADF)]);
    let server = server.lame_duck(5 * SECOND).max_connections(1).start(echo).await.unwrap();
    let client = stagehand.client().await;
    let end = server.stop();
    sleep(2 * SECOND).await;
    drop(client);
    let report = end.await;
    assert_eq!(report.lost_listeners.len(), 1);
    assert!(!report.ended_by_itself, "it had been told to");
    assert!(report.took < 3 * SECOND, "{report}");
}
