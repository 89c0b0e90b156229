//! TLS: messages, and full handshakes.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::measure::Bench;

pub fn run(bench: &mut Bench) {
    Contest {
        work: "TLS echo, 16 KiB, 16 connections",
        ours: "ours-tls",
        rival: "raw-tls",
        load: ("echo", &[("tls", 1), ("conns", 16), ("size", 16_384)]),
        beside: None,
        rate: Budget::AtLeast(2.0),
        cpu: Budget::Told,
        p99: Budget::Told,
    }
    .run(bench);
    // The client works nearly as hard as the server: look at the CPU time first.
    Contest {
        work: "full TLS handshake, one line, close; 32 at once",
        ours: "ours-tls",
        rival: "raw-tls",
        load: ("churn", &[("tls", 1), ("conns", 32)]),
        beside: None,
        rate: Budget::AtLeast(1.02),
        cpu: Budget::Told,
        p99: Budget::Told,
    }
    .run(bench);
}
