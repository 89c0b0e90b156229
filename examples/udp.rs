//! Datagrams, and both of their sides in one program.
//!
//! Shows: a server that answers each datagram; a client that asks, waits no longer than it wants to, and asks again, because
//!        a datagram may be lost on its way there or back.
//! gevent: its `udp_server` and `udp_client`, which wait for ever.
//!
//! Run:    cargo run --release --example udp [words ...]     (default: hello, a longer text, and nothing)
//! Then:   read. It ends by itself.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::io;
use std::time::Duration;

use greenroom::{DatagramServer, Escaped, Packet, ReplyError, WithTimeout};
use tokio::net::UdpSocket;

const PATIENCE: Duration = Duration::from_secs(5);
const TRIES: usize = 3;
const LONGEST_ANSWER: usize = 100;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let server = DatagramServer::bind("127.0.0.1:0").start(acknowledge).await?;
    let address = server.local_addrs()[0].to_string();

    let mut words: Vec<_> = std::env::args().skip(1).collect();
    if words.is_empty() {
        words = vec!["hello".to_owned(), "well ".repeat(400), String::new()];
    }
    for word in words {
        println!("the server says: {}", Escaped(&ask(&address, &word).await?));
    }
    server.stop().await;
    println!("{} datagrams were dropped", server.stats().dropped());
    Ok(())
}

/// The server's side.
async fn acknowledge(packet: Packet) -> Result<(), ReplyError> {
    packet.reply(format!("received {} bytes", packet.len())).await
}

/// The client's side. A socket for each question: no late answer can be taken for that of another.
async fn ask(address: &str, word: &str) -> io::Result<String> {
    let socket = UdpSocket::bind("127.0.0.1:0").await?;
    // From now on it hears this peer alone.
    socket.connect(address).await?;
    let mut answer = [0; LONGEST_ANSWER];
    for _ in 0..TRIES {
        socket.send(word.as_bytes()).await?;
        if let Ok(received) = socket.recv(&mut answer).timeout(PATIENCE).await {
            return Ok(String::from_utf8_lossy(&answer[..received?]).into_owned());
        }
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, format!("{address} does not answer")))
}
