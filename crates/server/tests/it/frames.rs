//! Frames of the codecs of tokio-util, and of one's own.

use std::io;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use greenroom_core::spawn;
use greenroom_server::{Connection, Deadlines, with};
use greenroom_testkit::until_idle;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_util::codec::{BytesCodec, Decoder, Encoder, LengthDelimitedCodec, LinesCodec};

use crate::pieces::{Pieces, Readings, for_all};
use crate::scripted::{one_client, server};

/// What a codec makes of bytes that come all at once.
fn at_once<C: Decoder<Error: From<io::Error> + ToString>>(
    mut codec: C,
    bytes: &[u8],
) -> Vec<Result<C::Item, String>> {
    let mut input = BytesMut::from(bytes);
    let mut frames = Vec::new();
    let mut step = |frame: Result<Option<C::Item>, C::Error>| {
        let more = matches!(frame, Ok(Some(_)));
        frames.extend(frame.map_err(|error| error.to_string()).transpose());
        more
    };
    while step(codec.decode(&mut input)) {}
    while step(codec.decode_eof(&mut input)) {}
    frames
}

async fn frames_of<C: Decoder<Error: ToString>>(
    mut conn: Connection,
    codec: C,
) -> Vec<Result<C::Item, String>> {
    let mut frames = conn.frames(codec);
    let mut told = Vec::new();
    loop {
        match frames.next().await {
            Ok(Some(frame)) => told.push(Ok(frame)),
            Ok(None) => return told,
            Err(error) => {
                told.push(Err(error.to_string()));
                return told;
            }
        }
    }
}

#[test]
fn length_delimited_frames_are_the_same_wherever_they_are_cut() {
    let mut readings = Readings::of(|tell| {
        with(tell, async |tell: mpsc::UnboundedSender<_>, conn: Connection| {
            tell.send(
                frames_of(conn, LengthDelimitedCodec::builder().max_frame_length(50).new_codec()).await,
            )
            .unwrap();
        })
    });
    let cases = (vec(vec(any::<u8>(), 0..60), 0..6), vec(any::<usize>(), 0..12), 0..10usize);
    for_all(1500, cases, |(frames, cuts, missing)| {
        let mut bytes = BytesMut::new();
        let mut codec = LengthDelimitedCodec::new();
        for frame in &frames {
            codec.encode(Bytes::copy_from_slice(frame), &mut bytes).unwrap();
        }
        // The last one may be cut short.
        bytes.truncate(bytes.len().saturating_sub(missing));
        let codec = LengthDelimitedCodec::builder().max_frame_length(50).new_codec();
        let mut expected = at_once(codec, &bytes);
        if let Some(wrong) = expected.iter().position(Result::is_err) {
            expected.truncate(wrong + 1);
        }
        assert_eq!(readings.read(Pieces::cut(&bytes, &cuts)), expected);
    });
}

#[test]
fn lines_of_a_codec_are_the_same_wherever_they_are_cut() {
    let mut readings = Readings::of(|tell| {
        with(tell, async |tell: mpsc::UnboundedSender<_>, conn: Connection| {
            tell.send(frames_of(conn, LinesCodec::new()).await).unwrap();
        })
    });
    let byte = prop_oneof![3 => Just(b'a'), 1 => Just(b'\n'), 1 => Just(b'\r')];
    for_all(1500, (vec(byte, 0..40), vec(any::<usize>(), 0..12)), |(bytes, cuts)| {
        assert_eq!(readings.read(Pieces::cut(&bytes, &cuts)), at_once(LinesCodec::new(), &bytes));
    });
}

#[test]
fn bytes_of_a_codec_are_all_the_bytes() {
    let mut readings = Readings::of(|tell| {
        with(tell, async |tell: mpsc::UnboundedSender<_>, conn: Connection| {
            tell.send(frames_of(conn, BytesCodec::new()).await).unwrap();
        })
    });
    for_all(500, (vec(any::<u8>(), 0..100), vec(any::<usize>(), 0..12)), |(bytes, cuts)| {
        let frames = readings.read(Pieces::cut(&bytes, &cuts));
        let all: Vec<u8> = frames.into_iter().flat_map(|frame| frame.unwrap().to_vec()).collect();
        assert_eq!(all, bytes);
    });
}

/// Frames of one byte each; `!` is an error, and `?` a panic.
struct Touchy;

impl Decoder for Touchy {
    type Item = u8;
    type Error = io::Error;

    fn decode(&mut self, input: &mut BytesMut) -> io::Result<Option<u8>> {
        if !input.has_remaining() {
            return Ok(None);
        }
        match input.get_u8() {
            b'!' => Err(io::Error::other("touched")),
            b'?' => panic!("touched"),
            byte => Ok(Some(byte)),
        }
    }
}

impl Encoder<u8> for Touchy {
    type Error = io::Error;

