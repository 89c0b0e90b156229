//! The works, who does each, and what is told of it.

use serde_json::{Value, json};

use crate::load::QUANTILES;
use crate::peers::foreign::Foreign;
use crate::peers::peer::{ACTIX, AXUM, BY_HAND, GREENROOM, HYPER, Peer, THREADS};
use crate::peers::rounds::{each, interleaved, load};
use crate::peers::spread::spread;

type Own = &'static [(&'static str, &'static str)];

pub const ECHO: Own =
    &[(GREENROOM, "ours-recv"), (BY_HAND, "raw-echo"), (ACTIX, "actix-echo"), (THREADS, "threads-echo")];
const LINES: Own =
    &[(GREENROOM, "ours-lines"), (BY_HAND, "raw-lines"), (ACTIX, "actix-lines"), (THREADS, "threads-lines")];
const TLS: Own =
    &[(GREENROOM, "ours-tls"), (BY_HAND, "raw-tls"), (ACTIX, "actix-tls"), (THREADS, "threads-tls")];
const DATAGRAMS: Own =
    &[(GREENROOM, "ours-datagrams"), (BY_HAND, "raw-datagrams"), (THREADS, "threads-datagrams")];
const HTTP: Own = &[(GREENROOM, "ours-http"), (HYPER, "raw-http"), (AXUM, "axum-http")];

pub struct Work {
    pub name: &'static str,
    pub title: &'static str,
    own: Own,
    /// What the others are told to be.
    mode: &'static str,
    load: (&'static str, &'static [(&'static str, usize)]),
}

const fn work(
    name: &'static str,
    title: &'static str,
    own: Own,
    mode: &'static str,
    load: (&'static str, &'static [(&'static str, usize)]),
) -> Work {
    Work { name, title, own, mode, load }
}

pub const WORKS: &[Work] = &[
    work("echo-1", "raw echo, 1 connection", ECHO, "echo", ("echo", &[("conns", 1)])),
    work("echo-64", "raw echo, 64 connections", ECHO, "echo", ("echo", &[("conns", 64)])),
    work("echo-512", "raw echo, 512 connections", ECHO, "echo", ("echo", &[("conns", 512)])),
    work("lines-1", "line echo, 1 connection", LINES, "lines", ("echo", &[("conns", 1)])),
    work("lines-64", "line echo, 64 connections", LINES, "lines", ("echo", &[("conns", 64)])),
    work("lines-512", "line echo, 512 connections", LINES, "lines", ("echo", &[("conns", 512)])),
    work("churn", "connect, one line, close", ECHO, "echo", ("churn", &[("conns", 32)])),
    work(
        "tls-echo",
        "TLS echo of 16 KiB",
        TLS,
        "tls",
        ("echo", &[("tls", 1), ("conns", 16), ("size", 16_384)]),
    ),
    work("tls-handshake", "full TLS handshakes", TLS, "tls", ("churn", &[("tls", 1), ("conns", 32)])),
    work("datagrams", "UDP echo", DATAGRAMS, "datagrams", ("datagrams", &[("conns", 16), ("depth", 16)])),
    work("http", "HTTP/1.1 hello", HTTP, "http", ("wrk", &[("conns", 64)])),
];

/// The work of which the whole distribution is told.
const DISTRIBUTION: &str = "echo-64";

impl Work {
    pub fn run(
        &self,
        foreign: &Foreign,
        rounds: usize,
        rows: &mut Vec<Value>,
        latency: &mut Vec<Value>,
        skipped: &mut Vec<String>,
    ) {
        let (kind, options) = self.load;
        // It answers to -v, with an error.
        if kind == "wrk" && std::process::Command::new("wrk").arg("-v").output().is_err() {
            skipped.push(format!("{}: there is no wrk", self.title));
            return;
        }
        let peers = Peer::all(self.own, foreign, self.mode);
        let results = interleaved(&peers, rounds, |peer| load(peer, kind, options));
        for (peer, figures) in peers.iter().zip(results) {
            if figures.is_empty() {
                skipped.push(format!("{}: {} does not last", self.title, peer.name));
                continue;
            }
            rows.push(json!({
                "work": self.name,
                "title": self.title,
                "contender": peer.name,
                "rate": spread(&each(&figures, "rate")),
                "cpu_us": spread(&each(&figures, "cpu_us")),
                "p50_us": spread(&each(&figures, "p50_us")),
                "p99_us": spread(&each(&figures, "p99_us")),
                "errors": each(&figures, "errors").iter().sum::<f64>(),
            }));
            if self.name == DISTRIBUTION {
                let quantile = |per_mille: &u32| {
                    let took = spread(&each(&figures, &format!("q{per_mille}")));
                    json!({"share": f64::from(*per_mille) / 1000.0, "us": took["median"]})
                };
                let quantiles: Vec<Value> = QUANTILES.iter().map(quantile).collect();
                latency.push(json!({"contender": peer.name, "work": self.name, "quantiles": quantiles}));
            }
        }
    }
}
