//! So many requests and no more, one after the other, for what is counted and not timed.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::load::options::Options;
use crate::load::source::Source;

/// All on one connection, `depth` in one write.
pub fn echo(options: &Options) -> String {
    let mut stream = Source::new(options.server).connect().expect("a connection");
    let lines = line(options.size).repeat(options.depth);
    for _ in 0..options.requests / options.depth {
        exchange(&mut stream, &lines);
    }
    format!("requests={}", options.requests)
}

/// Each on a connection of its own.
pub fn visits(options: &Options) -> String {
    let mut source = Source::new(options.server);
    let line = line(options.size);
    for _ in 0..options.requests {
        let mut stream = source.connect().expect("a connection");
        exchange(&mut stream, &line);
    }
    format!("requests={}", options.requests)
}

fn line(size: usize) -> Vec<u8> {
    let mut line = vec![b'x'; size - 1];
    line.push(b'\n');
    line
}

fn exchange(stream: &mut TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).expect("sent");
    let mut answer = vec![0; bytes.len()];
    stream.read_exact(&mut answer).expect("the echo");
}
