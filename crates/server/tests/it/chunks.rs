//! Chunks, as `recv` hands them out.

use std::io;

use bytes::{Buf, Bytes};
use greenroom_server::{Chunk, Connection, with};
use greenroom_testkit::until_idle;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_util::codec::BytesCodec;

use crate::pieces::{Pieces, Readings, for_all};
use crate::scripted::{one_client, server};

#[tokio::test(start_paused = true)]
async fn a_chunk_has_at_most_64_kib_and_all_of_them_are_what_was_sent() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (server, stagehand) = server([]);
    let _server = server
        .start(with(tell, async |tell: mpsc::UnboundedSender<Option<Bytes>>, mut conn: Connection| {
            while let Some(chunk) = conn.recv().await.unwrap() {
                tell.send(Some(chunk.into_bytes())).unwrap();
            }
            tell.send(None).unwrap();
        }))
        .await
        .unwrap();
    let mut client = stagehand.connect(1024 * 1024);
    let sent: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    client.write_all(&sent).await.unwrap();
    client.shutdown().await.unwrap();
    let mut all = Vec::new();
    while let Some(chunk) = told.recv().await.unwrap() {
        assert!((1..=64 * 1024).contains(&chunk.len()));
        all.extend_from_slice(&chunk);
    }
    assert!(all == sent);
}

#[tokio::test(start_paused = true)]
async fn there_are_no_more_chunks_at_the_end_and_when_the_server_stops() {
    async fn swallow(mut conn: Connection) -> io::Result<()> {
        while conn.recv().await?.is_some() {}
        assert!(conn.recv().await?.is_none(), "it stays so");
        conn.send_line("done").await
    }
    for stopped in [false, true] {
        let (server, mut client) = one_client(swallow).await;
        client.write_all(b"something").await.unwrap();
        until_idle().await;
        if stopped {
            assert_eq!(server.stop().await.drained, 1);
        } else {
            client.shutdown().await.unwrap();
        }
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert_eq!((answer.as_str(), server.stats().panicked), ("done\n", 0));
    }
}

#[tokio::test(start_paused = true)]
async fn what_had_come_before_a_stop_is_handed_out() {
    let (server, stagehand) = server([]);
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = server
        .start(with(tell, async |tell: mpsc::UnboundedSender<_>, mut conn: Connection| {
            // It stands in the system while the handler is busy.
            conn.stopping().await;
            while let Some(chunk) = conn.recv().await.unwrap() {
                tell.send(chunk.to_vec()).unwrap();
            }
        }))
        .await
        .unwrap();
    let mut client = stagehand.connect(64);
    client.write_all(b"in time").await.unwrap();
    until_idle().await;
    assert_eq!(server.stop().await.drained, 1);
    assert_eq!(told.recv().await.unwrap(), b"in time");
}

/// How a handler reads next.
#[derive(Debug, Clone, Copy)]
enum Way {
    Line,
    Chunk,
    Frame,
    Plain(usize),
}

#[test]
fn nothing_is_lost_or_doubled_when_ways_of_reading_follow_one_another() {
    type State = mpsc::UnboundedSender<Vec<u8>>;
    let (give_ways, take_ways) = std::sync::mpsc::channel::<(Vec<Way>, bool)>();
    let ways = std::sync::Arc::new(std::sync::Mutex::new(take_ways));
    let mut readings = Readings::of(|tell| {
        with(
            (tell, ways),
            async |(tell, ways): (State, std::sync::Arc<std::sync::Mutex<std::sync::mpsc::Receiver<_>>>),
                   mut conn: Connection| {
                let (ways, split): (Vec<Way>, bool) = ways.lock().unwrap().recv().unwrap();
                let mut all = Vec::new();
                for way in ways {
                    match way {
                        Way::Line => {
                            if let Some(line) = conn.lines().next().await.unwrap() {
                                // The model has no `\r`, and only the last line lacks its end.
                                all.extend_from_slice(line.as_bytes());
                                all.push(b'\n');
                            }
                        }
                        Way::Chunk => {
                            all.extend(conn.recv().await.unwrap().iter().flat_map(|chunk| chunk.to_vec()))
                        }
                        Way::Frame => {
                            all.extend(
                                conn.frames(BytesCodec::new()).next().await.unwrap().unwrap_or_default(),
                            );
                        }
                        Way::Plain(n) => {
                            let mut buffer = vec![0; n];
                            let n = conn.read(&mut buffer).await.unwrap();
                            all.extend_from_slice(&buffer[..n]);
                        }
                    }
                }
                if split {
                    let (mut reader, _writer) = conn.into_split();
                    while let Some(chunk) = reader.recv().await.unwrap() {
                        all.extend_from_slice(&chunk);
                    }
                } else {
                    conn.read_to_end(&mut all).await.unwrap();
                }
                tell.send(all).unwrap();
            },
        )
    });
    let way =
        prop_oneof![Just(Way::Line), Just(Way::Chunk), Just(Way::Frame), (1..6usize).prop_map(Way::Plain),];
    let byte = prop_oneof![3 => Just(b'a'), 1 => Just(b'b'), 1 => Just(b'\n')];
    let cases = (vec(byte, 0..40), vec(any::<usize>(), 0..12), vec(way, 0..6), any::<bool>());
    for_all(2000, cases, |(mut text, cuts, ways, split)| {
        // So that a line that is read always had an end.
        text.push(b'\n');
        give_ways.send((ways.clone(), split)).unwrap();
        let all = readings.read(Pieces::cut(&text, &cuts));
        assert_eq!(all, text, "{ways:?}, cut at {cuts:?}");
    });
}

#[tokio::test(start_paused = true)]
async fn a_chunk_may_be_used_up_bit_by_bit_and_kept() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (_server, mut client) =
        one_client(with(tell, async |tell: mpsc::UnboundedSender<Chunk>, mut conn: Connection| {
            assert_eq!(conn.lines().next().await.unwrap().unwrap(), "line");
            // What was read ahead, and then what comes.
            for _ in 0..2 {
                tell.send(conn.recv().await.unwrap().unwrap()).unwrap();
            }
        }))
        .await;
    client.write_all(b"line\nrest").await.unwrap();
    until_idle().await;
    client.write_all(b"more").await.unwrap();
    for expected in ["rest", "more"] {
        let mut chunk = told.recv().await.unwrap();
        assert_eq!((&*chunk, chunk.remaining()), (expected.as_bytes(), 4));
        assert!(!format!("{chunk:?}").contains(expected), "its bytes are nobody's business");
        chunk.advance(1);
        assert_eq!(chunk.into_bytes(), expected[1..]);
    }
}
