//! Greenroom beside the same work on tokio and the best crates: ratios of interleaved runs, as a table and as JSON.
//!
//! `cargo run --release` runs all; arguments choose rooms by name: `cargo run --release -- spawn queue`.
//! `--json FILE` writes the rows as JSON too, `--rounds N` sets how many interleaved rounds (default 15; servers, which take
//! longer, have a third of them).
//!
//! `cargo run --release -- peers --json FILE` runs the peers instead: Greenroom beside other toolkits and languages.

mod kill;
mod line;
mod load;
mod machine;
mod map;
mod measure;
mod memory;
mod peers;
mod queue;
mod registry;
mod report;
mod semaphore;
mod spawn;
mod timeout;

use line::works::{
    churn, crowd, datagrams, echo, exact, exhaustion, http, idle, lines, slow, slow_http, tls, websocket,
};
use measure::Bench;
use serde_json::json;

type Room = (&'static str, fn(&mut Bench));

const ROOMS: &[Room] = &[
    ("spawn", spawn::run),
    ("memory", memory::run),
    ("kill", kill::run),
    ("registry", registry::run),
    ("queue", queue::run),
    ("semaphore", semaphore::run),
    ("timeout", timeout::run),
    ("map", map::run),
    // Servers.
    ("echo", echo::run),
    ("lines", lines::run),
    ("exact", exact::run),
    ("tls", tls::run),
    ("churn", churn::run),
    ("idle", idle::run),
    ("datagrams", datagrams::run),
    ("crowd", crowd::run),
    ("slow", slow::run),
    ("exhaustion", exhaustion::run),
    ("http", http::run),
    ("slow-http", slow_http::run),
    ("websocket", websocket::run),
];

fn main() {
    let mut rounds = 15;
    let mut json = None;
    let mut wanted = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => rounds = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(rounds),
            "--json" => json = arguments.next(),
            // A child of the memory room: one contender in a process of its own.
            "--parked" => return memory::child(arguments.next().as_deref()),
            // A server of the rooms in `line`, and a client that loads it.
            "--server" => return line::serve(arguments),
            "--load" => return load::client(arguments),
            name => wanted.push(name.to_owned()),
        }
    }
    let mut bench = Bench::new(rounds);
    if wanted.first().is_some_and(|room| room == "peers") {
        return peers::run(bench.server_rounds(), json.as_deref(), &wanted[1..]);
    }
    for (name, run) in ROOMS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            eprintln!("{name} ...");
            run(&mut bench);
        }
    }
    print!("{}{}", report::table(&bench.rows), line::report::table(&bench.outcomes));
    if let Some(file) = json {
        let rows = [report::json(&bench.rows), line::report::json(&bench.outcomes)].concat();
        let figures = json!({
            "date": machine::date(),
            "machine": machine::machine(),
            "pinned": line::process::placement(),
            "rows": rows,
        });
        report::write(&file, &figures);
    }
}
