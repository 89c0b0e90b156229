//! Lines that come back, one at a time and sixteen at a time.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::measure::Bench;

pub fn run(bench: &mut Bench) {
    let contest = Contest {
        work: "lines, 64 B, 64 connections, 1 on its way",
        ours: "ours-lines",
        rival: "raw-lines",
        load: ("echo", &[("conns", 64)]),
        beside: None,
        rate: Budget::AtLeast(1.0),
        cpu: Budget::Told,
        p99: Budget::Told,
    };
    contest.run(bench);
    Contest {
        work: "lines, 64 B, 64 connections, 16 on their way",
        load: ("echo", &[("conns", 64), ("depth", 16)]),
        rate: Budget::AtLeast(10.0),
        ..contest
    }
    .run(bench);
}
