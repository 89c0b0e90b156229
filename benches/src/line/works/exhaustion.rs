//! What a server does while it can accept nobody: 64 files, 100 clients.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::line::outcome::{Budget, Outcome};
use crate::line::process::{Server, client};
use crate::line::works::echo::OURS;
use crate::load::cpu_ns;
use crate::measure::{Bench, Flavour};

const FILES: usize = 64;
const CLIENTS: usize = 100;
const STUCK: Duration = Duration::from_secs(3);

pub fn run(bench: &mut Bench) {
    let (ours, theirs) = (watch(OURS), watch("raw-echo"));
    let row = ("stuck at 64 open files, 100 clients", Flavour::Current.name(), "raw-echo");
    bench.tell(Outcome::of_rounds(row, "CPU, % of a core", &[(ours.0, theirs.0)], Budget::Told));
    bench.tell(Outcome::of_rounds(row, "calls of accept/s", &[(ours.1, theirs.1)], Budget::Told));
}

/// CPU time and calls of accept, not a number where there is no `strace` to count them.
fn watch(contender: &str) -> (f64, f64) {
    let server = Server::start_with_files(FILES, contender, Flavour::Current);
    let mut clients = client("silent", &server, &[("conns", CLIENTS)]);
    clients.line();
    sleep(Duration::from_millis(500));
    let before = cpu_ns(server.pid());
    sleep(STUCK);
    let cpu = (cpu_ns(server.pid()) - before) as f64 / STUCK.as_nanos() as f64 * 100.0;
    (cpu, accepts(&server))
}

fn accepts(server: &Server) -> f64 {
    let seconds = STUCK.as_secs().to_string();
    // It prints a table when it is interrupted: % time, seconds, usecs/call, calls, errors, syscall.
    let strace = Command::new("timeout")
        .args(["-s", "INT", &seconds, "strace", "-f", "-c", "-e", "trace=accept,accept4", "-p"])
        .arg(server.pid().to_string())
        .stdout(Stdio::null())
        .output();
    let Ok(strace) = strace else { return f64::NAN };
    let table = String::from_utf8_lossy(&strace.stderr);
    let calls = table.lines().filter(|line| line.trim_end().ends_with("accept4"));
    let calls: Vec<f64> = calls.filter_map(|line| line.split_whitespace().nth(3)?.parse().ok()).collect();
    match calls.first() {
        Some(calls) => calls / STUCK.as_secs_f64(),
        None if table.contains("attached") => 0.0,
        None => f64::NAN,
    }
}
