//! A class around a pool: at most so many sockets are listened to.
//!
//! Shows: a pool as the heart of a service; a place that is taken before there is work for it, so that whoever finds none
//! can be told; a shutdown that says goodbye to everybody; a connection that is served elsewhere than in its handler.
//!
//! Run:    cargo run --release --example socket_pool
//! Then:   read. It is its own three clients, of which two have a place.
//!
//! gevent: the tutorial's `SocketPool`. Where all that is wanted is a limit, `StreamServer::limits` takes a pool as it is.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{Connection, Pool, StreamServer, bracket, connect, with};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

#[derive(Clone)]
struct SocketPool {
    pool: Pool,
}

impl SocketPool {
    fn new(size: usize) -> Self {
        Self { pool: Pool::new(size) }
    }

    fn full(&self) -> bool {
        self.pool.is_full()
    }

    /// Listens to the socket from now on, or tells its client why not.
    async fn add_handler(self, mut socket: Connection) -> io::Result<()> {
        match self.pool.try_reserve() {
            Ok(slot) => {
                socket.send_line("welcome").await?;
                slot.spawn(bracket(socket.detach(), listen, hang_up));
                Ok(())
            }
            Err(refused) => socket.send_line(format!("sorry, {refused}")).await,
        }
    }

    /// Nobody is listened to any more once this is over, and everybody was told.
    async fn shutdown(&self) -> usize {
        self.pool.kill().reason("shutdown").await.len()
    }
}

async fn listen(socket: &mut Connection) -> io::Result<()> {
    let mut lines = socket.lines();
    while let Some(line) = lines.next().await? {
        lines.send(format!("heard {line}")).await?;
    }
    Ok(())
}

async fn hang_up(mut socket: Connection) -> io::Result<()> {
    socket.send_line("goodbye").await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let sockets = SocketPool::new(2);
    let server =
        StreamServer::bind("127.0.0.1:0").start(with(sockets.clone(), SocketPool::add_handler)).await?;
    let mut clients = Vec::new();
    for name in ["Ann", "Ben", "Cleo"] {
        let mut client = BufReader::new(connect(&server.local_addrs()[0]).await?).lines();
        while let Some(line) = client.next_line().await? {
            println!("{name}: {line}");
            if line != "welcome" {
                break;
            }
            client.get_mut().write_all(b"hello\n").await?;
        }
        clients.push((name, client));
    }
    println!("full: {}", sockets.full());
    println!("shut down: {}", sockets.shutdown().await);
    for (name, mut client) in clients {
        while let Some(line) = client.next_line().await? {
            println!("{name}: {line}");
        }
    }
    server.stop().await;
    Ok(())
}
