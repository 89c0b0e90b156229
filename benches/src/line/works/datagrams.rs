//! Datagrams that come back.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::measure::Bench;

pub fn run(bench: &mut Bench) {
    Contest {
        work: "UDP echo, 64 B, 16 sockets, 16 on their way",
        ours: "ours-datagrams",
        rival: "raw-datagrams",
        load: ("datagrams", &[("conns", 16), ("depth", 16)]),
        beside: None,
        rate: Budget::AtLeast(1.12),
        cpu: Budget::Told,
        p99: Budget::Told,
    }
    .run(bench);
}
