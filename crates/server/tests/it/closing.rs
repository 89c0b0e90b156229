//! How connections are closed, and what of them outlives their handlers.

use std::io;
use std::time::Duration;

use greenroom_core::{bracket, finally, spawn};
use greenroom_server::{Connection, StreamServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::scripted::{one_client, settle};

#[tokio::test(start_paused = true)]
async fn dropping_the_connection_finishes_sending_before_the_handler_returns() {
    let (server, mut client) = one_client(async |mut conn: Connection| {
        conn.send_line("bye").await.unwrap();
        drop(conn);
        std::future::pending::<()>().await;
    })
    .await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "bye\n");
    assert_eq!(server.stats().active, 1);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_writing_half_finishes_sending_and_reading_goes_on() {
    let (server, mut client) = one_client(async |conn: Connection| {
        let (reader, mut writer) = conn.into_split();
        writer.send_line("over to you").await.unwrap();
        drop(writer);
        assert_eq!(reader.into_lines().next().await.unwrap().unwrap(), "thanks");
    })
    .await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "over to you\n");
    client.write_all(b"thanks\n").await.unwrap();
    settle().await;
    assert_eq!((server.stats().active, server.stats().panicked), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn halves_that_outlive_their_handler_fail_and_do_not_hang() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (_server, mut client) = one_client(move |conn: Connection| {
        let tell = tell.clone();
        async move {
            let (reader, mut writer) = conn.into_split();
            let mut lines = reader.into_lines();
            spawn(async move {
                let read = lines.next().await.unwrap_err().kind();
                let write = writer.send_line("late").await.unwrap_err().kind();
                tell.send((read, write)).unwrap();
            });
            // The reader is parked by then.
            settle().await;
        }
    })
    .await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "");
    assert_eq!(told.recv().await.unwrap(), (io::ErrorKind::NotConnected, io::ErrorKind::NotConnected));
}

#[tokio::test(start_paused = true)]
async fn a_killed_handler_says_goodbye_before_its_connection_is_closed() {
    let (server, mut client) = one_client(async |conn: Connection| {
        bracket(
            conn,
            async |_| std::future::pending::<()>().await,
            |mut conn| async move { conn.send_line("goodbye").await },
        )
        .await;
    })
    .await;
    settle().await;
    let report = server.stop_within(Duration::from_secs(1)).await;
    assert_eq!((report.drained, report.killed, report.cut_off), (0, 1, 0));
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "goodbye\n");
    assert_eq!(server.stats().killed, 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_panic_leaves_to_clean_up_runs_before_the_connection_is_closed() {
    let (server, mut client) = one_client(async |conn: Connection| {
        let (_reader, mut writer) = conn.into_split();
        finally(
            async {
                tokio::task::yield_now().await;
                panic!("as told");
            },
            async move { writer.send_line("sorry").await },
        )
        .await
    })
    .await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "sorry\n");
    settle().await;
    assert_eq!(server.stats().panicked, 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_drops_half_done_is_cleaned_up_before_the_connection_is_closed() {
    let (_server, mut client) = one_client(async |conn: Connection| {
        let (_reader, mut writer) = conn.into_split();
        tokio::select! {
            biased;
            () = finally(std::future::pending(), async move { writer.send_line("farewell").await }) => {}
            () = std::future::ready(()) => {}
        }
    })
    .await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "farewell\n");
}

#[tokio::test(start_paused = true)]
async fn what_a_client_still_sends_is_read_and_forgotten_for_half_a_second() {
    let (server, stagehand) = crate::scripted::server([]);
    let server = server.start(async |_conn: Connection| {}).await.unwrap();

    let mut client = stagehand.connect(16);
    client.write_all(&[0; 1000]).await.expect("it is not cut off in the middle");
    client.shutdown().await.unwrap();
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);

    let mut endless = stagehand.connect(16);
    let start = tokio::time::Instant::now();
    while endless.write_all(&[0; 8]).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(start.elapsed() < Duration::from_millis(600), "{:?}", start.elapsed());
    settle().await;
    assert_eq!(server.stats().active, 0);

    // One that sends nothing is not waited for.
    let mut silent = stagehand.connect(16);
    let start = tokio::time::Instant::now();
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
    settle().await;
    assert_eq!((server.stats().active, start.elapsed()), (0, Duration::ZERO));
}

#[tokio::test]
async fn last_words_arrive_although_the_client_was_still_sending() {
    let server = StreamServer::bind("127.0.0.1:0")
        .start(async |mut conn: Connection| {
            let error = conn.lines().limit(100).next().await.unwrap_err();
            conn.send_line(error.to_string()).await
        })
        .await
        .unwrap();
    for _ in 0..20 {
        let (mut reader, mut writer) =
            TcpStream::connect(server.local_addrs()[0].as_socket().unwrap()).await.unwrap().into_split();
        let sending = tokio::spawn(async move {
            // It may well fail in the middle; what counts is what is read.
            let _ = writer.write_all(&vec![0; 300_000]).await;
        });
        let mut answer = String::new();
        reader.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "line longer than 100 bytes\n");
        sending.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_holds_a_finished_connection_two_seconds_at_most() {
    let (server, stagehand) = crate::scripted::server([]);
    let server = server
        .start(async |mut conn: Connection| {
            conn.send_line("more than fits").await.unwrap();
        })
        .await
        .unwrap();
    let _client = stagehand.connect(4);
    tokio::time::sleep(Duration::from_millis(1900)).await;
    assert_eq!(server.stats().active, 1);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.stats().active, 0);
}
