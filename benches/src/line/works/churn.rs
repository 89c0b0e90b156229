//! Connections that come, say one line, and go.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::line::works::echo::OURS;
use crate::measure::Bench;

pub fn run(bench: &mut Bench) {
    Contest {
        work: "connect, one line, close; 32 at once",
        ours: OURS,
        rival: "raw-echo",
        load: ("churn", &[("conns", 32)]),
        beside: None,
        rate: Budget::Told,
        cpu: Budget::AtMost(1.05),
        p99: Budget::Told,
    }
    .run(bench);
}
