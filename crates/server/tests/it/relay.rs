//! Copying both ways.

use std::io;
use std::time::Duration;

use greenroom_core::spawn;
use greenroom_server::{Connection, Deadlines, ServerHandle, with};
use greenroom_testkit::{FaultyIo, Stagehand, until_idle};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::scripted::server;

const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

type Told = mpsc::UnboundedReceiver<Result<(u64, u64), io::ErrorKind>>;

/// A relay between its client and an upstream, each with so much room on the way.
struct Relay {
    server: ServerHandle,
    stagehand: Stagehand,
    upstreams: mpsc::UnboundedReceiver<DuplexStream>,
    told: Told,
}

impl Relay {
    async fn with_room(room: usize) -> Self {
        Self::new(room, Deadlines::new(), |io| io).await
    }

    async fn new(
        room: usize,
        deadlines: Deadlines,
        faults: fn(FaultyIo<DuplexStream>) -> FaultyIo<DuplexStream>,
    ) -> Self {
        let (server, stagehand) = server([]);
        let (tell, told) = mpsc::unbounded_channel();
        let (give, upstreams) = mpsc::unbounded_channel();
        let server = server
            .deadlines(deadlines)
            .start(with((tell, give), move |(tell, give), mut conn: Connection| {
                let (tell, give): (mpsc::UnboundedSender<_>, mpsc::UnboundedSender<_>) = (tell, give);
                async move {
                    let (ours, theirs) = duplex(room);
                    give.send(theirs).unwrap();
                    let mut ours = faults(FaultyIo::new(ours));
                    let result = conn.copy_to(&mut ours).await;
                    tell.send(result.map_err(|error| error.kind())).unwrap();
                }
            }))
            .await
            .unwrap();
        Self { server, stagehand, upstreams, told }
    }

    async fn ends(&mut self, room: usize) -> (DuplexStream, DuplexStream) {
        let client = self.stagehand.connect(room);
        (client, self.upstreams.recv().await.unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn each_side_may_finish_first_and_the_other_goes_on() {
    let mut relay = Relay::with_room(8).await;
    for client_first in [true, false] {
        let (client, upstream) = relay.ends(8).await;
        let (mut first, mut second) = if client_first { (client, upstream) } else { (upstream, client) };
        let asking = tokio::spawn(async move {
            first.write_all(b"a long question").await.unwrap();
            first.shutdown().await.unwrap();
            let mut answer = String::new();
            first.read_to_string(&mut answer).await.unwrap();
            answer
        });
        let mut question = String::new();
        timeout(FOR_EVER, second.read_to_string(&mut question)).await.unwrap().unwrap();
        assert_eq!(question, "a long question");
        second.write_all(b"a longer answer to it").await.unwrap();
        drop(second);
        assert_eq!(asking.await.unwrap(), "a longer answer to it");
        let counted = if client_first { (15, 21) } else { (21, 15) };
        assert_eq!(relay.told.recv().await.unwrap(), Ok(counted));
    }
}

#[tokio::test(start_paused = true)]
async fn much_both_ways_at_once_through_narrow_pipes_ends() {
    const BYTES: usize = 300_000;
    async fn exchange(end: DuplexStream, byte: u8) -> bool {
        let (mut reader, mut writer) = split(end);
        let sending = tokio::spawn(async move {
            writer.write_all(&vec![byte; BYTES]).await.unwrap();
            writer.shutdown().await.unwrap();
        });
        let mut all = Vec::new();
        reader.read_to_end(&mut all).await.unwrap();
        sending.await.unwrap();
        all == vec![1 - byte; BYTES]
    }
    for room in [3, 100, 70_000] {
        let mut relay = Relay::with_room(room).await;
        let (client, upstream) = relay.ends(room).await;
        let client = tokio::spawn(exchange(client, 0));
        let upstream = exchange(upstream, 1);
        assert!(timeout(FOR_EVER, upstream).await.expect("no deadlock"));
        assert!(client.await.unwrap());
        assert_eq!(relay.told.recv().await.unwrap(), Ok((BYTES as u64, BYTES as u64)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_the_end_of_input_and_what_the_other_side_still_sends_is_relayed() {
    let mut relay = Relay::with_room(64).await;
    let (mut client, mut upstream) = relay.ends(64).await;
    client.write_all(b"before").await.unwrap();
    until_idle().await;
    let end = relay.server.stop();
    let mut question = String::new();
    upstream.read_to_string(&mut question).await.unwrap();
    assert_eq!(question, "before");
    upstream.write_all(b"after").await.unwrap();
    drop(upstream);
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "after");
    assert_eq!(end.await.drained, 1);
    assert_eq!(relay.told.recv().await.unwrap(), Ok((6, 5)));
}

#[tokio::test(start_paused = true)]
async fn an_error_of_either_side_ends_it() {
    let broken = |io: FaultyIo<DuplexStream>| io.read_error_at(3, io::ErrorKind::ConnectionReset);
    let mut relay = Relay::new(64, Deadlines::new(), broken).await;
    let (mut client, mut upstream) = relay.ends(64).await;
    upstream.write_all(b"abcdef").await.unwrap();
    assert_eq!(relay.told.recv().await.unwrap(), Err(io::ErrorKind::ConnectionReset));
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!((answer.as_str(), relay.server.stats().panicked), ("abc", 0));

    let mut relay = Relay::with_room(64).await;
    let mut client = relay.stagehand.connect_through(64, broken);
    let mut upstream = relay.upstreams.recv().await.unwrap();
    client.write_all(b"abcdef").await.unwrap();
    assert_eq!(relay.told.recv().await.unwrap(), Err(io::ErrorKind::ConnectionReset));
    let mut question = String::new();
    upstream.read_to_string(&mut question).await.unwrap();
    assert_eq!(question, "abc");
}

#[tokio::test(start_paused = true)]
async fn a_relay_with_traffic_one_way_only_is_not_idle() {
    let mut relay = Relay::new(64, Deadlines::new().idle(Duration::from_secs(10)), |io| io).await;
    let (mut client, mut upstream) = relay.ends(64).await;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_secs(8)).await;
        upstream.write_all(b"tick").await.unwrap();
        client.read_exact(&mut [0; 4]).await.unwrap();
    }
    let start = tokio::time::Instant::now();
    assert_eq!(relay.told.recv().await.unwrap(), Err(io::ErrorKind::TimedOut));
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn what_was_read_ahead_and_gathered_goes_first() {
    let (server, stagehand) = server([]);
    let _server = server
        .start(async |mut conn: Connection| {
            assert_eq!(conn.lines().next().await?.unwrap(), "CONNECT");
            conn.send_line("OK").await?;
            let (mut ours, theirs) = duplex(64);
            spawn(async move {
                let (mut reader, mut writer) = split(theirs);
                tokio::io::copy(&mut reader, &mut writer).await.unwrap();
                writer.shutdown().await.unwrap();
            });
            conn.copy_to(&mut ours).await.map(drop)
        })
        .await
        .unwrap();
    let mut client = stagehand.connect(64);
    client.write_all(b"CONNECT\nahead").await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "OK\nahead");
}
