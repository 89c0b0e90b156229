//! Clients that are in no hurry. Each prints `held=N` when all are connected, and goes when its input ends.

use std::io::{Read, Write, stdin};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::load::options::Options;
use crate::load::source::Source;
use crate::load::wire::{config, session};

const DRIP: Duration = Duration::from_secs(1);

fn connect(options: &Options) -> Vec<TcpStream> {
    let mut source = Source::new(options.server);
    (0..options.conns).map(|_| source.connect().expect("a connection")).collect()
}

fn wait(held: &[TcpStream]) {
    println!("held={}", held.len());
    let _ = stdin().read(&mut [0]);
}

/// They say nothing at all.
pub fn silent(options: &Options) {
    wait(&connect(options));
}

/// A byte a second, and never the end of a line. A server that hangs up on them is in its right.
pub fn dripping(options: &Options) {
    let held = connect(options);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let dripping = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for mut stream in &held {
                    let _ = stream.write(b"x");
                }
                thread::park_timeout(DRIP);
            }
        });
        wait(&held);
        over.store(true, Ordering::Relaxed);
        dripping.thread().unpark();
    });
}

/// Half of a ClientHello.
pub fn halfway(options: &Options) {
    let mut hello = Vec::new();
    session(&config()).write_tls(&mut hello).expect("a ClientHello");
    let held = connect(options);
    for mut stream in &held {
        let _ = stream.write_all(&hello[..hello.len() / 2]);
    }
    wait(&held);
}