    fn encode(&mut self, byte: u8, output: &mut BytesMut) -> io::Result<()> {
        output.put_u8(byte);
        if byte == b'#' { Err(io::Error::other("not sent")) } else { Ok(()) }
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_codec_is_the_handlers_and_what_comes_after_is_its_choice() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (_server, mut client) =
        one_client(with(tell, async |tell: mpsc::UnboundedSender<_>, mut conn: Connection| {
            let mut frames = conn.frames(Touchy);
            for _ in 0..4 {
                tell.send(frames.next().await.map_err(|error| error.to_string())).unwrap();
            }
            let sent = frames.send(b'#').await.map_err(|error| error.to_string());
            assert_eq!(sent, Err("not sent".into()));
            frames.send(b'.').await.unwrap();
        }))
        .await;
    client.write_all(b"a!b").await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b".", "nothing of a frame that failed is sent");
    let mut all = Vec::new();
    while let Ok(one) = told.try_recv() {
        all.push(one);
    }
    assert_eq!(all, [Ok(Some(b'a')), Err("touched".into()), Ok(Some(b'b')), Ok(None)]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_codec_ends_its_connection_only() {
    let (server, stagehand) = server([]);
    let server = server
        .start(async |mut conn: Connection| {
            let mut frames = conn.frames(Touchy);
            while let Some(byte) = frames.next().await? {
                frames.send(byte).await?;
            }
            io::Result::Ok(())
        })
        .await
        .unwrap();
    let mut bystander = stagehand.connect(64);
    let mut client = stagehand.connect(64);
    client.write_all(b"a?b").await.unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"a");
    until_idle().await;
    assert_eq!((server.stats().panicked, server.limits().open_connections()), (1, 1));
    bystander.write_all(b"x").await.unwrap();
    assert_eq!(bystander.read_u8().await.unwrap(), b'x');
}

#[tokio::test(start_paused = true)]
async fn a_frame_longer_than_the_limit_is_refused() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (_server, mut client) =
        one_client(with(tell, async |tell: mpsc::UnboundedSender<_>, mut conn: Connection| {
            let error = conn.frames(LinesCodec::new()).limit(10).next().await.unwrap_err();
            tell.send(error.to_string()).unwrap();
        }))
        .await;
    client.write_all(b"12345678901").await.unwrap();
    assert!(told.recv().await.unwrap().contains("frame longer than 10 bytes"));
}

#[tokio::test(start_paused = true)]
async fn halves_read_and_send_frames() {
    let (server, mut client) = one_client(async |conn: Connection| {
        let (reader, writer) = conn.into_split();
        let mut frames = reader.into_frames(LengthDelimitedCodec::new());
        let mut replies = writer.into_frames(LengthDelimitedCodec::new());
        spawn(async move {
            while let Some(frame) = frames.next().await.unwrap() {
                replies.send(frame.freeze()).await.unwrap();
            }
        })
        .join()
        .await;
    })
    .await;
    client.write_all(b"\0\0\0\x02hi\0\0\0\0").await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"\0\0\0\x02hi\0\0\0\0");
    assert_eq!(server.stats().panicked, 0);
}

/// Its codec takes the head of a frame off the input as soon as that has come.
async fn one_frame(tell: mpsc::UnboundedSender<Result<Option<Bytes>, io::ErrorKind>>, mut conn: Connection) {
    let frame = conn.frames(LengthDelimitedCodec::new()).next().await;
    tell.send(frame.map(|frame| frame.map(BytesMut::freeze)).map_err(|error| error.kind())).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_frame_whose_head_alone_has_come_before_the_stop_may_still_be_finished() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (server, mut client) = one_client(with(tell, one_frame)).await;
    client.write_all(b"\0\0\0\x02").await.unwrap();
    until_idle().await;
    let end = server.stop();
    until_idle().await;
    client.write_all(b"hi").await.unwrap();
    assert_eq!(told.recv().await.unwrap(), Ok(Some(Bytes::from_static(b"hi"))));
    assert_eq!(end.await.drained, 1);
}

#[tokio::test(start_paused = true)]
async fn a_frame_whose_head_alone_has_come_is_held_to_its_deadline() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (server, stagehand) = server([]);
    let _server = server
        .deadlines(Deadlines::new().request(Duration::from_secs(5)))
        .start(with(tell, one_frame))
        .await
        .unwrap();
    let mut client = stagehand.connect(64);
    tokio::time::sleep(Duration::from_secs(60)).await;
    let start = tokio::time::Instant::now();
    client.write_all(b"\0\0\0\x02").await.unwrap();
    assert_eq!(told.recv().await.unwrap(), Err(io::ErrorKind::TimedOut));
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn lines_may_follow_a_codec_that_took_part_of_what_lines_had_looked_at() {
    let (server, mut client) = one_client(async |mut conn: Connection| {
        let short = Duration::from_secs(1);
        tokio::time::timeout(short, conn.lines().next()).await.unwrap_err();
        // It takes four of the five bytes that lines have searched.
        tokio::time::timeout(short, conn.frames(LengthDelimitedCodec::new()).next()).await.unwrap_err();
        assert_eq!(conn.lines().next().await.unwrap().unwrap(), "xyz");
    })
    .await;
    client.write_all(b"\0\0\0\x09x").await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    client.write_all(b"yz\n").await.unwrap();
    until_idle().await;
    assert_eq!((server.stats().active, server.stats().panicked), (0, 0));
}
