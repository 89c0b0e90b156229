//! Rows 26, 27, 29 and 31: clients that send nothing, little by little, or nothing any more. The clock is paused.

use std::io;
use std::time::Duration;

use greenroom::{
    Connection, Deadlines, MemoryConnector, MemoryListener, ServerHandle, StreamServer, WithTimeout,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;
use tokio_util::codec::LengthDelimitedCodec;

use crate::baseline::{ask, assert_recovered, echo, until};

const SECOND: Duration = Duration::from_secs(1);

async fn server(deadlines: Deadlines) -> (ServerHandle, MemoryConnector) {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    (StreamServer::on(listener).deadlines(deadlines).start(echo).await.unwrap(), connector)
}

/// Sends one byte a second, until it cannot. How long that went on.
async fn dribble(client: &mut DuplexStream) -> Duration {
    let start = Instant::now();
    while client.write_all(b"x").await.is_ok() {
        tokio::time::sleep(SECOND).await;
    }
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_nothing_is_closed_when_its_first_byte_is_due() {
    let (server, connector) = server(Deadlines::new().first_byte(10 * SECOND)).await;
    let start = Instant::now();
    let mut silent = [connector.connect().await.unwrap(), connector.connect().await.unwrap()];
    for client in &mut silent {
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(start.elapsed(), 10 * SECOND);
    }
    until(|| server.stats().failed == 2).await;
    assert_recovered(&server, connector.connect().await.unwrap()).await;
}

#[tokio::test(start_paused = true)]
async fn a_line_that_trickles_in_is_due_as_a_whole() {
    // Each of its bytes is in time.
    let deadlines = Deadlines::new().first_byte(2 * SECOND).idle(2 * SECOND).request(20 * SECOND);
    let (server, connector) = server(deadlines).await;
    let mut slow = connector.connect().await.unwrap();
    let took = dribble(&mut slow).await;
    assert!(took >= 20 * SECOND && took <= 22 * SECOND, "{took:?}");
    // Many lines may take longer than one.
    let mut steady = connector.connect().await.unwrap();
    for _ in 0..30 {
        assert!(ask(&mut steady, "in time").await);
        tokio::time::sleep(SECOND).await;
    }
    drop(steady);
    until(|| server.stats().failed == 1).await;
    assert_recovered(&server, connector.connect().await.unwrap()).await;
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_trickles_in_is_due_as_a_whole() {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let handler = async |mut conn: Connection| -> io::Result<()> {
        let mut frames = conn.frames(LengthDelimitedCodec::new());
        while let Some(frame) = frames.next().await? {
            frames.send(frame.freeze()).await?;
        }
        Ok(())
    };
    let deadlines = Deadlines::new().idle(2 * SECOND).request(20 * SECOND);
    let server = StreamServer::on(listener).deadlines(deadlines).start(handler).await.unwrap();
    let mut slow = connector.connect().await.unwrap();
    slow.write_all(&1000_u32.to_be_bytes()).await.unwrap();
    let took = dribble(&mut slow).await;
    assert!(took >= 20 * SECOND && took <= 22 * SECOND, "{took:?}");
    until(|| server.stats().failed == 1 && server.stats().active == 0).await;
    assert_eq!(server.limits().open_connections(), 0);
    let mut fresh = connector.connect().await.unwrap();
    fresh.write_all(b"\0\0\0\x04body").await.unwrap();
    let mut frame = [0; 8];
    fresh.read_exact(&mut frame).await.unwrap();
    assert_eq!(&frame, b"\0\0\0\x04body");
}

/// A head that says how long the body is, and the body. Plain reads know no requests: their limit is composed.
async fn post(mut conn: Connection) -> io::Result<()> {
    while let Some(head) = conn.lines().next().await? {
        let length = head.parse().map_err(io::Error::other)?;
        let mut body = vec![0; length];
        let reading = conn.read_exact(&mut body).timeout(20 * SECOND).await;
        reading.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        conn.write_all(&body).await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_in_is_due_as_a_whole() {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let server = StreamServer::on(listener).start(post).await.unwrap();
    let mut slow = connector.connect().await.unwrap();
    slow.write_all(b"1000\n").await.unwrap();
    let took = dribble(&mut slow).await;
    assert!(took >= 20 * SECOND && took <= 22 * SECOND, "{took:?}");
    until(|| server.stats().failed == 1 && server.stats().active == 0).await;
    assert_eq!(server.limits().open_connections(), 0);
    let mut fresh = connector.connect().await.unwrap();
    fresh.write_all(b"4\nbody").await.unwrap();
    let mut body = [0; 4];
    fresh.read_exact(&mut body).await.unwrap();
    assert_eq!(&body, b"body");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_vanished_gives_its_place_back_when_it_has_been_idle() {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let deadlines = Deadlines::new().idle(60 * SECOND);
    let server =
        StreamServer::on(listener).max_connections(1).deadlines(deadlines).start(echo).await.unwrap();
    let mut vanished = connector.connect().await.unwrap();
    assert!(ask(&mut vanished, "still here").await);
    let start = Instant::now();
    // No end of input, no reset: the cable is cut. The next client waits for the only place.
    let mut next = connector.connect().await.unwrap();
    assert!(ask(&mut next, "next").await);
    assert_eq!(start.elapsed(), 60 * SECOND);
    drop(next);
    assert_recovered(&server, connector.connect().await.unwrap()).await;
    drop(vanished);
}
