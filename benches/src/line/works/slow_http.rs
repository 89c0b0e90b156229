//! Good clients of HTTP among those whom slowhttptest plays: slow heads, slow bodies, slow readers.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::measure::Bench;

const MANY: &[(&str, usize)] = &[("conns", 2000)];

pub fn run(bench: &mut Bench) {
    // It answers to -h.
    if std::process::Command::new("slowhttptest").arg("-h").output().is_err() {
        eprintln!("  slow clients of HTTP: skipped, there is no slowhttptest here");
        return;
    }
    let contest = Contest {
        work: "good clients beside 2,000 with slow heads (slowhttptest -H)",
        ours: "ours-http",
        // The same server without them.
        rival: "ours-http",
        load: ("http", &[("conns", 64)]),
        beside: Some(("slow-heads", MANY)),
        rate: Budget::Told,
        cpu: Budget::Told,
        p99: Budget::AtMost(2.0),
    };
    contest.run(bench);
    Contest {
        work: "good clients beside 2,000 with slow bodies (slowhttptest -B)",
        beside: Some(("slow-bodies", MANY)),
        ..contest
    }
    .run(bench);
    Contest {
        work: "good clients beside 2,000 slow readers (slowhttptest -X)",
        beside: Some(("slow-readers", MANY)),
        ..contest
    }
    .run(bench);
}
