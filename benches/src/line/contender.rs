//! The contenders by name, and the process that each of them runs in.

use std::future::pending;
use std::io::{Read, stdin};
use std::pin::Pin;
use std::thread;

use crate::line::serving::Serving;
use crate::line::{actix, ours, raw, threads};
use crate::measure::Flavour;

type Starting = Pin<Box<dyn Future<Output = Serving>>>;

type Start = fn() -> Starting;

const CONTENDERS: &[(&str, Start)] = &[
    ("raw-echo", || Box::pin(raw::echo::start())),
    ("raw-ready", || Box::pin(raw::ready::start())),
    ("raw-lines", || Box::pin(raw::lines::start())),
    ("raw-tls", || Box::pin(raw::tls::start())),
    ("raw-datagrams", || Box::pin(raw::datagrams::start())),
    ("raw-http", || Box::pin(raw::http::start())),
    ("raw-http-stream", || Box::pin(raw::http::start_stream())),
    ("raw-http2", || Box::pin(raw::http::start_http2())),
    ("axum-http", || Box::pin(raw::axum::start())),
    ("raw-websocket", || Box::pin(raw::websocket::start())),
    ("raw-websocket-small", || Box::pin(raw::websocket::start_small())),
    ("threads-echo", || Box::pin(threads::echo::start())),
    ("threads-lines", || Box::pin(threads::lines::start())),
    ("threads-tls", || Box::pin(threads::tls::start())),
    ("threads-datagrams", || Box::pin(threads::datagrams::start())),
    ("actix-echo", || Box::pin(actix::echo::start())),
    ("actix-lines", || Box::pin(actix::lines::start())),
    ("actix-tls", || Box::pin(actix::tls::start())),
    ("ours-websocket", || Box::pin(ours::websocket::start())),
    ("ours-http", || Box::pin(ours::http::start())),
    ("ours-echo", || Box::pin(ours::echo::start())),
    ("ours-lines", || Box::pin(ours::lines::start())),
    ("ours-recv", || Box::pin(ours::recv::start())),
    ("ours-deadline", || Box::pin(ours::deadline::start())),
    ("ours-tls", || Box::pin(ours::tls::start())),
    ("ours-datagrams", || Box::pin(ours::datagrams::start())),
];

/// Whether this program was built with that contender.
pub fn is_here(name: &str) -> bool {
    CONTENDERS.iter().any(|(it, _)| *it == name)
}

/// Serves as the contender of that name on a runtime of that flavour; prints the address; ends when its input ends.
pub fn serve(mut arguments: impl Iterator<Item = String>) {
    let name = arguments.next().expect("a contender");
    let flavour = match arguments.next().as_deref() {
        None | Some("multi") => Flavour::Multi,
        Some("current") => Flavour::Current,
        Some(other) => panic!("no such runtime: {other}"),
    };
    let (_, start) = CONTENDERS.iter().find(|(it, _)| *it == name).expect("a contender of that name");
    thread::spawn(|| {
        let _ = stdin().read(&mut [0]);
        std::process::exit(0);
    });
    flavour.runtime().block_on(async {
        let serving = start().await;
        println!("{}", serving.address);
        pending::<()>().await;
    });
}
