//! Halves, each in the hands of somebody else.

use std::future::{pending, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use greenroom_core::spawn;
use greenroom_server::{Connection, Deadlines, Phase, StreamServer, connect, with};
use greenroom_testkit::until_idle;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::scripted::server;

/// More than anything takes, on a paused clock: who is still waiting then was not woken.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

async fn read_to_end(client: &mut DuplexStream) -> String {
    let mut all = String::new();
    timeout(FOR_EVER, client.read_to_string(&mut all)).await.expect("nobody was woken to send").unwrap();
    all
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_waits_does_not_take_the_wake_up_of_a_writer_that_waits() {
    let (server, stagehand) = server([]);
    let server = server
        .start(async |conn: Connection| {
            let (reader, mut writer) = conn.into_split();
            let writing = spawn(async move {
                for n in 0..200 {
                    writer.send_line(format!("{n:01000}")).await?;
                }
                io::Result::Ok(())
            });
            let mut lines = reader.into_lines();
            while lines.next().await.unwrap().is_some() {}
            let _ = writing.join().await;
        })
        .await
        .unwrap();
    let mut client = stagehand.connect(4096);
    until_idle().await;
    // The reader is polled, and finds the writer's output in its way.
    client.write_all(b"poke\n").await.unwrap();
    until_idle().await;
    let mut read = 0;
    while read < 200 * 1001 {
        let mut part = [0; 3000];
        read += timeout(FOR_EVER, client.read(&mut part)).await.expect("the writer was not woken").unwrap();
        client.write_all(b"poke\n").await.unwrap();
        until_idle().await;
    }
    client.shutdown().await.unwrap();
    until_idle().await;
    assert_eq!((server.stats().active, server.stats().panicked), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn replies_of_one_task_do_not_take_the_wake_up_of_a_writer_in_another() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (server, stagehand) = server([]);
    let _server = server
        .start(with(tell, async |tell: mpsc::UnboundedSender<_>, conn: Connection| {
            let (reader, mut writer) = conn.into_split();
            // It is gathered in this task, which suspends again and again.
            writer.send_line("first").await.unwrap();
            spawn(async move {
                let result = writer.write_all(b"second\n").await;
                tell.send(result.is_ok()).unwrap();
                pending::<()>().await;
            });
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            drop(reader);
            pending::<()>().await;
        }))
        .await
        .unwrap();
    let mut client = stagehand.connect(2);
    until_idle().await;
    let mut all = [0; 13];
    timeout(FOR_EVER, client.read_exact(&mut all)).await.expect("nobody was woken to send").unwrap();
    assert_eq!(&all, b"first\nsecond\n");
    assert!(timeout(FOR_EVER, told.recv()).await.expect("the writer was not woken").unwrap());
}

#[tokio::test(start_paused = true)]
async fn what_a_dropped_writer_left_is_sent_while_the_reader_waits_for_the_client() {
    let (server, stagehand) = server([]);
    let server = server
        .start(async |conn: Connection| {
            let (reader, mut writer) = conn.into_split();
            spawn(async move {
                for _ in 0..50 {
                    writer.send_line("reply").await.unwrap();
                }
            });
            // The client says so when it has read to the end.
            assert_eq!(reader.into_lines().next().await.unwrap().unwrap(), "done");
        })
        .await
        .unwrap();
    let mut client = stagehand.connect(16);
    assert_eq!(read_to_end(&mut client).await, "reply\n".repeat(50));
    client.write_all(b"done\n").await.unwrap();
    until_idle().await;
    assert_eq!((server.stats().active, server.stats().panicked), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_last_half_is_dropped_elsewhere_is_closed_whoever_ends_first() {
    // Whether the handler returns before the halves are dropped, after it, or not at all.
    for (handler_waits, halves_wait) in [(0, 5), (5, 0), (3600, 0), (2, 2), (3, 0), (0, 0)] {
        let (server, stagehand) = server([]);
        let server = server
            .start(with((handler_waits, halves_wait), async |(own, halves): (u64, u64), conn: Connection| {
                let (reader, mut writer) = conn.into_split();
                spawn(async move {
                    writer.send_line("more than fits").await.unwrap();
                    tokio::time::sleep(Duration::from_secs(halves)).await;
                    drop((reader, writer));
                });
                tokio::task::yield_now().await;
                tokio::time::sleep(Duration::from_secs(own)).await;
            }))
            .await
            .unwrap();
        let mut client = stagehand.connect(4);
        client.write_all(b"un").await.unwrap();
        // The client reads nothing: two seconds are given to the flush.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let case = format!("handler {handler_waits} s, halves {halves_wait} s");
        assert_eq!(server.limits().open_connections(), 0, "{case}");
        assert_eq!(server.stats().active, u64::from(handler_waits == 3600), "{case}");
        assert_eq!(read_to_end(&mut client).await, "more", "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_a_connection_that_is_closed_beside_its_handler() {
    let (server, stagehand) = server([]);
    let server = server
        .start(async |mut conn: Connection| {
            conn.send_line("more than fits").await.unwrap();
            drop(conn);
            tokio::task::yield_now().await;
        })
        .await
        .unwrap();
    let mut client = stagehand.connect(4);
    until_idle().await;
    let handle = server.clone();
    let reading = tokio::spawn(async move {
        while handle.phase() < Phase::Draining {
            tokio::task::yield_now().await;
        }
        read_to_end(&mut client).await
    });
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed), (1, 0));
    assert_eq!(server.limits().open_connections(), 0);
    assert_eq!(reading.await.unwrap(), "more than fits\n");
}

#[tokio::test]
async fn halves_over_a_real_socket_carry_both_ways_at_once() {
    let server = StreamServer::bind("127.0.0.1:0")
        .start(async |conn: Connection| {
            let (reader, mut writer) = conn.into_split();
            let writing = spawn(async move {
                for n in 0..20_000 {
                    writer.send_line(format!("line {n:050}")).await?;
                }
                io::Result::Ok(())
            });
            let mut lines = reader.into_lines();
            let mut count = 0;
            while lines.next().await.unwrap().is_some() {
                count += 1;
            }
            assert_eq!(count, 20_000);
            let _ = writing.join().await;
        })
        .await
        .unwrap();
    let client = connect(&server.local_addrs()[0]).await.unwrap();
    let (mut reader, mut writer) = tokio::io::split(client);
    let sending = tokio::spawn(async move {
        writer.write_all("to the server\n".repeat(20_000).as_bytes()).await.unwrap();
        writer.shutdown().await.unwrap();
    });
    let mut all = String::new();
    reader.read_to_string(&mut all).await.unwrap();
    assert_eq!(all.lines().count(), 20_000);
    sending.await.unwrap();
    assert_eq!(server.stop().await.killed, 0);
    assert_eq!(server.stats().panicked, 0);
}

#[tokio::test(start_paused = true)]
async fn a_write_given_up_leaves_the_replies_before_it_to_its_task() {
    let (server, stagehand) = server([]);
    let _server = server
        .start(async |conn: Connection| {
            let (_reader, mut writer) = conn.into_split();
            writer.send_line("gathered").await.unwrap();
            let first = poll_fn(|context| {
                Poll::Ready(Pin::new(&mut writer).poll_write(context, b"given up").is_pending())
            });
            assert!(first.await);
            spawn(async move {
                // The writer has moved: it writes once, gives it up, and waits for something else.
                let mut write = pin!(writer.write_all(b"given up as well"));
                let pending_once =
                    poll_fn(|context| Poll::Ready(write.as_mut().poll(context).is_pending())).await;
                assert!(pending_once);
                pending::<()>().await;
            });
            pending::<()>().await;
        })
        .await
        .unwrap();
    let mut client = stagehand.connect(2);
    until_idle().await;
    let mut all = [0; 9];
    timeout(FOR_EVER, client.read_exact(&mut all)).await.expect("nobody was woken to send").unwrap();
    assert_eq!(&all, b"gathered\n");
}

#[tokio::test(start_paused = true)]
async fn reading_on_after_a_deadline_of_the_writer_has_passed_says_so_once() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (server, stagehand) = server([]);
    let _server = server
        .deadlines(Deadlines::new().write(Duration::from_secs(5)))
        .start(with(tell, async |tell: mpsc::UnboundedSender<_>, conn: Connection| {
            let (_reader, mut writer) = conn.into_split();
            writer.send_line("more than fits").await.unwrap();
            tokio::time::sleep(Duration::from_secs(60)).await;
            tell.send(writer.send_line("next").await.map_err(|error| error.kind())).unwrap();
        }))
        .await
        .unwrap();
    let _client = stagehand.connect(2);
    assert_eq!(told.recv().await.unwrap(), Err(io::ErrorKind::TimedOut));
}
