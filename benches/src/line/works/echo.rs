//! Bytes that come back.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::measure::Bench;

pub const OURS: &str = "ours-recv";

pub fn run(bench: &mut Bench) {
    Contest {
        work: "echo, 64 B, 64 connections",
        ours: OURS,
        rival: "raw-echo",
        load: ("echo", &[("conns", 64)]),
        beside: None,
        rate: Budget::Told,
        cpu: Budget::AtMost(1.02),
        p99: Budget::AtMost(1.05),
    }
    .run(bench);
    Contest {
        work: "echo, 16 KiB, 16 connections",
        ours: OURS,
        rival: "raw-echo",
        load: ("echo", &[("conns", 16), ("size", 16_384)]),
        beside: None,
        rate: Budget::AtLeast(3.0),
        cpu: Budget::Told,
        p99: Budget::Told,
    }
    .run(bench);
    Contest {
        work: "echo with an idle deadline, 64 B, 64 connections",
        ours: "ours-deadline",
        rival: OURS,
        load: ("echo", &[("conns", 64)]),
        beside: None,
        rate: Budget::Told,
        cpu: Budget::AtMost(1.02),
        p99: Budget::Told,
    }
    .run(bench);
}
