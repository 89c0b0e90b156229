//! Whole sessions over streams that go wrong: the same result, or a clean error.

use std::io::{self, ErrorKind};

use greenroom_server::{Connection, Handler, StreamServer, connect};
use greenroom_testkit::{FaultyIo, until_idle};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_util::codec::LengthDelimitedCodec;

use crate::counted::counted;

async fn lines(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

async fn frames(mut conn: Connection) -> io::Result<()> {
    let mut frames = conn.frames(LengthDelimitedCodec::new());
    while let Some(frame) = frames.next().await? {
        frames.send(frame.freeze()).await?;
    }
    Ok(())
}

async fn chunks(mut conn: Connection) -> io::Result<()> {
    while let Some(chunk) = conn.recv().await? {
        conn.write_all(&chunk).await?;
    }
    Ok(())
}

type Io = FaultyIo<DuplexStream>;
type Fault = fn(Io) -> Io;
/// One at a byte.
type FaultAt = fn(Io, u64) -> Io;

/// Faults after which everything still arrives.
const DELAYS: [Fault; 5] = [
    |io| io.short_reads(1),
    |io| io.short_writes(1),
    |io| io.hesitant(),
    |io| io.short_reads(1).short_writes(3).hesitant(),
    |io| io.short_reads(7).short_writes(1),
];

/// Echoes that are the same for all three: frames of 10 bytes that are lines as well.
fn session() -> Vec<u8> {
    (0..50).flat_map(|n| format!("\0\0\0\x06abc{n:02}\n").into_bytes()).collect()
}

async fn check(echo: impl Handler) {
    let (server, stagehand, _) = counted(echo).await;
    for room in [5, 4096] {
        for fault in DELAYS {
            let client = stagehand.connect_through(room, fault);
            assert!(exchange(client).await == session(), "with room for {room}");
        }
    }
    assert_eq!((server.stats().failed, server.stats().panicked), (0, 0));
    // At each byte an error or an early end; whatever came before it is answered or not, and never anything else.
    for at in (0..500).step_by(7) {
        let table: [FaultAt; 3] = [
            |io, at| io.read_error_at(at, ErrorKind::ConnectionReset),
            |io, at| io.write_error_at(at, ErrorKind::BrokenPipe),
            |io, at| io.eof_at(at),
        ];
        for (n, fault) in table.into_iter().enumerate() {
            let client = stagehand.connect_through(4096, |io| fault(io, at).hesitant());
            let answer = exchange(client).await;
            // A last line without its end is given one.
            let answer = if n == 2 { answer.strip_suffix(b"\n").unwrap_or(&answer) } else { &answer };
            assert!(session().starts_with(answer), "fault {n} at {at}");
        }
    }
    until_idle().await;
    let stats = server.stats();
    assert_eq!((stats.panicked, stats.active, server.limits().open_connections()), (0, 0, 0));
    assert!(stats.failed >= 72, "errors are the handler's: {}", stats.failed);
}

async fn exchange(client: DuplexStream) -> Vec<u8> {
    let (mut reader, mut writer) = tokio::io::split(client);
    let sending = tokio::spawn(async move {
        // The server may be gone already.
        let _ = writer.write_all(&session()).await;
        let _ = writer.shutdown().await;
    });
    let mut answer = Vec::new();
    let _ = reader.read_to_end(&mut answer).await;
    sending.await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn an_echo_of_lines_is_the_same_or_ends_cleanly() {
    check(lines).await;
}

#[tokio::test(start_paused = true)]
async fn an_echo_of_frames_is_the_same_or_ends_cleanly() {
    check(frames).await;
}

#[tokio::test(start_paused = true)]
async fn an_echo_of_chunks_is_the_same_or_ends_cleanly() {
    check(chunks).await;
}

#[tokio::test]
async fn one_that_has_finished_sending_still_gets_its_reply() {
    let server = StreamServer::bind("127.0.0.1:0")
        .start(async |mut conn: Connection| {
            let mut all = String::new();
            conn.read_to_string(&mut all).await?;
            conn.send_line(all.len().to_string()).await
        })
        .await
        .unwrap();
    let mut client = connect(&server.local_addrs()[0]).await.unwrap();
    client.write_all(&[b'x'; 100_000]).await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "100000\n");
}

/// Resets the connection when it is dropped.
fn reset(client: tokio::net::TcpStream) {
    let client = client.into_std().unwrap();
    socket2::SockRef::from(&client).set_linger(Some(std::time::Duration::ZERO)).unwrap();
}

#[tokio::test]
async fn a_reset_while_reading_or_writing_is_an_error_of_that_handler_only() {
    let server = StreamServer::bind("127.0.0.1:0")
        .start(async |mut conn: Connection| {
            if conn.lines().next().await?.as_deref() == Some("pour") {
                loop {
                    conn.write_all(&[0; 10_000]).await?;
                }
            }
            lines(conn).await
        })
        .await
        .unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    let mut bystander = tokio::net::TcpStream::connect(address).await.unwrap();
    bystander.write_all(b"\n").await.unwrap();
    for n in 1..=10 {
        let mut reading = tokio::net::TcpStream::connect(address).await.unwrap();
        reading.write_all(b"\nhello\n").await.unwrap();
        reading.read_exact(&mut [0; 6]).await.unwrap();
        reset(reading);
        let mut writing = tokio::net::TcpStream::connect(address).await.unwrap();
        writing.write_all(b"pour\n").await.unwrap();
        writing.read_exact(&mut [0; 100]).await.unwrap();
        reset(writing);
        while server.stats().failed < 2 * n {
            tokio::task::yield_now().await;
        }
    }
    bystander.write_all(b"still\n").await.unwrap();
    bystander.read_exact(&mut [0; 6]).await.unwrap();
    assert_eq!((server.stats().failed, server.stats().panicked), (20, 0));
}
