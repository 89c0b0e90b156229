//! Good clients among those who say nothing, or one byte a second, or half of a handshake.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::measure::Bench;

const SILENT: &[(&str, usize)] = &[("conns", 1000)];

pub fn run(bench: &mut Bench) {
    let contest = Contest {
        work: "good clients beside 1,000 silent ones",
        ours: "ours-lines",
        // The same server without them.
        rival: "ours-lines",
        load: ("echo", &[("conns", 64)]),
        beside: Some(("silent", SILENT)),
        rate: Budget::Told,
        cpu: Budget::Told,
        p99: Budget::AtMost(2.0),
    };
    contest.run(bench);
    Contest {
        work: "good clients beside 1,000 that send a byte a second",
        beside: Some(("dripping", SILENT)),
        ..contest
    }
    .run(bench);
    Contest {
        work: "good clients beside 1,000 in the middle of a TLS handshake",
        ours: "ours-tls",
        rival: "ours-tls",
        load: ("echo", &[("conns", 64), ("tls", 1)]),
        beside: Some(("halfway", SILENT)),
        ..contest
    }
    .run(bench);
}
