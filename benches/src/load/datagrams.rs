//! Datagrams that come back. Each carries the number of its place in the window.

use std::io;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};

use crate::load::options::Options;
use crate::load::window::Window;
use crate::load::would_block;

/// What has not come back by then is lost.
const LOST_AFTER: Duration = Duration::from_millis(200);

struct Client {
    socket: UdpSocket,
    sent_at: Vec<Instant>,
    datagram: Vec<u8>,
}

pub fn run(options: &Options) -> String {
    assert!(options.size >= 8, "a datagram has room for its number");
    let mut poll = Poll::new().expect("epoll");
    let mut clients: Vec<Client> = (0..options.conns)
        .map(|index| {
            let mut socket = UdpSocket::bind("127.0.0.1:0".parse().expect("an address")).expect("bound");
            socket.connect(options.server).expect("connected");
            poll.registry().register(&mut socket, Token(index), Interest::READABLE).expect("registered");
            let sent_at = vec![Instant::now(); options.depth];
            Client { socket, sent_at, datagram: vec![b'x'; options.size] }
        })
        .collect();
    for client in &mut clients {
        for place in 0..options.depth {
            client.send(place).expect("sent");
        }
    }
    let mut window = Window::new(options);
    let mut events = Events::with_capacity(1024);
    let mut last_look = Instant::now();
    while window.goes_on() {
        poll.poll(&mut events, Some(Duration::from_millis(50))).expect("epoll");
        for event in &events {
            clients[event.token().0].receive(&mut window).expect("received");
        }
        if last_look.elapsed() > LOST_AFTER {
            last_look = Instant::now();
            for client in &mut clients {
                window.errors += client.send_lost_again().expect("sent");
            }
        }
    }
    window.close()
}

impl Client {
    fn send(&mut self, place: usize) -> io::Result<()> {
        self.datagram[..8].copy_from_slice(&(place as u64).to_le_bytes());
        self.sent_at[place] = Instant::now();
        match self.socket.send(&self.datagram) {
            // It is lost, then, like any other.
            Err(error) if would_block(&error) => Ok(()),
            result => result.map(|_| ()),
        }
    }

    fn receive(&mut self, window: &mut Window) -> io::Result<()> {
        let mut chunk = [0; 2048];
        loop {
            let n = match self.socket.recv(&mut chunk) {
                Ok(n) => n,
                Err(error) if would_block(&error) => return Ok(()),
                Err(error) => return Err(error),
            };
            assert_eq!(n, self.datagram.len(), "the echo is whole");
            let place = u64::from_le_bytes(chunk[..8].try_into().expect("eight bytes")) as usize;
            window.note(self.sent_at[place].elapsed());
            self.send(place)?;
        }
    }

    fn send_lost_again(&mut self) -> io::Result<u64> {
        let lost: Vec<usize> =
            (0..self.sent_at.len()).filter(|&place| self.sent_at[place].elapsed() > LOST_AFTER).collect();
        for &place in &lost {
            self.send(place)?;
        }
        Ok(lost.len() as u64)
    }
}
