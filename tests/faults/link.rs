//! Row 34: a link that is slow, and cuts what goes over it into pieces. The clock is paused.

use std::time::Duration;

use greenroom::{Deadlines, MemoryConnector, MemoryListener, StreamServer};
use greenroom_testkit::{Random, Seed};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex, split};

use crate::baseline::{assert_recovered, echo};

const CLIENTS: u64 = 20;
const LINES: usize = 50;
const LINE: u64 = 60;
const PIECE: u64 = 17;
/// In milliseconds.
const DELAY: u64 = 300;
/// Longer than a line of the longest pieces' longest delays.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hands on what comes, in pieces and late.
async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut random: Random) {
    loop {
        let mut piece = vec![0; 1 + random.below(PIECE) as usize];
        let Ok(n @ 1..) = from.read(&mut piece).await else { break };
        tokio::time::sleep(Duration::from_millis(random.below(DELAY))).await;
        if to.write_all(&piece[..n]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

async fn connect(connector: &MemoryConnector, seed: Seed, number: u64) -> DuplexStream {
    let (near, far) = duplex(64);
    let (from_client, to_client) = split(far);
    let (from_server, to_server) = split(connector.connect().await.unwrap());
    tokio::spawn(carry(from_client, to_server, seed.random_of(3 * number)));
    tokio::spawn(carry(from_server, to_client, seed.random_of(3 * number + 1)));
    near
}

#[tokio::test(start_paused = true)]
async fn over_a_slow_link_every_byte_arrives_and_no_deadline_misfires() {
    let seed = Seed::from_env();
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let deadlines = Deadlines::new().first_byte(PATIENCE).idle(PATIENCE).request(PATIENCE).write(PATIENCE);
    let server = StreamServer::on(listener).deadlines(deadlines).start(echo).await.unwrap();
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let client = connect(&connector, seed, number).await;
        let mut random = seed.random_of(3 * number + 2);
        let sent: String = (0..LINES)
            .map(|_| {
                let line = (0..random.below(LINE)).map(|_| char::from(b'a' + random.below(26) as u8));
                line.chain(['\n']).collect::<String>()
            })
            .collect();
        clients.push(tokio::spawn(async move {
            let (mut reader, mut writer) = split(client);
            let send = async {
                writer.write_all(sent.as_bytes()).await.unwrap();
                writer.shutdown().await.unwrap();
            };
            let mut heard = String::new();
            let ((), read) = tokio::join!(send, reader.read_to_string(&mut heard));
            read.unwrap();
            assert_eq!(heard, sent);
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
    assert_eq!(server.stats().failed, 0);
    assert_recovered(&server, connector.connect().await.unwrap()).await;
}
