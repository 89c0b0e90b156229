//! Connect, send one line, wait for its echo, close; and again.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use rustls::ClientConfig;

use crate::load::options::Options;
use crate::load::source::Source;
use crate::load::window::Window;
use crate::load::wire::{Wire, config};
use crate::load::would_block;

struct Visit {
    wire: Wire,
    since: Instant,
    sent: bool,
    received: usize,
}

struct Churn {
    poll: Poll,
    source: Source,
    tls: Option<Arc<ClientConfig>>,
    line: Vec<u8>,
}

pub fn run(options: &Options) -> String {
    let mut line = vec![b'x'; options.size - 1];
    line.push(b'\n');
    let mut churn = Churn {
        poll: Poll::new().expect("epoll"),
        source: Source::new(options.server),
        tls: options.tls.then(config),
        line,
    };
    let mut visits: Vec<Visit> = (0..options.conns).map(|slot| churn.visit(slot)).collect();
    let mut window = Window::new(options);
    let mut events = Events::with_capacity(1024);
    while window.goes_on() {
        churn.poll.poll(&mut events, Some(Duration::from_millis(50))).expect("epoll");
        for event in &events {
            let slot = event.token().0;
            match churn.advance(&mut visits[slot]) {
                Ok(false) => continue,
                Ok(true) => window.note(visits[slot].since.elapsed()),
                Err(_) => window.errors += 1,
            }
            // The old one is closed by being replaced.
            visits[slot] = churn.visit(slot);
        }
    }
    window.close()
}

impl Churn {
    fn visit(&mut self, slot: usize) -> Visit {
        let since = Instant::now();
        let mut tcp = TcpStream::from_std(self.source.begin().expect("a connection"));
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut tcp, Token(slot), interest).expect("registered");
        Visit { wire: Wire::new(tcp, self.tls.as_ref()), since, sent: false, received: 0 }
    }

    /// Whether the visit is over.
    fn advance(&self, visit: &mut Visit) -> io::Result<bool> {
        if !visit.sent {
            match visit.wire.write(&self.line) {
                Ok(n) if n == self.line.len() => visit.sent = true,
                Ok(_) => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) if would_block(&error) || error.kind() == io::ErrorKind::NotConnected => {
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        let mut chunk = [0; 4096];
        loop {
            match visit.wire.read(&mut chunk) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => visit.received += n,
                Err(error) if would_block(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
            if visit.received >= self.line.len() {
                if let Wire::Tls(tls) = &mut visit.wire {
                    tls.conn.send_close_notify();
                    let _ = tls.conn.write_tls(&mut tls.sock);
                }
                return Ok(true);
            }
        }
    }
}
