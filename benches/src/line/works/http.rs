//! HTTP: hyper with all that Greenroom has around it, beside hyper by hand, and axum.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::line::process::is_installed;
use crate::measure::Bench;

pub fn run(bench: &mut Bench) {
    let hello = Contest {
        work: "HTTP/1.1 hello, 64 connections (wrk)",
        ours: "ours-http",
        rival: "raw-http",
        load: ("wrk", &[("conns", 64)]),
        beside: None,
        rate: Budget::AtLeast(0.97),
        cpu: Budget::Told,
        p99: Budget::Told,
    };
    // It answers to -v, with an error.
    if std::process::Command::new("wrk").arg("-v").output().is_ok() {
        Contest { ..hello }.run(bench);
        Contest { rival: "axum-http", rate: Budget::AtLeast(1.0), ..hello }.run(bench);
        Contest {
            work: "HTTP/1.1 stream of 1 MiB in chunks, 8 connections (wrk)",
            rival: "raw-http-stream",
            load: ("wrk-stream", &[("conns", 8)]),
            ..hello
        }
        .run(bench);
    } else {
        eprintln!("  HTTP/1.1: skipped, there is no wrk here");
    }
    if is_installed("h2load") {
        Contest {
            work: "HTTP/2 hello, 10 streams on each of 10 connections (h2load)",
            rival: "raw-http2",
            load: ("h2load", &[("conns", 10), ("depth", 10), ("requests", 100_000)]),
            ..hello
        }
        .run(bench);
    } else {
        eprintln!("  HTTP/2: skipped, there is no h2load here");
    }
}
