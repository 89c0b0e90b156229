//! What an idle connection costs in memory: resident bytes of the server, each contender in a process of its own.

use crate::line::contender::is_here;
use crate::line::outcome::{Budget, Outcome};
use crate::line::process::{Server, client};
use crate::measure::{Bench, Flavour};

const OURS: &str = "ours-recv";

pub fn run(bench: &mut Bench) {
    compare(bench, "idle connection, 10,000 held", OURS, "raw-ready", 10_000, Budget::OursAtMost(1400.0));
    compare(bench, "idle connection, 10,000 held", OURS, "raw-echo", 10_000, Budget::Told);
    compare(
        bench,
        "idle TLS connection, 2,000 held",
        "ours-tls",
        "raw-tls",
        2000,
        Budget::OursAtMost(10_000.0),
    );
}

fn compare(
    bench: &mut Bench,
    work: &'static str,
    ours: &'static str,
    rival: &'static str,
    held: usize,
    budget: Budget,
) {
    compare_after(bench, work, ours, rival, ("hold", held), budget);
}

/// The same with connections that this client has opened in its way.
pub fn compare_after(
    bench: &mut Bench,
    work: &'static str,
    ours: &'static str,
    rival: &'static str,
    client: (&str, usize),
    budget: Budget,
) {
    if !is_here(ours) {
        eprintln!("  {work}: not in this build (feature `next`)");
        return;
    }
    let rounds: Vec<_> =
        (0..bench.server_rounds()).map(|_| (bytes(ours, client), bytes(rival, client))).collect();
    let row = (work, Flavour::Multi.name(), rival);
    bench.tell(Outcome::of_rounds(row, "resident bytes/connection", &rounds, budget));
}

/// Each connection has had one exchange.
fn bytes(contender: &str, (kind, held): (&str, usize)) -> f64 {
    let server = Server::start(contender, Flavour::Multi);
    let before = server.resident();
    let tls = usize::from(contender.ends_with("tls"));
    let mut client = client(kind, &server, &[("conns", held), ("size", 16), ("tls", tls)]);
    client.line();
    (server.resident() - before) as f64 / held as f64
}
