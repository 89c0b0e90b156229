//! Deadlines, on a paused clock.

use std::future::Future;
use std::io;
use std::time::Duration;

use greenroom_server::{Connection, Deadline, DeadlineError, Deadlines, ServerHandle, with};
use greenroom_testkit::{Stagehand, until_idle};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::counted::counted_as;
use crate::scripted::server;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What passed, how long it was, and how long after the start of the handler.
type Told = mpsc::UnboundedReceiver<(Option<DeadlineError>, Duration)>;

async fn held_to<F>(deadlines: Deadlines, handle: fn(Connection) -> F) -> (ServerHandle, Stagehand, Told)
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let (tell, told) = mpsc::unbounded_channel();
    let (server, stagehand) = server([]);
    let server = server.deadlines(deadlines);
    let server = server
        .start(with(
            (tell, handle),
            |(tell, handle): (mpsc::UnboundedSender<_>, fn(Connection) -> F), conn| async move {
                let start = Instant::now();
                let error = handle(conn).await.err().map(|error| {
                    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
                    error.get_ref().unwrap().downcast_ref::<DeadlineError>().unwrap().clone()
                });
                tell.send((error, start.elapsed())).unwrap();
            },
        ))
        .await
        .unwrap();
    (server, stagehand, told)
}

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

/// To the second: what a clock of milliseconds rounds up does not matter.
async fn passes(told: &mut Told, which: Deadline, limit: u64, after: u64) {
    let (error, elapsed) = told.recv().await.unwrap();
    let error = error.expect("a deadline passes");
    assert_eq!((error.which(), error.limit()), (which, seconds(limit)));
    assert_eq!(elapsed.as_secs(), after);
}

#[tokio::test(start_paused = true)]
async fn one_that_sends_nothing_is_cut_at_its_first_byte() {
    let deadlines = Deadlines::new().first_byte(seconds(10)).idle(seconds(60));
    let (_server, stagehand, mut told) = held_to(deadlines, echo).await;
    let _silent = stagehand.connect(64);
    passes(&mut told, Deadline::FirstByte, 10, 10).await;
    // The first byte has come: from then on it is idle.
    let mut client = stagehand.connect(64);
    sleep(seconds(9)).await;
    client.write_all(b"x").await.unwrap();
    passes(&mut told, Deadline::Idle, 60, 69).await;
}

#[tokio::test(start_paused = true)]
async fn the_work_of_the_handler_is_not_idleness_and_replies_begin_it_anew() {
    async fn slow(mut conn: Connection) -> io::Result<()> {
        while let Some(line) = conn.lines().next().await? {
            sleep(seconds(100)).await;
            conn.send_line(line).await?;
        }
        Ok(())
    }
    let (_server, stagehand, mut told) = held_to(Deadlines::new().idle(seconds(10)), slow).await;
    let mut client = stagehand.connect(64);
    client.write_all(b"one\n").await.unwrap();
    passes(&mut told, Deadline::Idle, 10, 110).await;

    async fn ticks(conn: Connection) -> io::Result<()> {
        let (reader, mut writer) = conn.into_split();
        let _ticking = greenroom_core::spawn(async move {
            for _ in 0..5 {
                sleep(seconds(8)).await;
                writer.send_line("tick").await.unwrap();
            }
            std::future::pending::<()>().await;
        });
        reader.into_lines().next().await.map(drop)
    }
    let (_server, stagehand, mut told) = held_to(Deadlines::new().idle(seconds(10)), ticks).await;
    let _client = stagehand.connect(64);
    passes(&mut told, Deadline::Idle, 10, 50).await;
}

