//! One message to many WebSockets: how long until the last has it.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::load::cpu_ns;
use crate::load::latency::Latency;
use crate::load::options::Options;
use crate::load::prologue::websocket;
use crate::load::source::Source;

/// A header of two bytes, and a text of 64.
const FRAME: usize = 66;

/// Each message is asked for on a WebSocket of its own, and goes to all the others.
pub fn run(options: &Options) -> String {
    let mut poll = Poll::new().expect("epoll");
    let mut source = Source::new(options.server);
    let mut listeners: Vec<(TcpStream, usize)> = (0..options.conns)
        .map(|index| {
            let mut stream = source.connect().expect("a connection");
            websocket(&mut stream, "/listen").expect("a WebSocket");
            stream.set_nonblocking(true).expect("O_NONBLOCK");
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(index), Interest::READABLE).expect("registered");
            (stream, 0)
        })
        .collect();
    let mut speaker = source.connect().expect("a connection");
    let exchange = websocket(&mut speaker, "/speak").expect("a WebSocket");
    let mut latency = Latency::new();
    let mut events = Events::with_capacity(8192);
    let mut chunk = [0; 4096];
    let spent = || options.pid.map_or(0, cpu_ns);
    let before = spent();
    for round in 1..=options.requests {
        let began = Instant::now();
        speaker.write_all(&exchange.request).expect("sent");
        let mut left = listeners.len();
        while left > 0 {
            poll.poll(&mut events, Some(Duration::from_secs(10))).expect("epoll");
            assert!(!events.is_empty(), "{left} of {} have heard nothing for 10 s", listeners.len());
            for event in &events {
                let (stream, received) = &mut listeners[event.token().0];
                while let Ok(n) = stream.read(&mut chunk) {
                    assert!(n > 0, "disconnected");
                    *received += n;
                    left -= usize::from(*received == round * FRAME);
                    if n < chunk.len() {
                        break;
                    }
                }
            }
        }
        latency.note(began.elapsed());
    }
    let cpu = spent() - before;
    format!(
        "operations={} rate={:.3} cpu_us={:.1} p50_us={} p99_us={} errors=0",
        options.requests,
        1e6 / latency.quantile(0.5),
        cpu as f64 / 1000.0 / options.requests as f64,
        latency.quantile(0.5),
        latency.quantile(0.99),
    )
}
