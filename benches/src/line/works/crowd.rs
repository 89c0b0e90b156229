//! A thousand who are busy, among many who are not: all in one server.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::line::works::echo::OURS;
use crate::measure::Bench;

pub fn run(bench: &mut Bench) {
    Contest {
        work: "1,000 active connections beside 18,000 idle ones",
        ours: OURS,
        // The same server without them.
        rival: OURS,
        load: ("echo", &[("conns", 1000)]),
        beside: Some(("hold", &[("conns", 18_000)])),
        rate: Budget::Told,
        cpu: Budget::Told,
        p99: Budget::AtMost(2.0),
    }
    .run(bench);
}