#[tokio::test(start_paused = true)]
async fn a_line_that_trickles_is_cut_at_its_whole_deadline() {
    let deadlines = Deadlines::new().request(seconds(20)).idle(seconds(10));
    let (_server, stagehand, mut told) = held_to(deadlines, echo).await;
    let mut client = stagehand.connect(64);
    sleep(seconds(5)).await;
    client.write_all(b"whole\n").await.unwrap();
    let trickle = tokio::spawn(async move {
        while client.write_all(b"x").await.is_ok() {
            sleep(seconds(1)).await;
        }
    });
    passes(&mut told, Deadline::Request, 20, 25).await;
    trickle.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_plain_reads_have_taken_has_no_deadline_any_more() {
    async fn mixed(mut conn: Connection) -> io::Result<()> {
        let waited = tokio::time::timeout(seconds(1), conn.lines().next()).await;
        assert!(waited.is_err(), "half a line is there");
        conn.read_exact(&mut [0; 4]).await?;
        conn.lines().next().await.map(drop)
    }
    let (_server, stagehand, mut told) = held_to(Deadlines::new().request(seconds(5)), mixed).await;
    let mut client = stagehand.connect(64);
    client.write_all(b"half").await.unwrap();
    sleep(seconds(60)).await;
    client.write_all(b"whole\n").await.unwrap();
    assert_eq!(told.recv().await.unwrap().0, None);
}

#[tokio::test(start_paused = true)]
async fn one_that_takes_nothing_is_cut_and_one_that_takes_something_is_not() {
    async fn pour(mut conn: Connection) -> io::Result<()> {
        for _ in 0..20 {
            conn.write_all(&[b'x'; 1000]).await?;
        }
        Ok(())
    }
    let (server, stagehand, mut told) = held_to(Deadlines::new().write(seconds(10)), pour).await;
    let _stuck = stagehand.connect(1000);
    passes(&mut told, Deadline::Write, 10, 10).await;
    until_idle().await;
    assert_eq!(server.limits().open_connections(), 0, "it is not given two seconds more");
    let mut slow = stagehand.connect(1000);
    let reading = tokio::spawn(async move {
        let mut taken = 0;
        while taken < 20_000 {
            sleep(seconds(9)).await;
            taken += slow.read(&mut [0; 2000]).await.unwrap();
        }
    });
    assert_eq!(told.recv().await.unwrap().0, None);
    reading.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn replies_that_were_gathered_are_held_to_the_deadline_of_a_write() {
    async fn gathers(mut conn: Connection) -> io::Result<()> {
        for _ in 0..100 {
            conn.send_line([b'x'; 99]).await?;
        }
        conn.lines().next().await.map(drop)
    }
    let (_server, stagehand, mut told) = held_to(Deadlines::new().write(seconds(10)), gathers).await;
    let _stuck = stagehand.connect(100);
    passes(&mut told, Deadline::Write, 10, 10).await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_over_at_its_age_whatever_it_does() {
    let (_server, stagehand, mut told) = held_to(Deadlines::new().connection(seconds(30)), echo).await;
    let mut client = stagehand.connect(64);
    tokio::spawn(async move {
        while client.write_all(b"busy\n").await.is_ok() && client.read_exact(&mut [0; 5]).await.is_ok() {
            sleep(seconds(1)).await;
        }
    });
    passes(&mut told, Deadline::Connection, 30, 30).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_set_others_and_what_has_come_counts() {
    async fn sets(mut conn: Connection) -> io::Result<()> {
        assert_eq!(conn.lines().next().await?.unwrap(), "hello");
        conn.set_deadlines(Deadlines::new().first_byte(seconds(5)).idle(seconds(20)));
        conn.lines().next().await.map(drop)
    }
    for server_has in [Deadlines::new(), Deadlines::new().idle(seconds(7))] {
        let (_server, stagehand, mut told) = held_to(server_has, sets).await;
        let mut client = stagehand.connect(64);
        client.write_all(b"hello\n").await.unwrap();
        passes(&mut told, Deadline::Idle, 20, 20).await;
    }
    async fn unsets(mut conn: Connection) -> io::Result<()> {
        conn.set_deadlines(Deadlines::new());
        conn.lines().next().await.map(drop)
    }
    let (_server, stagehand, mut told) = held_to(Deadlines::new().idle(seconds(7)), unsets).await;
    let mut client = stagehand.connect(64);
    sleep(seconds(1000)).await;
    client.write_all(b"late\n").await.unwrap();
    assert_eq!(told.recv().await.unwrap().0, None);
}

#[tokio::test(start_paused = true)]
async fn no_timer_is_set_per_read() {
    let deadlines = Deadlines::new().idle(seconds(60)).first_byte(seconds(60)).write(seconds(60));
    let (_server, stagehand, counts) = counted_as(|server| server.deadlines(deadlines), echo).await;
    let mut client = stagehand.connect(64);
    for _ in 0..1000 {
        client.write_all(b"x\n").await.unwrap();
        client.read_exact(&mut [0; 2]).await.unwrap();
        sleep(seconds(1)).await;
    }
    // Two polls for a message: one that finds it, one that waits. And one whenever the alarm rings: at most once a minute.
    let beyond = counts.reads() - 2 * 1000;
    assert!(beyond <= 1000 / 60 + 3, "{beyond} polls for nothing");
}
