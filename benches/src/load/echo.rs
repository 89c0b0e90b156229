//! Messages that come back, on connections that stay.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::load::options::Options;
use crate::load::source::Source;
use crate::load::window::Window;
use crate::load::wire::{Wire, config};
use crate::load::would_block;

/// The bytes of so many reads are compared with what was sent; after that only their number is.
const VERIFIED_READS: u64 = 10_000;

struct Client {
    wire: Wire,
    /// When each message that has not come back was sent.
    sent_at: VecDeque<Instant>,
    /// Bytes still to send, and the position in the message of the first of them.
    unsent: usize,
    send_at: usize,
    /// Bytes that came of the next message.
    received: usize,
}

/// Lines of so many bytes, as many as may be on their way and one more.
struct Pattern {
    bytes: Vec<u8>,
    size: usize,
}

impl Pattern {
    fn new(size: usize, depth: usize) -> Self {
        let line: Vec<u8> =
            (0..size).map(|at| if at + 1 == size { b'\n' } else { b'a' + (at % 26) as u8 }).collect();
        Self { bytes: line.repeat(depth + 1), size }
    }
}

pub fn run(options: &Options) -> String {
    let pattern = Pattern::new(options.size, options.depth);
    let mut poll = Poll::new().expect("epoll");
    let tls = options.tls.then(config);
    let mut source = Source::new(options.server);
    let mut clients: Vec<Client> = (0..options.conns)
        .map(|index| {
            let tcp = source.connect().expect("a connection");
            tcp.set_nonblocking(true).expect("O_NONBLOCK");
            let mut tcp = TcpStream::from_std(tcp);
            let interest = Interest::READABLE | Interest::WRITABLE;
            poll.registry().register(&mut tcp, Token(index), interest).expect("registered");
            Client {
                wire: Wire::new(tcp, tls.as_ref()),
                sent_at: VecDeque::new(),
                unsent: 0,
                send_at: 0,
                received: 0,
            }
        })
        .collect();

    let mut window = Window::new(options);
    for client in &mut clients {
        client.order(options.depth, options.size, Instant::now());
        client.send(&pattern).expect("sent");
    }
    let mut events = Events::with_capacity(1024);
    let mut chunk = vec![0; 256 * 1024];
    let mut reads = 0;
    while window.goes_on() {
        poll.poll(&mut events, Some(Duration::from_millis(50))).expect("epoll");
        for event in &events {
            let client = &mut clients[event.token().0];
            if event.is_writable() {
                // A TLS session may have records of its own to write. What is in the way comes up again below.
                let _ = client.wire.flush();
                client.send(&pattern).expect("sent");
            }
            // A session that wrote may have something to read that came before.
            if event.is_readable() || options.tls {
                client.receive(&pattern, &mut chunk, &mut reads, &mut window).expect("received");
            }
        }
    }
    window.close()
}

impl Client {
    fn order(&mut self, messages: usize, size: usize, now: Instant) {
        self.unsent += messages * size;
        self.sent_at.extend(std::iter::repeat_n(now, messages));
    }

    fn send(&mut self, pattern: &Pattern) -> io::Result<()> {
        while self.unsent > 0 {
            let end = (self.send_at + self.unsent).min(pattern.bytes.len());
            match self.wire.write(&pattern.bytes[self.send_at..end]) {
                Ok(n) => {
                    self.unsent -= n;
                    self.send_at = (self.send_at + n) % pattern.size;
                }
                Err(error) if would_block(&error) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads until nothing is left, and answers each message that is complete with another.
    fn receive(
        &mut self,
        pattern: &Pattern,
        chunk: &mut [u8],
        reads: &mut u64,
        window: &mut Window,
    ) -> io::Result<()> {
        loop {
            let n = match self.wire.read(chunk) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(n) => n,
                Err(error) if would_block(&error) => return Ok(()),
                Err(error) => return Err(error),
            };
            *reads += 1;
            if *reads <= VERIFIED_READS {
                assert_eq!(&chunk[..n], &pattern.bytes[self.received..self.received + n], "the echo");
            }
            let complete = (self.received + n) / pattern.size;
            self.received = (self.received + n) % pattern.size;
            let now = Instant::now();
            for sent_at in self.sent_at.drain(..complete) {
                window.note(now - sent_at);
            }
            if complete > 0 {
                self.order(complete, pattern.size, now);
                self.send(pattern)?;
            }
            // A short read has emptied the socket; a session may hold more than it gave.
            if n < chunk.len() && matches!(self.wire, Wire::Plain(_)) {
                return Ok(());
            }
        }
    }
}
