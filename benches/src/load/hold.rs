//! Connections that are held and do nothing, after one echo each.

use std::io::{self, Read, Write, stdin};
use std::net::TcpStream;

use rustls::{ClientConnection, StreamOwned};

use crate::load::options::Options;
use crate::load::prologue::Exchange;
use crate::load::source::Source;
use crate::load::wire::{config, session};

/// Only held.
#[expect(dead_code, reason = "what is inside is kept open by being there")]
enum Held {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// Prints `held=N` when all are there, and closes them when its input ends.
pub fn run(options: &Options) {
    let mut line = vec![b'x'; options.size - 1];
    line.push(b'\n');
    let tls = options.tls.then(config);
    let mut source = Source::new(options.server);
    let held: Vec<Held> = (0..options.conns)
        .map(|_| {
            let mut tcp = source.connect().expect("a connection");
            match &tls {
                None => {
                    echo(&mut tcp, &line);
                    Held::Plain(tcp)
                }
                Some(config) => {
                    let mut stream = StreamOwned::new(session(config), tcp);
                    echo(&mut stream, &line);
                    Held::Tls(Box::new(stream))
                }
            }
        })
        .collect();
    println!("held={}", held.len());
    let _ = stdin().read(&mut [0]);
}

/// The same after whatever comes first on such connections.
pub fn after(options: &Options, open: impl Fn(&mut TcpStream) -> io::Result<Exchange>) {
    let mut source = Source::new(options.server);
    let held: Vec<TcpStream> = (0..options.conns)
        .map(|_| {
            let mut stream = source.connect().expect("a connection");
            open(&mut stream).expect("what comes first");
            stream
        })
        .collect();
    println!("held={}", held.len());
    let _ = stdin().read(&mut [0]);
}

fn echo(stream: &mut (impl Read + Write), line: &[u8]) {
    stream.write_all(line).expect("sent");
    let mut answer = vec![0; line.len()];
    stream.read_exact(&mut answer).expect("the echo");
    assert_eq!(answer, line);
}
