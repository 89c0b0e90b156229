//! Clients that others wrote: wrk for HTTP/1.1, h2load for HTTP/2. They run on the core of this process.

use std::fs::read_dir;
use std::io::{Read, stdin};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::load::cpu_ns;
use crate::load::options::Options;

/// Seconds.
const WINDOW: &str = "2";

/// What a server spent on one run.
struct Run {
    said: String,
    cpu_ns: u64,
}

fn run(options: &Options, command: &mut Command) -> Run {
    let spent = || options.pid.map_or(0, cpu_ns);
    let before = spent();
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not run ({error})"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    Run { said, cpu_ns: spent() - before }
}

impl Run {
    fn figures(&self, requests: f64, rate: f64, p50_us: f64, p99_us: f64, errors: f64) -> String {
        let cpu_us = self.cpu_ns as f64 / 1000.0 / requests;
        format!(
            "operations={requests} rate={rate:.1} cpu_us={cpu_us:.4} p50_us={p50_us} p99_us={p99_us} errors={errors}"
        )
    }

    /// The word before, or after, this one in what it said.
    fn before(&self, word: &str) -> Option<&str> {
        self.said.split_once(word)?.0.split_whitespace().last()
    }

    fn after(&self, word: &str) -> Option<&str> {
        self.said.split_once(word)?.1.split_whitespace().next()
    }
}

pub fn wrk(options: &Options, path: &str) -> String {
    let url = format!("http://{}{path}", options.server);
    let connections = options.conns.to_string();
    let run =
        run(options, Command::new("wrk").args(["-t1", "--latency", "-d", WINDOW, "-c", &connections, &url]));
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(0.0);
    let requests = number(run.before(" requests in"));
    let errors = number(run.after("Non-2xx or 3xx responses:"));
    let time = |of: &str| run.after(of).map_or(f64::NAN, micros);
    run.figures(requests, number(run.after("Requests/sec:")), time("50%"), time("99%"), errors)
}

/// As many requests as were asked for, ten at a time on each connection.
pub fn h2load(options: &Options) -> String {
    let url = format!("http://{}/", options.server);
    let (requests, connections) = (options.requests.to_string(), options.conns.to_string());
    let depth = options.depth.to_string();
    let run =
        run(options, Command::new("h2load").args(["-n", &requests, "-c", &connections, "-m", &depth, &url]));
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(0.0);
    let succeeded = number(run.before(" succeeded"));
    let rate = number(run.before(" req/s"));
    run.figures(succeeded, rate, f64::NAN, f64::NAN, options.requests as f64 - succeeded)
}

/// slowhttptest, with as many connections as are asked for, in one of its modes: `-H` sends heads slowly, `-B` bodies, and `-X`
/// reads slowly. Prints a line when the server has all of them, and is ended with the input.
pub fn slowhttptest(options: &Options, mode: &str) {
    let url = format!("http://{}/stream", options.server);
    let connections = options.conns.to_string();
    let mut child = Command::new("slowhttptest")
        .args([mode, "-c", &connections, "-r", &connections, "-l", "60", "-i", "5", "-u", &url])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("slowhttptest");
    until_open(options.pid, options.conns);
    println!("held={connections}");
    let _ = stdin().read(&mut [0]);
    let _ = child.kill();
    let _ = child.wait();
}

/// Waits until a process has so many files open; asks the system for that again and again, for no longer than that.
fn until_open(pid: Option<u32>, files: usize) {
    const LONGEST: Duration = Duration::from_secs(20);
    const BETWEEN: Duration = Duration::from_millis(20);
    let Some(pid) = pid else { return };
    let began = Instant::now();
    while read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count) < files {
        assert!(began.elapsed() < LONGEST, "{files} connections are not open after {LONGEST:?}");
        std::thread::sleep(BETWEEN);
    }
}

/// `1.23ms`, as wrk writes it.
fn micros(text: &str) -> f64 {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let value: f64 = digits.parse().unwrap_or(f64::NAN);
    match &text[digits.len()..] {
        "us" => value,
        "ms" => value * 1000.0,
        _ => value * 1_000_000.0,
    }
}
