//! What more connections cost: tasks and threads, from one to ten thousand.

use serde_json::{Value, json};

use crate::peers::peer::{BY_HAND, GREENROOM, Peer, THREADS};
use crate::peers::rounds::{each, interleaved, load};
use crate::peers::spread::spread;

const CONNECTIONS: [usize; 6] = [1, 10, 100, 1000, 5000, 10_000];
const OWN: &[(&str, &str)] = &[(GREENROOM, "ours-recv"), (BY_HAND, "raw-echo"), (THREADS, "threads-echo")];

pub fn run(rounds: usize, curve: &mut Vec<Value>, skipped: &mut Vec<String>) {
    let peers: Vec<Peer> = OWN.iter().map(Peer::of).collect();
    for connections in CONNECTIONS {
        let results =
            interleaved(&peers, rounds.div_ceil(2), |peer| load(peer, "echo", &[("conns", connections)]));
        for (peer, figures) in peers.iter().zip(results) {
            if figures.is_empty() {
                skipped
                    .push(format!("{connections} active connections: {} cannot hold them here", peer.name));
                continue;
            }
            curve.push(json!({
                "contender": peer.name,
                "connections": connections,
                "rate": spread(&each(&figures, "rate")),
                "resident": spread(&each(&figures, "resident")),
            }));
        }
    }
}
