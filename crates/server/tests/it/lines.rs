//! Lines, as a handler reads and sends them.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use greenroom_server::{Connection, LineError, ServerHandle};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;

use crate::scripted::{one_client, server, settle};

/// A server that tells every line it reads, and how it ended.
async fn telling(
    limit: usize,
) -> (ServerHandle, DuplexStream, mpsc::UnboundedReceiver<Result<String, String>>) {
    let (tell, told) = mpsc::unbounded_channel();
    let (server, client) = one_client(move |mut conn: Connection| {
        let tell = tell.clone();
        async move {
            let mut lines = conn.lines().limit(limit);
            loop {
                match lines.next().await {
                    Ok(Some(line)) => tell.send(Ok(line.into_string())).unwrap(),
                    Ok(None) => return,
                    Err(error) => {
                        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
                        let gone_on = error.get_ref().unwrap().downcast_ref::<LineError>();
                        let too_long = matches!(gone_on, Some(LineError::TooLong { .. }));
                        tell.send(Err(error.to_string())).unwrap();
                        if too_long {
                            return;
                        }
                    }
                }
            }
        }
    })
    .await;
    (server, client, told)
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

async fn all<T>(mut told: mpsc::UnboundedReceiver<T>) -> Vec<T> {
    let mut all = Vec::new();
    while let Some(one) = told.recv().await {
        all.push(one);
    }
    all
}

#[tokio::test(start_paused = true)]
async fn lines_are_the_same_wherever_the_bytes_are_split() {
    let text = "alpha\r\nbe\rta\n\n\r\nw\u{f6}rld\nlast".as_bytes();
    let expected = ["alpha", "be\rta", "", "", "w\u{f6}rld", "last"].map(|line| Ok(line.to_owned()));
    for first in 0..=text.len() {
        for second in first..=text.len() {
            let (server, mut client, told) = telling(100).await;
            for part in [&text[..first], &text[first..second], &text[second..]] {
                client.write_all(part).await.unwrap();
                settle().await;
            }
            drop(client);
            server.stop().await;
            drop(server);
            assert_eq!(all(told).await, expected, "split at {first} and {second}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_may_have_as_many_bytes_as_the_limit_says() {
    let too_long = || Err("line longer than 8 bytes".to_owned());
    type Told = Vec<Result<String, String>>;
    let table: [(&[u8], Told); 6] = [
        (b"12345678\n1\n", vec![Ok("12345678".into()), Ok("1".into())]),
        (b"12345678\r\n1\n", vec![Ok("12345678".into()), Ok("1".into())]),
        (b"123456789\n", vec![too_long()]),
        (b"123456789\r\n", vec![too_long()]),
        (b"12345678\r", vec![Ok("12345678\r".into())]),
        (b"ok\n1234567890", vec![Ok("ok".into()), too_long()]),
    ];
    for (text, expected) in table {
        let (server, mut client, told) = telling(8).await;
        client.write_all(text).await.unwrap();
        client.shutdown().await.unwrap();
        settle().await;
        server.stop().await;
        drop(server);
        assert_eq!(all(told).await, expected, "{:?}", text.escape_ascii().to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_without_an_end_is_refused_as_soon_as_it_is_too_long() {
    let (_server, mut client, mut told) = telling(8).await;
    client.write_all(b"12345678\r").await.unwrap();
    settle().await;
    assert!(told.try_recv().is_err(), "the end may yet come");
    client.write_all(b"x").await.unwrap();
    assert_eq!(told.recv().await.unwrap(), Err("line longer than 8 bytes".into()));
}

#[tokio::test(start_paused = true)]
async fn the_framing_of_a_line_too_long_is_lost_for_good() {
    let (server, mut client) = one_client(async |mut conn: Connection| {
        let first = conn.lines().limit(3).next().await.unwrap_err().to_string();
        let second = conn.lines().limit(3).next().await.unwrap_err().to_string();
        assert_eq!(first, second);
    })
    .await;
    client.write_all(b"12345\nabc\n").await.unwrap();
    settle().await;
    drop(client);
    server.stop().await;
    assert_eq!((server.stats().accepted, server.stats().panicked), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_not_text_is_named_and_the_next_is_read() {
    let (server, mut client, told) = telling(100).await;
    client.write_all(b"good\nba\xffd\nafter\n\xc3").await.unwrap();
    drop(client);
    settle().await;
    server.stop().await;
    drop(server);
    let bad = |at: usize| Err(format!("line is not valid UTF-8 at byte {at}"));
    assert_eq!(all(told).await, [Ok("good".into()), bad(2), Ok("after".into()), bad(0)]);
}

#[tokio::test(start_paused = true)]
async fn a_read_given_up_at_any_moment_loses_nothing() {
    let (tell, told) = mpsc::unbounded_channel();
    let (server, mut client) = one_client(move |mut conn: Connection| {
        let tell = tell.clone();
        async move {
            loop {
                // A new `Lines`, and a future dropped after one poll, every time.
                let mut lines = conn.lines();
                let polled = {
                    let mut next = pin!(lines.next());
                    poll_once(next.as_mut()).await
                };
                match polled {
                    Poll::Pending => tokio::task::yield_now().await,
                    Poll::Ready(Ok(Some(line))) => tell.send(line.into_string()).unwrap(),
                    Poll::Ready(_) => return,
                }
            }
        }
    })
    .await;
    for byte in b"one\r\ntwo\nthree" {
        client.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    drop(client);
    settle().await;
    server.stop().await;
    drop(server);
    assert_eq!(all(told).await, ["one", "two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn lines_plain_reads_and_halves_follow_one_another() {
    let (server, mut client) = one_client(async |mut conn: Connection| {
        assert_eq!(conn.lines().next().await?.unwrap(), "header");
        let mut body = [0; 4];
        conn.read_exact(&mut body).await?;
        assert_eq!(&body, b"bo\ny");
        let (reader, mut writer) = conn.into_split();
        let mut lines = reader.into_lines();
        assert_eq!(lines.next().await?.unwrap(), "trailer");
        assert_eq!(lines.next().await?, None);
        writer.send_line("done").await
    })
    .await;
    client.write_all(b"header\nbo\nytrailer\n").await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "done\n");
    server.stop().await;
    assert_eq!((server.stats().failed, server.stats().panicked), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_ends_as_it_was_asked_to() {
    let (_server, mut client) = one_client(async |mut conn: Connection| {
        conn.lines().send("plain").await?;
        conn.lines().crlf().send(b"network").await?;
        conn.send_line(String::from("owned")).await
    })
    .await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "plain\nnetwork\r\nowned\n");
}

#[tokio::test(start_paused = true)]
async fn a_send_given_up_in_the_middle_does_not_tear_the_line() {
    let (server, stagehand) = server([]);
    let _server = server
        .start(async |mut conn: Connection| {
            {
                let mut lines = conn.lines();
                lines.send(vec![b'x'; 64 * 1024 - 1]).await?;
                // No more is gathered, so this one waits; given up, it is not sent at all.
                let mut send = pin!(lines.send("given up"));
                assert!(poll_once(send.as_mut()).await.is_pending());
            }
            conn.write_all(b"[raw]").await?;
            conn.send_line("the next").await
        })
        .await
        .unwrap();
    // Four bytes fit on the way, so the first send cannot end at once.
    let mut client = stagehand.connect(4);
    settle().await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, format!("{}\n[raw]the next\n", "x".repeat(64 * 1024 - 1)));
}

#[tokio::test(start_paused = true)]
async fn a_line_gathered_as_the_last_act_is_sent_when_the_connection_closes() {
    let (server, stagehand) = server([]);
    let _server = server
        .start(async |mut conn: Connection| {
            let mut send = pin!(conn.send_line("last words"));
            assert!(poll_once(send.as_mut()).await.is_ready());
        })
        .await
        .unwrap();
    let mut client = stagehand.connect(4);
    settle().await;
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "last words\n");
}

#[tokio::test(start_paused = true)]
async fn stopping_is_the_end_of_input_once_what_was_sent_is_read() {
    let (server, mut client, told) = telling(100).await;
    settle().await;
    client.write_all(b"one\ntwo\n").await.unwrap();
    let report = server.stop().await;
    assert_eq!((report.drained, report.took), (1, Duration::ZERO));
    drop(server);
    assert_eq!(all(told).await, [Ok("one".into()), Ok("two".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_line_begun_before_the_stop_may_still_be_finished() {
    let (server, mut client, told) = telling(100).await;
    client.write_all(b"one\nhal").await.unwrap();
    settle().await;
    let end = server.stop();
    settle().await;
    assert_eq!(server.stats().active, 1, "it waits for the rest");
    client.write_all(b"f\n").await.unwrap();
    assert_eq!(end.await.drained, 1);
    drop(server);
    assert_eq!(all(told).await, [Ok("one".into()), Ok("half".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_wakes_a_reader_of_a_half_too() {
    let (server, _client) = one_client(async |conn: Connection| {
        let (reader, _writer) = conn.into_split();
        assert_eq!(reader.into_lines().next().await.unwrap(), None);
    })
    .await;
    settle().await;
    assert_eq!(server.stop().await.drained, 1);
    assert_eq!(server.stats().panicked, 0);
}
