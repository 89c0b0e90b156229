//! WebSocket: the same frames, by hand on tokio and ours.

use crate::line::contest::Contest;
use crate::line::outcome::Budget;
use crate::line::works::idle;
use crate::measure::Bench;

const OURS: &str = "ours-websocket";
const RAW: &str = "raw-websocket";
/// With read buffers of 4 KiB, as ours has.
const SMALL: &str = "raw-websocket-small";

pub fn run(bench: &mut Bench) {
    let echo = Contest {
        work: "WebSocket echo, 64 B, 64 connections",
        ours: OURS,
        rival: RAW,
        load: ("websocket", &[("conns", 64)]),
        beside: None,
        rate: Budget::AtLeast(0.97),
        cpu: Budget::Told,
        p99: Budget::Told,
    };
    Contest { ..echo }.run(bench);
    Contest { rival: SMALL, ..echo }.run(bench);
    let broadcast = Contest {
        work: "one message to 5,000 WebSockets, until the last has it (rate: messages/s)",
        load: ("broadcast", &[("conns", 5000), ("requests", 40)]),
        // The time may be as long as theirs: so the rate must be as high.
        rate: Budget::AtLeast(1.0),
        ..echo
    };
    broadcast.run(bench);
    Contest { rival: SMALL, ..broadcast }.run(bench);
    let idle_websocket = ("hold-websocket", 5000);
    idle::compare_after(bench, "idle WebSocket, 5,000 held", OURS, RAW, idle_websocket, Budget::AtMost(1.1));
    idle::compare_after(bench, "idle WebSocket, 5,000 held", OURS, SMALL, idle_websocket, Budget::Told);
    let idle_http = ("hold-http", 5000);
    idle::compare_after(
        bench,
        "idle keep-alive of HTTP, 5,000 held",
        "ours-http",
        "raw-http",
        idle_http,
        Budget::AtMost(1.1),
    );
}
