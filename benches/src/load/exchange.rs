//! Requests and answers on connections that stay, one at a time on each.

use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::load::options::Options;
use crate::load::prologue::Exchange;
use crate::load::source::Source;
use crate::load::window::Window;
use crate::load::would_block;

struct Client {
    stream: TcpStream,
    exchange: Exchange,
    sent_at: Instant,
    received: usize,
}

pub fn run(options: &Options, open: impl Fn(&mut std::net::TcpStream) -> io::Result<Exchange>) -> String {
    let mut poll = Poll::new().expect("epoll");
    let mut source = Source::new(options.server);
    let mut clients: Vec<Client> = (0..options.conns)
        .map(|index| {
            let mut stream = source.connect().expect("a connection");
            let exchange = open(&mut stream).expect("what comes first");
            stream.set_nonblocking(true).expect("O_NONBLOCK");
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(index), Interest::READABLE).expect("registered");
            Client { stream, exchange, sent_at: Instant::now(), received: 0 }
        })
        .collect();
    let mut window = Window::new(options);
    for client in &mut clients {
        client.ask().expect("sent");
    }
    let mut events = Events::with_capacity(1024);
    let mut chunk = vec![0; 64 * 1024];
    while window.goes_on() {
        poll.poll(&mut events, Some(Duration::from_millis(50))).expect("epoll");
        for event in &events {
            clients[event.token().0].hear(&mut chunk, &mut window).expect("answered");
        }
    }
    window.close()
}

impl Client {
    /// A request is short: there is room for it, or the server is too slow by far.
    fn ask(&mut self) -> io::Result<()> {
        self.sent_at = Instant::now();
        self.stream.write_all(&self.exchange.request)
    }

    fn hear(&mut self, chunk: &mut [u8], window: &mut Window) -> io::Result<()> {
        loop {
            let n = match self.stream.read(chunk) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(n) => n,
                Err(error) if would_block(&error) => return Ok(()),
                Err(error) => return Err(error),
            };
            self.received += n;
            if self.received >= self.exchange.answer {
                self.received -= self.exchange.answer;
                window.note(self.sent_at.elapsed());
                self.ask()?;
            }
            if n < chunk.len() {
                return Ok(());
            }
        }
    }
}
