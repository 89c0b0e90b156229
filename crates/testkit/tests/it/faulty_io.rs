use std::io::ErrorKind;
use std::task::{Context, Poll};

use greenroom_testkit::{CountingWaker, FaultyIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, duplex};

#[tokio::test]
async fn without_a_fault_it_changes_nothing() {
    let (mut client, io) = duplex(64);
    let mut io = FaultyIo::new(io);
    client.write_all(b"hello").await.unwrap();
    let mut buffer = [0; 16];
    assert_eq!(io.read(&mut buffer).await.unwrap(), 5);
    assert_eq!(io.write(b"good day").await.unwrap(), 8);
    io.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "good day");
}

#[tokio::test]
async fn reads_and_writes_are_as_short_as_told_and_lose_nothing() {
    let (mut client, io) = duplex(64);
    let mut io = FaultyIo::new(io).short_reads(2).short_writes(3);
    client.write_all(b"hello").await.unwrap();
    let mut sizes = Vec::new();
    let mut read = Vec::new();
    while read.len() < 5 {
        sizes.push(io.read_buf(&mut read).await.unwrap());
    }
    assert_eq!((sizes, &read[..]), (vec![2, 2, 1], &b"hello"[..]));
    assert_eq!(io.write(b"answer").await.unwrap(), 3);
    drop(io);
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"ans");
}

#[test]
fn a_hesitant_stream_is_pending_once_and_wakes_before_each_step() {
    let (_client, io) = duplex(64);
    let mut io = Box::pin(FaultyIo::new(io).hesitant());
    let waker = CountingWaker::new();
    let task = waker.waker();
    let context = &mut Context::from_waker(&task);
    for round in 1..=2 {
        assert!(io.as_mut().poll_write(context, b"x").is_pending());
        assert!(matches!(io.as_mut().poll_write(context, b"x"), Poll::Ready(Ok(1))));
        assert!(io.as_mut().poll_flush(context).is_pending());
        assert!(io.as_mut().poll_flush(context).is_ready());
        assert_eq!(waker.count(), round * 2);
    }
    // Nothing is there to read: after the hesitation it waits as the inner stream does.
    let mut space = [0; 8];
    let mut buffer = ReadBuf::new(&mut space);
    for polls in 0..2 {
        assert!(io.as_mut().poll_read(context, &mut buffer).is_pending());
        assert_eq!(waker.count(), 5, "poll {polls}");
    }
}

#[tokio::test]
async fn input_ends_at_the_byte_told() {
    let (mut client, io) = duplex(64);
    client.write_all(b"hello").await.unwrap();
    let mut io = FaultyIo::new(io).eof_at(2);
    let mut read = Vec::new();
    io.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, b"he");
    assert_eq!(io.read(&mut [0; 4]).await.unwrap(), 0, "and does not go on");
}

#[tokio::test]
async fn writing_flushing_and_shutting_down_fail_after_the_byte_told() {
    let (mut client, io) = duplex(64);
    let mut io = FaultyIo::new(io).write_error_at(4, ErrorKind::BrokenPipe);
    assert_eq!(io.write(b"hello").await.unwrap(), 4);
    assert_eq!(io.write(b"o").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert_eq!(io.flush().await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert_eq!(io.shutdown().await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    drop(io.into_inner());
    let mut got = Vec::new();
    client.read_to_end(&mut got).await.unwrap();
    assert_eq!(got, b"hell");
}
