//! Lines of any bytes, however they come, against a plain model of what a line is.

use std::io;

use greenroom_server::{Connection, LineError, with};
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use crate::counted::counted;
use crate::pieces::{Pieces, Readings, for_all};

type Told = Vec<Result<String, LineError>>;

/// The lines of a text that has ended.
fn model(mut text: &[u8], limit: usize) -> Told {
    let mut lines = Vec::new();
    while !text.is_empty() {
        let end = text.iter().position(|byte| *byte == b'\n');
        let (line, rest) = text.split_at(end.unwrap_or(text.len()));
        let bare = line.strip_suffix(b"\r").unwrap_or(line);
        if bare.len() > limit {
            lines.push(Err(LineError::TooLong { limit }));
            return lines;
        }
        let line = if end.is_some() { bare } else { line };
        lines.push(match std::str::from_utf8(line) {
            Ok(line) => Ok(line.to_owned()),
            Err(error) => Err(LineError::NotUtf8 { at: error.valid_up_to() }),
        });
        text = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    lines
}

fn line_error(error: &io::Error) -> LineError {
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    error.get_ref().unwrap().downcast_ref::<LineError>().unwrap().clone()
}

#[test]
fn the_lines_of_any_bytes_are_those_of_the_model_wherever_they_are_cut() {
    type State = mpsc::UnboundedSender<Told>;
    let mut readings = Readings::of(|tell| {
        with(tell, async |tell: State, mut conn: Connection| {
            // The peer's port says the limit.
            let mut first = [0];
            tokio::io::AsyncReadExt::read_exact(&mut conn, &mut first).await.unwrap();
            let mut lines = conn.lines().limit(usize::from(first[0]));
            let mut told = Vec::new();
            loop {
                match lines.next().await {
                    Ok(Some(line)) => told.push(Ok(line.into_string())),
                    Ok(None) => break,
                    Err(error) => {
                        told.push(Err(line_error(&error)));
                        if matches!(told.last(), Some(Err(LineError::TooLong { .. }))) {
                            break;
                        }
                    }
                }
            }
            tell.send(told).unwrap();
        })
    });
    let byte = prop_oneof![
        4 => Just(b'a'),
        2 => Just(b'\n'),
        2 => Just(b'\r'),
        1 => Just(0),
        1 => Just(0xff),
        1 => Just(0xc3),
        1 => Just(0xa4),
    ];
    let cases = (0..12u8, vec(byte, 0..40), vec(any::<usize>(), 0..12));
    for_all(10_000, cases, |(limit, text, cuts)| {
        let mut bytes = vec![limit];
        bytes.extend_from_slice(&text);
        let told = readings.read(Pieces::cut(&bytes, &cuts));
        assert_eq!(told, model(&text, limit.into()), "limit {limit}, cut at {cuts:?}");
    });
}

#[tokio::test(start_paused = true)]
async fn a_line_of_a_gibibyte_is_refused_at_its_limit_and_what_came_is_all_that_was_read() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (_server, stagehand, counts) =
        counted(with(tell, async |tell: mpsc::UnboundedSender<_>, mut conn: Connection| {
            let error = conn.lines().next().await.unwrap_err();
            tell.send(line_error(&error)).unwrap();
            std::future::pending::<()>().await;
        }))
        .await;
    let mut client = stagehand.connect(256 * 1024);
    let sending = tokio::spawn(async move {
        let zeros = vec![0; 1024 * 1024];
        for _ in 0..1024 {
            client.write_all(&zeros).await.unwrap();
        }
    });
    assert_eq!(told.recv().await.unwrap(), LineError::TooLong { limit: 64 * 1024 });
    // One read beyond the limit at most.
    assert!(counts.read() <= 2 * 64 * 1024, "{} bytes were read", counts.read());
    assert!(!sending.is_finished());
    sending.abort();
}

#[tokio::test(start_paused = true)]
async fn random_bytes_close_their_connection_and_nothing_else() {
    let (server, stagehand, _) = counted(async |mut conn: Connection| {
        let mut lines = conn.lines();
        while let Some(line) = lines.next().await? {
            lines.send(line).await?;
        }
        io::Result::Ok(())
    })
    .await;
    let seed = greenroom_testkit::Seed::from_env();
    println!("{seed:?}");
    let mut random = seed.random();
    for _ in 0..1000 {
        let mut client = stagehand.connect(256 * 1024);
        let length = random.below(2000) as usize;
        let blob: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
        client.write_all(&blob).await.unwrap();
        client.shutdown().await.unwrap();
        let mut answer = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut client, &mut answer).await.unwrap();
    }
    greenroom_testkit::until_idle().await;
    let stats = server.stats();
    assert_eq!((stats.accepted, stats.panicked, stats.active), (1000, 0, 0));
    assert!(stats.failed > 900, "most of them are no text: {}", stats.failed);
}
