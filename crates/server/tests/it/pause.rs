//! Pausing a server that runs, in paused time.

use std::time::Duration;

use greenroom_server::{Connection, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::scripted::{Answer, server, settle};

async fn listen(mut conn: Connection) {
    let _ = conn.read_to_end(&mut Vec::new()).await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_leaves_clients_waiting_and_its_end_lets_them_in() {
    let (server, stagehand) = server([]);
    let server = server.start(async |mut conn: Connection| conn.send_line("hello").await).await.unwrap();
    settle().await;
    assert!(server.is_accepting());
    server.stop_accepting();
    server.stop_accepting();
    assert!(!server.is_accepting());
    let mut client = stagehand.connect(16);
    settle().await;
    assert_eq!(server.stats().accepted, 0, "heard while it waited in accept");
    assert!(!stagehand.is_closed(), "the listener stays open");

    server.start_accepting();
    server.start_accepting();
    assert!(server.is_accepting());
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "hello\n");
    assert_eq!(stagehand.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn connections_go_on_during_a_pause() {
    let (server, stagehand) = server([]);
    let echo = async |mut conn: Connection| {
        let mut lines = conn.lines();
        while let Some(line) = lines.next().await? {
            lines.send(line).await?;
        }
        std::io::Result::Ok(())
    };
    let server = server.start(echo).await.unwrap();
    let mut client = stagehand.connect(16);
    settle().await;
    server.stop_accepting();
    client.write_all(b"still\n").await.unwrap();
    let mut answer = [0; 6];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"still\n");
}

#[tokio::test(start_paused = true)]
async fn a_pause_and_its_end_are_heard_during_a_back_off() {
    let (server, stagehand) = server(std::iter::repeat(Answer::Kind(std::io::ErrorKind::Other)));
    let server = server.start(listen).await.unwrap();
    // In the middle of a wait of a second.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let calls = stagehand.calls();
    server.stop_accepting();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(stagehand.calls(), calls, "it does not ask any more");
    let before = stagehand.elapsed();
    server.start_accepting();
    settle().await;
    assert_eq!(stagehand.calls(), calls + 1, "and asks at once");
    assert_eq!(stagehand.elapsed(), before);
    // The delay goes on where it was: nothing has gone well.
    tokio::time::sleep(Duration::from_millis(999)).await;
    assert_eq!(stagehand.calls(), calls + 1);
}

#[tokio::test(start_paused = true)]
async fn who_pauses_while_it_waits_for_a_permit_leaves_the_line() {
    let limits = Limits::new().connections(1);
    let (first, first_stagehand) = server([]);
    let (second, second_stagehand) = server([]);
    let first = first.limits(limits.clone()).start(listen).await.unwrap();
    let occupant = first_stagehand.connect(16);
    settle().await;
    let second = second.limits(limits.clone()).start(listen).await.unwrap();
    let _waiting = second_stagehand.connect(16);
    settle().await;
    // It is first in the line, and has a client as well.
    let _never = first_stagehand.connect(16);
    first.stop_accepting();
    drop(occupant);
    settle().await;
    assert_eq!((first.stats().active, second.stats().active), (0, 1));
    assert_eq!(limits.open_connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_paused_server_holds_no_permit() {
    let (server, _stagehand) = server([]);
    let server = server.max_connections(1).start(listen).await.unwrap();
    server.stop_accepting();
    settle().await;
    assert_eq!(server.limits().open_connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_heard_during_a_pause_and_ends_it_for_good() {
    let (server, stagehand) = server([]);
    let server = server.start(listen).await.unwrap();
    server.stop_accepting();
    settle().await;
    server.stop().await;
    assert_eq!(stagehand.elapsed(), Duration::ZERO);
    assert!(stagehand.is_closed());
    server.start_accepting();
    assert!(!server.is_accepting());
    server.stop_accepting();
    assert!(!server.is_accepting());
    settle().await;
    assert_eq!(stagehand.calls(), 0, "paused from the beginning");
}
