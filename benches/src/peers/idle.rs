//! What an idle connection costs in memory.

use serde_json::{Value, json};

use crate::line::process::client;
use crate::peers::foreign::Foreign;
use crate::peers::peer::{ACTIX, BY_HAND, GREENROOM, Peer, READY, THREADS};
use crate::peers::rounds::interleaved;
use crate::peers::spread::spread;

const HELD: usize = 10_000;
const OWN: &[(&str, &str)] = &[
    (GREENROOM, "ours-recv"),
    (BY_HAND, "raw-echo"),
    (READY, "raw-ready"),
    (ACTIX, "actix-echo"),
    (THREADS, "threads-echo"),
];

pub fn run(foreign: &Foreign, rounds: usize, rows: &mut Vec<Value>, skipped: &mut Vec<String>) {
    let peers = Peer::all(OWN, foreign, "echo");
    let results = interleaved(&peers, rounds.div_ceil(2), bytes);
    for (peer, bytes) in peers.iter().zip(results) {
        if bytes.is_empty() {
            skipped.push(format!("{HELD} idle connections: {} cannot hold them here", peer.name));
            continue;
        }
        rows.push(json!({
            "work": "idle",
            "title": "10,000 idle connections",
            "contender": peer.name,
            "held": HELD,
            "bytes": spread(&bytes),
        }));
    }
}

/// Of the server, for each connection, after one exchange on each.
fn bytes(peer: &Peer) -> Option<f64> {
    let server = peer.start();
    let before = server.resident();
    let mut client = client("hold", &server, &[("conns", HELD), ("size", 16)]);
    client.try_line()?;
    Some(server.resident().saturating_sub(before) as f64 / HELD as f64)
}
