use std::io;
use std::sync::Arc;

use greenroom_server::{Connection, WriteFrames, WriteHalf};
use greenroom_testkit::{Outcome, cancel_at_every_poll};
use tokio::io::AsyncReadExt;
use tokio::sync::Mutex;
use tokio_util::codec::LinesCodec;

use super::Lobby;

rows! {
    "Connection::send_line" => send_line,
    "WriteHalf::send_line" => send_line_of_half,
    "Lines::send" => send,
    "Frames::send" => send_frame,
    "WriteFrames::send" => send_frame_of_half,
}

const FIRST: &str = "longer than the way to the client";

/// Sends a line, is dropped, and sends another: the first is whole or not there.
async fn sends<W>(make: fn(Connection) -> W, send: impl AsyncFn(&mut W, &'static str)) -> usize {
    cancel_at_every_poll(
        async || {
            let mut lobby = Lobby::new().await;
            let (conn, mut client) = lobby.connect(4).await;
            let received = tokio::spawn(async move {
                let mut all = String::new();
                client.read_to_string(&mut all).await.unwrap();
                all
            });
            let writer = Arc::new(Mutex::new(make(conn)));
            let sending = {
                let (writer, send) = (Arc::clone(&writer), &send);
                async move { send(&mut *writer.lock().await, FIRST).await }
            };
            ((lobby, received, writer), sending)
        },
        async |(_lobby, received, writer), outcome| {
            send(&mut *writer.lock().await, "next").await;
            drop(writer);
            let received = received.await.unwrap();
            let both = format!("{FIRST}\nnext\n");
            match outcome {
                Outcome::Completed(()) => assert_eq!(received, both),
                _ => assert!(received == both || received == "next\n", "torn: {received:?}"),
            }
        },
    )
    .await
}

async fn send_line() -> usize {
    sends(|conn| conn, async |conn: &mut Connection, line| conn.send_line(line).await.unwrap()).await
}

async fn send_line_of_half() -> usize {
    let send = async |half: &mut WriteHalf, line| half.send_line(line).await.unwrap();
    sends(|conn| conn.into_split().1, send).await
}

async fn send() -> usize {
    sends(|conn| conn, async |conn: &mut Connection, line| conn.lines().send(line).await.unwrap()).await
}

async fn send_frame() -> usize {
    let send = async |conn: &mut Connection, line: &'static str| {
        conn.frames(LinesCodec::new()).send(line).await.unwrap();
    };
    sends(|conn| conn, send).await
}

async fn send_frame_of_half() -> usize {
    let send = async |frames: &mut WriteFrames<LinesCodec>, line: &'static str| {
        frames.send(line).await.map_err(io::Error::other).unwrap();
    };
    sends(|conn| conn.into_split().1.into_frames(LinesCodec::new()), send).await
}
