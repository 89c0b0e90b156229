//! Row 32: a client that resets its connection, in the middle of whatever it is.

use std::io;
use std::net::SocketAddr;

use greenroom::{Connection, Phase, ServerHandle, StreamServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::baseline::{ask, assert_recovered, until};

const CHUNK: usize = 64 * 1024;

/// Echoes lines; at "flood" it writes for ever.
async fn serve(mut conn: Connection) -> io::Result<()> {
    while let Some(line) = conn.lines().next().await? {
        match &*line {
            "flood" => loop {
                conn.write_all(&[b'x'; CHUNK]).await?;
            },
            _ => conn.send_line(line).await?,
        }
    }
    Ok(())
}

async fn start() -> (ServerHandle, SocketAddr) {
    let server = StreamServer::bind("127.0.0.1:0").start(serve).await.unwrap();
    let address = server.local_addrs()[0].as_socket().unwrap();
    (server, address)
}

fn reset(client: TcpStream) {
    client.set_zero_linger().unwrap();
    drop(client);
}

#[tokio::test]
async fn a_reset_during_a_read_is_an_error_to_its_handler_alone() {
    let (server, address) = start().await;
    let mut bystander = TcpStream::connect(address).await.unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"half a li").await.unwrap();
    until(|| server.stats().active == 2).await;
    reset(client);
    until(|| server.stats().failed == 1).await;
    assert!(ask(&mut bystander, "unharmed").await);
    drop(bystander);
    assert_recovered(&server, TcpStream::connect(address).await.unwrap()).await;
}

#[tokio::test]
async fn a_reset_during_a_write_is_an_error_to_its_handler_alone() {
    let (server, address) = start().await;
    let mut bystander = TcpStream::connect(address).await.unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"flood\n").await.unwrap();
    client.read_exact(&mut [0; CHUNK]).await.unwrap();
    reset(client);
    until(|| server.stats().failed == 1).await;
    assert!(ask(&mut bystander, "unharmed").await);
    drop(bystander);
    assert_recovered(&server, TcpStream::connect(address).await.unwrap()).await;
}

#[tokio::test]
async fn a_reset_during_the_drain_ends_it_and_nobody_need_be_killed() {
    let (server, address) = start().await;
    let mut client = TcpStream::connect(address).await.unwrap();
    // A line that was answered, and the half of one, which the drain waits for.
    client.write_all(b"whole\nhalf a li").await.unwrap();
    client.read_exact(&mut [0; 6]).await.unwrap();
    let end = server.stop();
    until(|| server.phase() == Phase::Draining).await;
    reset(client);
    let report = end.await;
    assert_eq!((report.drained, report.killed, report.cut_off), (1, 0, 0));
    assert_eq!((server.stats().failed, server.stats().active), (1, 0));
    assert_eq!(server.limits().open_connections(), 0);
}
