//! A thousand names looked up, ten at a time, for as long as one likes to wait.
//!
//! Shows: a pool as the bound of a mass of lookups, whose results are taken as they come; a timeout around it all that is no
//!        error: what is there by then is the result. The names are known to a small resolver of its own, which is a
//!        `DatagramServer`; five of them it never answers, and each of those keeps a place of the pool.
//! gevent: its `dns_mass_resolve`, with `Timeout(2, False)`.
//!
//! Run:    cargo run --release --example dns
//! Then:   read. It takes a second.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::StreamExt;
use greenroom::{DatagramServer, Packet, Pool, ReplyError, WithTimeout};
use tokio::net::UdpSocket;

const NAMES: u16 = 1000;
const AT_ONCE: usize = 10;
const PATIENCE: Duration = Duration::from_secs(1);
/// An answer is 16 bytes longer than its question. More than twice as long none may be: senders can be forged.
const RATIO: u32 = 2;

/// A message is an id; flags, and how many questions, answers and others there are; then the question, then the answer.
const HEADER: usize = 2 + 10;
const ASKED: [u8; 10] = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const FOUND: [u8; 10] = [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
const UNKNOWN: [u8; 10] = [0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0];
/// How all questions end: the last part of the name, and that its address of type A is wanted.
const TAIL: &[u8] = b"\x04test\0\0\x01\0\x01";
/// The name is that of the question; type A, as was asked; good for 60 s; and here follow four bytes.
const ANSWER: [u8; 12] = [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4];
const LONGEST: usize = 512;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let server = DatagramServer::bind("127.0.0.1:0").reply_ratio(RATIO).start(answer).await?;
    let resolver = server.local_addrs()[0].to_string();
    println!("host-7.test: {:?}", resolve(&resolver, 7).await?);

    let (mut resolved, mut unknown) = (0, 0);
    let pool = Pool::new(AT_ONCE);
    let all = async {
        let mut lookups = pool.imap_unordered(0..NAMES, move |n| {
            let resolver = resolver.clone();
            async move { resolve(&resolver, n).await }
        });
        while let Some(Ok(Ok(found))) = lookups.next().await {
            match found {
                Some(_) => resolved += 1,
                None => unknown += 1,
            }
        }
    };
    // Silent: it matters to nobody whether time was up. The lookups that are under way end with their stream.
    let _ = all.timeout(PATIENCE).await;
    println!("{resolved} of {NAMES} resolved, {unknown} unknown");
    Ok(())
}

/// Asks for the address of `host-<n>.test`; `None` if there is no such host.
async fn resolve(resolver: &str, n: u16) -> io::Result<Option<Ipv4Addr>> {
    // A socket for each question, on a port that nobody can guess, and which hears the resolver alone.
    let socket = UdpSocket::bind("127.0.0.1:0").await?;
    socket.connect(resolver).await?;
    let name = format!("host-{n}");
    let question = [&n.to_be_bytes(), &ASKED[..], &[name.len() as u8], name.as_bytes(), TAIL].concat();
    socket.send(&question).await?;
    let mut reply = [0; LONGEST];
    loop {
        let length = socket.recv(&mut reply).await?;
        if let Some(found) = found(&question, &reply[..length]) {
            return Ok(found);
        }
    }
}

/// What a reply says; `None` if it is no reply to this question.
fn found(question: &[u8], reply: &[u8]) -> Option<Option<Ipv4Addr>> {
    let (flags, rest) = reply.strip_prefix(&question[..2])?.split_first_chunk()?;
    let answer = rest.strip_prefix(&question[HEADER..])?;
    match *flags {
        FOUND => <[u8; 4]>::try_from(answer.strip_prefix(&ANSWER)?).ok().map(|address| Some(address.into())),
        UNKNOWN => Some(None),
        _ => None,
    }
}

/// The resolver: `host-<n>.test` is in the net 10.0.0.0/16, but some hosts are unknown, and of some it says nothing.
async fn answer(packet: Packet) -> Result<(), ReplyError> {
    match asked(&packet) {
        Some(n) if n % 200 != 100 => {
            let (id, question) = (&packet[..2], &packet[HEADER..]);
            let reply = match n % 50 {
                13 => [id, &UNKNOWN, question].concat(),
                _ => [id, &FOUND, question, &ANSWER, &[10, 0], &n.to_be_bytes()].concat(),
            };
            packet.reply(reply).await
        }
        _ => Ok(()),
    }
}

/// The number of the host; `None` if this is no question that we can answer.
fn asked(packet: &[u8]) -> Option<u16> {
    let (length, rest) = packet.get(2..)?.strip_prefix(&ASKED)?.split_first()?;
    let (label, tail) = rest.split_at_checked((*length).into())?;
    let n = str::from_utf8(label).ok()?.strip_prefix("host-")?.parse().ok()?;
    (tail == TAIL).then_some(n)
}
