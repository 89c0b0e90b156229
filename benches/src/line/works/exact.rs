//! What a request costs in instructions of user space and in system calls. These are counted, not timed: they come out
//! (nearly) the same on a busy machine.

use std::path::Path;
use std::{env, fs, process};

use crate::line::outcome::{Budget, Outcome};
use crate::line::process::{Server, client, is_installed};
use crate::line::works::echo::OURS;
use crate::measure::{Bench, Flavour};

type Load = (&'static str, &'static [(&'static str, usize)]);

const WORKS: &[(&str, &str, &str, Load)] = &[
    ("echo, 64 B", OURS, "raw-echo", ("exact-echo", &[])),
    ("lines, 64 B, 1 on its way", "ours-lines", "raw-lines", ("exact-echo", &[])),
    ("lines, 64 B, 16 on their way", "ours-lines", "raw-lines", ("exact-echo", &[("depth", 16)])),
    ("connect, one line, close", OURS, "raw-echo", ("exact-visits", &[])),
];

/// What starting costs is in both, and goes out in the difference.
const FEW: usize = 800;
const MANY: usize = 4000;

pub fn run(bench: &mut Bench) {
    for &(work, ours, rival, load) in WORKS {
        let mut tell = |figure, count: fn(&str, Load, usize) -> f64| {
            let each = |contender| {
                (count(contender, load, MANY) - count(contender, load, FEW)) / (MANY - FEW) as f64
            };
            let row = (work, Flavour::Current.name(), rival);
            bench.tell(Outcome::of_rounds(row, figure, &[(each(ours), each(rival))], Budget::Told));
        };
        if is_installed("valgrind") {
            tell("user instructions/request", instructions);
        }
        if is_installed("strace") {
            tell("system calls/request", system_calls);
        }
    }
}

fn instructions(contender: &str, load: Load, requests: usize) -> f64 {
    let file = scratch("callgrind");
    let out = format!("--callgrind-out-file={}", file.display());
    run_under(&["valgrind", "--tool=callgrind", &out], contender, load, requests);
    let total = |line: &str| line.strip_prefix("totals: ")?.trim().parse().ok();
    read(&file).lines().find_map(total).unwrap_or(f64::NAN)
}

fn system_calls(contender: &str, load: Load, requests: usize) -> f64 {
    let file = scratch("strace");
    run_under(&["strace", "-f", "-c", "-o", &file.display().to_string()], contender, load, requests);
    // % time, seconds, usecs/call, calls, errors, and what they are of.
    let total = |line: &str| line.ends_with("total").then(|| line.split_whitespace().nth(3)?.parse().ok())?;
    read(&file).lines().find_map(total).unwrap_or(f64::NAN)
}

fn run_under(tool: &[&str], contender: &str, (kind, options): Load, requests: usize) {
    let server = Server::start_under(tool, contender, Flavour::Current);
    client(kind, &server, &[options, &[("requests", requests)]].concat()).line();
}

fn scratch(tool: &str) -> std::path::PathBuf {
    env::temp_dir().join(format!("greenroom-benches-{}.{tool}", process::id()))
}

fn read(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let _ = fs::remove_file(file);
    text
}
