//! Which client to be.

use crate::load::options::Options;
use crate::load::{broadcast, churn, datagrams, echo, exact, exchange, foreign, hold, prologue, slow};

/// Runs one client, as its arguments say, and prints what it measured as one line of `name=value`.
pub fn client(arguments: impl Iterator<Item = String>) {
    let options = Options::parse(arguments);
    match options.kind.as_str() {
        "echo" => println!("{}", echo::run(&options)),
        "churn" => println!("{}", churn::run(&options)),
        "datagrams" => println!("{}", datagrams::run(&options)),
        "exact-echo" => println!("{}", exact::echo(&options)),
        "exact-visits" => println!("{}", exact::visits(&options)),
        "hold" => hold::run(&options),
        "silent" => slow::silent(&options),
        "dripping" => slow::dripping(&options),
        "halfway" => slow::halfway(&options),
        "http" => println!("{}", exchange::run(&options, prologue::http)),
        "websocket" => println!("{}", exchange::run(&options, |stream| prologue::websocket(stream, "/"))),
        "broadcast" => println!("{}", broadcast::run(&options)),
        "hold-http" => hold::after(&options, prologue::http),
        "hold-websocket" => hold::after(&options, |stream| {
            let exchange = prologue::websocket(stream, "/")?;
            prologue::once(stream, &exchange).map(|()| exchange)
        }),
        "wrk" => println!("{}", foreign::wrk(&options, "/")),
        "wrk-stream" => println!("{}", foreign::wrk(&options, "/stream")),
        "slow-heads" => foreign::slowhttptest(&options, "-H"),
        "slow-bodies" => foreign::slowhttptest(&options, "-B"),
        "slow-readers" => foreign::slowhttptest(&options, "-X"),
        "h2load" => println!("{}", foreign::h2load(&options)),
        other => panic!("no such client: {other}"),
    }
}
