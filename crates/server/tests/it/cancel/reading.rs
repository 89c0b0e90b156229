use std::sync::Arc;

use greenroom_server::{Connection, Stopper};
use greenroom_testkit::{cancel_at_every_poll, until_idle};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::Mutex;
use tokio_util::codec::LinesCodec;

use super::Lobby;

rows! {
    "Connection::recv" => recv,
    "Connection::peek" => peek,
    "ReadHalf::recv" => recv_of_half,
    "Lines::next" => lines,
    "ReadLines::next" => lines_of_half,
    "Frames::next" => frames,
    "ReadFrames::next" => frames_of_half,
    "Connection::copy_to" => copy_to,
    "Stopped" => stopped,
}

const TEXT: &[u8] = b"abc\nrest\n";

/// Reads once, is dropped, and reads the rest: nothing is lost, and nothing comes twice.
async fn reads<R>(
    make: fn(Connection) -> R,
    next: impl AsyncFn(&mut R) -> Vec<u8>,
    rest: impl AsyncFn(&mut R) -> Vec<u8>,
) -> usize {
    cancel_at_every_poll(
        async || {
            let mut lobby = Lobby::new().await;
            let (conn, mut client) = lobby.connect(64).await;
            tokio::spawn(async move {
                for part in [&b"a"[..], b"bc", b"\nre", b"st\n"] {
                    until_idle().await;
                    client.write_all(part).await?;
                }
                client.shutdown().await?;
                client.read_to_end(&mut Vec::new()).await
            });
            let reader = Arc::new(Mutex::new(make(conn)));
            let read = {
                let (reader, next) = (Arc::clone(&reader), &next);
                async move { next(&mut *reader.lock().await).await }
            };
            ((lobby, reader), read)
        },
        async |(_lobby, reader), outcome| {
            let mut all = outcome.completed().unwrap_or_default();
            all.extend(rest(&mut *reader.lock().await).await);
            assert_eq!(String::from_utf8_lossy(&all), String::from_utf8_lossy(TEXT));
        },
    )
    .await
}

async fn to_end(reader: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).await.unwrap();
    rest
}

fn with_end(line: &str) -> Vec<u8> {
    format!("{line}\n").into()
}

async fn recv() -> usize {
    let next = async |conn: &mut Connection| conn.recv().await.unwrap().unwrap().to_vec();
    reads(|conn| conn, next, async |conn| to_end(conn).await).await
}

/// What it saw stays.
async fn peek() -> usize {
    let next = async |conn: &mut Connection| {
        assert_eq!(&*conn.peek(4).await.unwrap(), &TEXT[..4]);
        Vec::new()
    };
    reads(|conn| conn, next, async |conn| to_end(conn).await).await
}

async fn recv_of_half() -> usize {
    let next = async |half: &mut greenroom_server::ReadHalf| half.recv().await.unwrap().unwrap().to_vec();
    reads(|conn| conn.into_split().0, next, async |half| to_end(half).await).await
}

async fn lines() -> usize {
    let next = async |conn: &mut Connection| with_end(&conn.lines().next().await.unwrap().unwrap());
    reads(|conn| conn, next, async |conn| to_end(conn).await).await
}

async fn lines_of_half() -> usize {
    let next =
        async |lines: &mut greenroom_server::ReadLines| with_end(&lines.next().await.unwrap().unwrap());
    let rest = async |lines: &mut greenroom_server::ReadLines| {
        let mut rest = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            rest.extend(with_end(&line));
        }
        rest
    };
    reads(|conn| conn.into_split().0.into_lines(), next, rest).await
}

async fn frames() -> usize {
    let next = async |conn: &mut Connection| {
        with_end(&conn.frames(LinesCodec::new()).next().await.unwrap().unwrap())
    };
    reads(|conn| conn, next, async |conn| to_end(conn).await).await
}

async fn frames_of_half() -> usize {
    type Frames = greenroom_server::ReadFrames<LinesCodec>;
    let next = async |frames: &mut Frames| with_end(&frames.next().await.unwrap().unwrap());
    let rest = async |frames: &mut Frames| {
        let mut rest = Vec::new();
        while let Some(line) = frames.next().await.unwrap() {
            rest.extend(with_end(&line));
        }
        rest
    };
    reads(|conn| conn.into_split().0.into_frames(LinesCodec::new()), next, rest).await
}

async fn copy_to() -> usize {
    cancel_at_every_poll(
        async || {
            let mut lobby = Lobby::new().await;
            let (mut conn, mut client) = lobby.connect(4).await;
            let (mut ours, mut theirs) = duplex(3);
            tokio::spawn(async move {
                client.write_all(TEXT).await?;
                client.shutdown().await?;
                client.read_to_end(&mut Vec::new()).await
            });
            let received = tokio::spawn(async move { to_end(&mut theirs).await });
            let copy = async move { conn.copy_to(&mut ours).await.unwrap() };
            ((lobby, received), copy)
        },
        async |(lobby, received), outcome| {
            // The other stream and the connection went with the future.
            let received = received.await.unwrap();
            assert!(TEXT.starts_with(&received));
            if let Some(copied) = outcome.completed() {
                assert_eq!((copied, &*received), ((TEXT.len() as u64, 0), TEXT));
            }
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            assert_eq!(lobby.server.limits().open_connections(), 0);
        },
    )
    .await
}

async fn stopped() -> usize {
    cancel_at_every_poll(
        async || {
            let stopper = Stopper::new();
            let signal = stopper.signal();
            let other = tokio::spawn(signal.stopped());
            tokio::spawn(async move {
                until_idle().await;
                stopper.stop();
            });
            ((other, signal.clone()), signal.stopped())
        },
        async |(other, signal), _| {
            other.await.unwrap();
            signal.stopped().await;
        },
    )
    .await
}
